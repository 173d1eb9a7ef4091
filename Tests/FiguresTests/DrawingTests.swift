import Figures
import Foundation
import Imaging
import Testing

/// A drawing with one of each shape.
private func sample() -> Drawing {
    var drawing = Drawing(width: 200, height: 100, description: "τ² < 1 & \"more\"")
    drawing.rectangle(at: [0, 0], size: [50, 50], .init(fill: [1, 0, 0]))
    drawing.line(from: [0, 75], to: [200, 75], .init(stroke: [0, 0, 1], strokeWidth: 2))
    drawing.add(.circle([100, 25], radius: 10), .init(fill: [0, 1, 0], stroke: [0, 0, 0]))
    drawing.add(.dots([[150, 25], [160, 25]]), .init(stroke: [0, 0, 0], strokeWidth: 4))
    drawing.text("Gómez: τ² − 1 ≥ 0", at: [100, 95], size: 10, .middle, colour: [0, 0, 0])
    var image = RasterImage(width: 2, height: 1)
    image[0, 0] = RGBA(255, 0, 255)
    drawing.add(.image(image, at: [180, 0], size: [20, 10]), .init())
    return drawing
}

@Suite struct FigureFileTests {
    private func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

    /// Chunks of a PNG file; nil where a checksum is wrong. CRC of the PNG specification, annex D, written out.
    private func chunks(_ png: [UInt8]) -> [(type: String, content: [UInt8])]? {
        func crc(_ bytes: ArraySlice<UInt8>) -> UInt32 {
            var value: UInt32 = 0xFFFF_FFFF
            for byte in bytes {
                value ^= UInt32(byte)
                for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
            }
            return value ^ 0xFFFF_FFFF
        }
        var found: [(String, [UInt8])] = []
        var at = 8
        while at + 12 <= png.count {
            let length = number(png[at..<at + 4])
            guard at + 12 + length <= png.count else { return nil }
            let body = png[at + 4..<at + 8 + length]
            guard Int(crc(body)) == number(png[at + 8 + length..<at + 12 + length]) else { return nil }
            found.append((String(decoding: body.prefix(4), as: UTF8.self), Array(body.dropFirst(4))))
            at += 12 + length
        }
        return at == png.count ? found : nil
    }

    @Test("a PNG has the pixels of its width on paper, says its resolution and what it shows")
    func png() throws {
        let file = FigureFile(sample(), millimetres: 85, dotsPerInch: 300, software: "Cuneus 1")
        let chunks = try #require(
            chunks(try file.bytes(.png)), "a chunk's checksum is wrong: no program opens the file")
        let header = try #require(chunks.first)
        // 85 mm are 3.3465 inches: 1003.9 pixels at 300 a inch; half as high.
        #expect(number(header.content[0..<4]) == 1004)
        #expect(number(header.content[4..<8]) == 502)
        let size = try #require(chunks.first { $0.type == "pHYs" }, "no resolution: journals take it for 72 dpi")
        // 300 / 0.0254 = 11811.02 a metre.
        #expect(number(size.content[0..<4]) == 11811)
        #expect(number(size.content[4..<8]) == 11811)
        #expect(size.content[8] == 1)
        let text = chunks.filter { $0.type == "tEXt" }.map { String(decoding: $0.content, as: UTF8.self) }
        #expect(text == ["Software\u{0}Cuneus 1"])
        // τ is not Latin, so the description is in the chunk for UTF-8.
        let other = try #require(chunks.first { $0.type == "iTXt" })
        #expect(
            String(decoding: other.content, as: UTF8.self) == "Description\u{0}\u{0}\u{0}\u{0}\u{0}τ² < 1 & \"more\"")
    }

    @Test("every object of a PDF lies where its table says; the page has its size and the standard fonts")
    func pdf() throws {
        let bytes = try FigureFile(sample(), millimetres: 170, software: "Cuneus 1").bytes(.pdf)
        let text = try #require(String(bytes: bytes, encoding: .isoLatin1))
        func ascii(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        #expect(text.hasPrefix("%PDF-1.4"))
        #expect(text.hasSuffix("%%EOF\n"))
        let tail = text.components(separatedBy: "startxref\n").last ?? ""
        let start = try #require(Int(tail.prefix { $0.isNumber }))
        #expect(ascii(start..<start + 4) == "xref", "the table of objects is elsewhere")
        let rows = ascii(start..<bytes.count).components(separatedBy: "\n").dropFirst(2)
        let entries = rows.prefix { $0.hasSuffix(" n ") || $0.hasSuffix(" f ") }.dropFirst()
        // Catalogue, pages, page, content, three fonts, information, and the picture with its opacity.
        #expect(entries.count == 10)
        for (n, row) in entries.enumerated() {
            let offset = try #require(Int(row.prefix(10)))
            let head = "\(n + 1) 0 obj\n"
            #expect(ascii(offset..<offset + head.utf8.count) == head, "object \(n + 1) is not at its offset")
        }
        // 170 mm are 481.89 points.
        #expect(text.contains("/MediaBox [0 0 481.8898 240.9449]"))
        #expect(text.contains("/BaseFont /Helvetica /Encoding /WinAnsiEncoding"))
    }

    @Test("an SVG file is well formed, has a size on paper, and keeps its text as text")
    func svg() throws {
        let bytes = try FigureFile(sample(), millimetres: 85, software: "Cuneus 1").bytes(.svg)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("width=\"85mm\" height=\"42.5mm\""))
        #expect(text.contains(">Gómez: τ² − 1 ≥ 0</text>"))
        #expect(text.contains("<title>τ² &lt; 1 &amp; &quot;more&quot;</title>"))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c", "import sys, xml.dom.minidom as m; m.parseString(sys.stdin.buffer.read())",
        ]
        let input = Pipe()
        process.standardInput = input
        try process.run()
        input.fileHandleForWriting.write(Data(bytes))
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "an XML parser refuses the file")
    }

    @Test("text that is not opaque is so in SVG too; text that is says nothing of it")
    func opacity() {
        var drawing = Drawing(width: 10, height: 10, description: "")
        drawing.text("faint", at: [0, 5], size: 3, colour: [0, 0, 0])
        #expect(!SVGWriter(drawing, millimetres: 10).text.contains("fill-opacity"))
        drawing.elements[0].paint.fillOpacity = 0.5
        #expect(SVGWriter(drawing, millimetres: 10).text.contains("fill-opacity=\"0.5\">faint</text>"))
    }

    @Test("pixels are painted where the shapes are")
    func pixels() throws {
        let image = Rasteriser(sample(), pixelsWide: 400, lettering: try Lettering()).image
        #expect(image.width == 400)
        #expect(image.height == 200)
        #expect(image[50, 50] == RGBA(255, 0, 0))
        #expect(image[300, 150] == RGBA(0, 0, 255))
        #expect(image[200, 50] == RGBA(0, 255, 0))
        #expect(image[300, 50] == RGBA(0, 0, 0))
        #expect(image[250, 120] == RGBA(255, 255, 255))
        #expect(image[365, 5] == RGBA(255, 0, 255))
        // Letters: some ink between the lines at y = 85 and 95 round the middle.
        let ink = (100..<300).contains { x in (172..<190).contains { y in image[x, y].red < 128 } }
        #expect(ink, "text leaves no trace in PNG")
    }

    @Test("half a pixel covered is half as dark")
    func coverage() throws {
        var drawing = Drawing(width: 10, height: 10, description: "")
        drawing.rectangle(at: [2.5, 2], size: [4, 4], .init(fill: [0, 0, 0]))
        let image = Rasteriser(drawing, pixelsWide: 10, lettering: try Lettering()).image
        #expect(abs(Int(image[2, 3].red) - 128) <= 1)
        #expect(image[4, 3].red == 0)
        #expect(abs(Int(image[6, 3].red) - 128) <= 1)
        #expect(image[7, 3].red == 255)
    }
}

@Suite struct StyleSheetTests {
    /// A colour as a style sheet writes it, #rrggbb.
    private static func bytes(_ red: Double, _ green: Double, _ blue: Double) -> Drawing.Colour {
        SIMD3(red / 255, green / 255, blue / 255)
    }

    private let css = """
        :root { --ink: #000000; --link: #0b57a4; --paper: #fff; }
        @media (prefers-color-scheme: dark) { :root { --ink: #ffffff; --link: #7db8f5; } }
        svg.plot text { fill: currentColor; font-size: 11px; } svg.plot .head { font-weight: 600; } \
        svg.plot .mark { fill: var(--link); stroke: var(--link); stroke-width: 1.2; } svg.plot .open { fill: var(--paper); } \
        svg.plot .threshold { stroke: var(--link); stroke-dasharray: 4 3; } svg.plot .band { opacity: 0.16; }
        """

    @Test("a figure in a file has the colours of the report, light or dark")
    func colours() {
        let light = StyleSheet(css: css, figure: "plot", theme: .light)
        let mark = light.paint(tag: "rect", classes: ["mark", "open"])
        #expect(mark.fill == [1, 1, 1])
        #expect(mark.stroke == Self.bytes(11, 87, 164))
        #expect(mark.strokeWidth == 1.2)
        #expect(light.paint(tag: "line", classes: ["threshold"]).dash == [4, 3])
        #expect(light.paint(tag: "polygon", classes: ["band"]).fillOpacity == 0.16)
        #expect(light.isBold(classes: ["head"]))
        #expect(!light.isBold(classes: []))
        let dark = StyleSheet(css: css, figure: "plot", theme: .dark)
        #expect(dark.paint(tag: "circle", classes: ["mark"]).fill == Self.bytes(125, 184, 245))
    }

    @Test("a plot is read back from its markup shape by shape; what is unknown is refused")
    func markup() throws {
        let svg = """
            <svg class="plot" viewBox="0 0 300 120" role="img"><title id="a-alt">A &amp; B</title>
            <line x1="1" y1="2" x2="3" y2="4" class="threshold"/>
            <rect x="10" y="20" width="30" height="40" class="mark open"/>
            <path d="M1 2h0M3 4h0" class="cloud"/>
            <text transform="translate(5 6) rotate(-90)" text-anchor="middle">up</text>
            </svg>
            """
        let style = StyleSheet(css: css, figure: "plot", theme: .light)
        let drawing = try Drawing(HTML(raw: svg), style: style)
        #expect(drawing.width == 300)
        #expect(drawing.height == 120)
        #expect(drawing.description == "A & B")
        try #require(drawing.elements.count == 4)
        guard case .polygon(let corners) = drawing.elements[1].shape else {
            Issue.record("a rectangle is not read")
            return
        }
        #expect(corners == [[10, 20], [40, 20], [40, 60], [10, 60]])
        guard case .dots(let dots) = drawing.elements[2].shape else {
            Issue.record("dots are not read")
            return
        }
        #expect(dots == [[1, 2], [3, 4]])
        guard case .text(let text) = drawing.elements[3].shape else {
            Issue.record("text is not read")
            return
        }
        #expect(text.isUpright)
        #expect(text.at == [5, 6])
        #expect(text.anchor == .middle)
        #expect(throws: Drawing.MarkupError.self) {
            try Drawing(HTML(raw: "<svg viewBox=\"0 0 1 1\"><ellipse rx=\"1\"/></svg>"), style: style)
        }
    }
}
