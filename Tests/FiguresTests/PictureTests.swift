import Figures
import Foundation
import Imaging
import Inference
import TestSupport
import Testing

@Suite struct PNGTests {
    /// A picture whose pixels are made of their places.
    private static func picture(_ colour: (Int, Int) -> RGBA) -> RasterImage {
        var image = RasterImage(width: 23, height: 17)
        for y in 0..<image.height {
            for x in 0..<image.width { image[x, y] = colour(x, y) }
        }
        return image
    }

    /// By the number that the standard has for how colours are written.
    private static let pictures: [Int: RasterImage] = [
        0: picture { x, y in RGBA(UInt8(x * y % 256), UInt8(x * y % 256), UInt8(x * y % 256)) },
        2: picture { x, y in RGBA(UInt8(x * 11), UInt8(y * 15), UInt8(x * y * 7 % 256)) },
        3: picture { x, y in x > 2 * y ? RGBA(0, 0, 0, 0) : RGBA(UInt8(x / 6 * 40), 90, 200, y % 3 == 0 ? 128 : 255) },
        4: picture { x, y in RGBA(UInt8(x * 11), UInt8(x * 11), UInt8(x * 11), UInt8(y * 15)) },
        6: picture { x, y in RGBA(UInt8(x * 11), UInt8(y * 15), UInt8(x * y * 7 % 256), UInt8(255 - x)) },
    ]

    @Test(
        "a picture survives an independent decoder (chunks, checksums, inflate, filters, pixels), and is written without what it does not need: grey, opaque, of few colours",
        arguments: pictures.keys.sorted())
    func roundTrip(_ kind: Int) throws {
        let image = try #require(Self.pictures[kind])
        let decoded = try decode(PNG.encode(image))
        #expect(decoded.kind == kind)
        #expect(decoded.width == 23)
        #expect(decoded.height == 17)
        #expect(decoded.pixels == image.pixels)
    }

    @Test("a picture of one pixel is one")
    func smallest() throws {
        let decoded = try decode(PNG.encode(RasterImage(width: 1, height: 1)))
        #expect(decoded.width == 1 && decoded.height == 1 && decoded.pixels == [0, 0, 0, 0])
    }

    /// Python's zlib and the filters of the PNG specification, written out; skipped without python3.
    private func decode(_ png: [UInt8]) throws -> (kind: Int, width: Int, height: Int, pixels: [UInt8]) {
        let program = """
            import sys, zlib, struct
            d = sys.stdin.buffer.read()
            assert d[:8] == b'\\x89PNG\\r\\n\\x1a\\n'
            p, body = 8, b''
            while p < len(d):
                n, t = struct.unpack('>I4s', d[p:p + 8]); c = d[p + 8:p + 8 + n]
                assert struct.unpack('>I', d[p + 8 + n:p + 12 + n])[0] == zlib.crc32(t + c)
                if t == b'IHDR': w, h, bits, kind = struct.unpack('>IIBB', c[:10]); assert bits == 8; opacity = b''
                if t == b'PLTE': colours = c
                if t == b'tRNS': opacity = c
                if t == b'IDAT': body += c
                p += 12 + n
            assert t == b'IEND'
            n = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[kind]
            raw, out, prev, s = zlib.decompress(body), bytearray(), bytearray(n * w), n * w
            for y in range(h):
                f, row = raw[y * (s + 1)], bytearray(raw[y * (s + 1) + 1:(y + 1) * (s + 1)])
                for i in range(s):
                    a = row[i - n] if i >= n else 0; b = prev[i]; c = prev[i - n] if i >= n else 0
                    if f == 4:
                        q = a + b - c
                        pa, pb, pc = abs(q - a), abs(q - b), abs(q - c)
                        e = a if pa <= pb and pa <= pc else b if pb <= pc else c
                    else: e = [0, a, b, (a + b) // 2][f]
                    row[i] = (row[i] + e) & 255
                prev = row
                for x in range(w):
                    p = row[n * x:n * x + n]
                    if kind == 3:
                        out += colours[3 * p[0]:3 * p[0] + 3] + (opacity[p[0]:p[0] + 1] or b'\\xff')
                    else: out += (p[:1] * 3 if n < 3 else p[:3]) + (p[-1:] if n in (2, 4) else b'\\xff')
            sys.stdout.buffer.write(struct.pack('>III', kind, w, h) + out)
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        input.fileHandleForWriting.write(Data(png))
        try input.fileHandleForWriting.close()
        let bytes = Array(try output.fileHandleForReading.readToEnd() ?? Data())
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        try #require(bytes.count >= 12)
        func number(_ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
        return (number(0), number(4), number(8), Array(bytes[12...]))
    }
}

@Suite struct ColourMapTests {
    @Test("warm and cool grow in lightness together, so neither sign looks stronger")
    func lightness() {
        for t in stride(from: 0.0, through: 1, by: 0.05) {
            let (warm, cool) = (okLightness(ColourMap.warm[t]), okLightness(ColourMap.cool[t]))
            // 8-bit free colours in double precision: the lightness asked for is 0.48 to 0.94.
            #expect(abs(warm - (0.48 + 0.46 * t)) < 0.002)
            #expect(abs(cool - (0.48 + 0.46 * t)) < 0.002)
        }
    }

    @Test("positive is warm, negative is cool")
    func hue() {
        for t in [0.0, 0.5, 1] {
            #expect(ColourMap.warm[t].x > ColourMap.warm[t].z)
            #expect(ColourMap.cool[t].z > ColourMap.cool[t].x)
        }
    }

    /// Lightness of OKLab from sRGB: the forward matrices of Ottosson 2020.
    private func okLightness(_ c: SIMD3<Double>) -> Double {
        func linear(_ v: Double) -> Double { v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4) }
        let (r, g, b) = (linear(c.x), linear(c.y), linear(c.z))
        let l = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
        let m = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
        let s = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
        return 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s
    }
}

@Suite struct SliceOrientationTests {
    /// One marked cluster: where its colour appears on a slice.
    private func centre(
        of place: SIMD3<Double>, on plane: SlicePlane, depth: Double, window: SliceWindow? = nil
    ) throws -> SIMD2<Double> {
        let position = try #require(Head.positions(near: [place]).first)
        var z = [Float](repeating: 0, count: Head.mask.count)
        z[position] = 4
        let cluster = Cluster(
            sign: 1, voxels: [Int32(position)],
            peaks: [ClusterPeak(position: position, coordinate: Head.mask.world(at: position), value: 4)])
        let mosaic = SliceMosaic(
            z: z, mask: Head.mask, clusters: [cluster], threshold: 2.5, background: nil,
            rows: [.init(plane, [depth], window: window)])
        let panel = mosaic.panels[0]
        var sum = SIMD2<Double>.zero
        var count = 0.0
        for y in 0..<mosaic.image.height {
            for x in 0..<mosaic.image.width {
                let pixel = mosaic.image[x, y]
                guard pixel.alpha > 0, pixel.red > pixel.blue &+ 40, pixel.red > pixel.blue else { continue }
                sum += [Double(x - panel.x) / Double(panel.width), Double(y - panel.y) / Double(panel.height)]
                count += 1
            }
        }
        try #require(count > 0)
        return sum / count
    }

    @Test("slices pass through the peaks, the strongest first, and otherwise stay spread over the brain")
    func peaksAreShown() throws {
        func cluster(_ peak: SIMD3<Double>, _ value: Double) -> Cluster {
            Cluster(sign: 1, voxels: [], peaks: [ClusterPeak(position: 0, coordinate: peak, value: value)])
        }
        let rows = SliceMosaic.standardRows(for: [cluster([-20, -24, -18], 4), cluster([21, 60, -17], 3)])
        // z = −18 moves −14; −17 is within 2 mm of it. x and y move their nearest neighbours.
        #expect(rows[0].depths == [-44, -34, -24, -18, -6, 2])
        #expect(rows[1].depths == [10, 20, 30, 40, 52, 64])
        #expect(rows[2].depths == [-46, -20, -4, 21, 46])
        #expect(rows[3].depths == [-80, -58, -24, -10, 16, 60])
    }

    @Test("on an axial slice the left stays left and the front is up")
    func axial() throws {
        // Panels span x −80…80 and y −112…84 mm: x = −30 is at (−30 + 80) / 160 = 0.3125 from the left,
        // y = 34 at (84 − 34) / 196 = 0.255 from the top.
        let point = try centre(of: [-30, 34, 0], on: .axial, depth: 0)
        #expect(abs(point.x - 0.3125) < 0.01)
        #expect(abs(point.y - 0.2551) < 0.01)
    }

    @Test("on a coronal slice the left stays left and the top is up")
    func coronal() throws {
        let point = try centre(of: [-30, -6, 40], on: .coronal, depth: -6)
        #expect(abs(point.x - 0.3125) < 0.01)
        #expect(abs(point.y - (86 - 40) / 160.0) < 0.01)
    }

    @Test("on a sagittal slice the front is right and the top is up")
    func sagittal() throws {
        let point = try centre(of: [-30, 34, 40], on: .sagittal, depth: -30)
        #expect(abs(point.x - (34 + 112) / 192.0) < 0.01)
        #expect(abs(point.y - (86 - 40) / 160.0) < 0.01)
    }

    @Test(
        "a window shows what is near a place, the place in its middle and others as far from it as in the world",
        arguments: SlicePlane.allCases)
    func window(_ plane: SlicePlane) throws {
        let place = SIMD3(-30.0, 34, 40)
        let depth = [SlicePlane.axial: place.z, .coronal: place.y, .sagittal: place.x][plane] ?? .nan
        let middle = try centre(
            of: place, on: plane, depth: depth, window: SliceWindow(around: place, on: plane, reach: 20))
        #expect(abs(middle.x - 0.5) < 0.02 && abs(middle.y - 0.5) < 0.02)
        // A window of 40 mm whose middle is 10 mm farther right and up has the place a quarter to the left and below.
        let aside = try centre(
            of: place, on: plane, depth: depth, window: SliceWindow(around: place + 10, on: plane, reach: 20))
        #expect(abs(aside.x - 0.25) < 0.02 && abs(aside.y - 0.75) < 0.02)
    }

    @Test("slices through a place stand beside what is near it, enlarged, with a bar of 10 mm")
    func triplet() throws {
        let place = SIMD3(-30.0, 34, 40)
        let position = try #require(Head.positions(near: [place]).first)
        var z = [Float](repeating: 0, count: Head.mask.count)
        z[position] = 4
        let cluster = Cluster(
            sign: 1, voxels: [Int32(position)], peaks: [ClusterPeak(position: position, coordinate: place, value: 4)])
        for side in DisplaySide.allCases {
            var details: [Double] = []
            let drawing = BrainDrawing(side: side, description: "d").triplets([(place, "Cluster 1")]) { row, detail in
                details.append(detail)
                return SliceMosaic(
                    z: z, mask: Head.mask, clusters: [cluster], threshold: 2.5, background: nil, rows: [row],
                    pixelsPerMillimetre: detail)
            }
            #expect(details.count == 6 && Set(details).count == 2)
            #expect(abs(drawing.width - BrainDrawing.tripletWidth) < 1)
            let bars = drawing.elements.filter { element in
                if case .text(let text) = element.shape { text.content == "10 mm" } else { false }
            }
            #expect(bars.count == 3)
            // Pictures: six, of which the enlarged have equal sides.
            let sizes = drawing.elements.compactMap { element -> Drawing.Point? in
                if case .image(_, _, let size) = element.shape { size } else { nil }
            }.prefix(6)
            #expect(sizes.count == 6 && sizes.filter { abs($0.x - $0.y) < 0.5 }.count >= 3)
        }
    }

    @Test("the glass brain shows a left cluster left in the views from behind and above")
    func glass() throws {
        let position = try #require(Head.positions(near: [[-30, 34, 0]]).first)
        var z = [Float](repeating: 0, count: Head.mask.count)
        z[position] = 4
        let glass = GlassBrain(z: z, mask: Head.mask, background: nil)
        for panel in glass.panels where panel.plane != .sagittal {
            var columns: [Int] = []
            for y in 0..<panel.height {
                for x in 0..<panel.width {
                    let pixel = glass.image[panel.x + x, panel.y + y]
                    if pixel.alpha > 200, Int(pixel.red) > Int(pixel.blue) + 60 { columns.append(x) }
                }
            }
            try #require(!columns.isEmpty)
            #expect(columns.allSatisfy { $0 < panel.width / 2 })
        }
    }
}
