import Foundation

/// Letters of figures: how wide they are in PDF's standard fonts, and their outlines for pictures made of pixels.
///
/// Widths are Adobe's of Helvetica and Symbol; outlines are DejaVu Sans, narrowed to Helvetica's proportions, because
/// Helvetica may not be shipped (`Resources/PROVENANCE.md`).
package struct Lettering: Sendable {
    package struct Letter: Sendable {
        /// Widths in thousandths of the letter size, plain and bold; 0 where Helvetica lacks it.
        var widths: (plain: Int, bold: Int)
        /// Code and width in Symbol; 0 where it lacks it.
        var symbol: (code: Int, width: Int)
        var advances: (plain: Int, bold: Int)
        var outlines: (plain: [[SIMD2<Double>]], bold: [[SIMD2<Double>]])
    }

    private let letters: [UInt32: Letter]

    /// What DejaVu Sans is narrowed by: its letters are a good tenth wider than Helvetica's.
    private static let narrowing = 0.9

    /// Loads the outlines.
    package init() throws(FigureResources.Missing) {
        let text = String(decoding: try FigureResources.unpacked("letters.tsv.gz"), as: UTF8.self)
        var letters: [UInt32: Letter] = [:]
        for line in text.split(separator: "\n") {
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard cells.count == 9, let code = UInt32(cells[0]) else { continue }
            func number(_ n: Int) -> Int { Int(cells[n]) ?? 0 }
            letters[code] = Letter(
                widths: (number(1), number(2)), symbol: (number(3), number(4)), advances: (number(5), number(7)),
                outlines: (Self.contours(cells[6]), Self.contours(cells[8])))
        }
        guard letters.count > 100 else { throw FigureResources.Missing(name: "letters.tsv.gz", reason: "is damaged") }
        self.letters = letters
    }

    private static func contours(_ text: Substring) -> [[SIMD2<Double>]] {
        text.split(separator: ";").map { contour in
            contour.split(separator: " ").compactMap { point in
                let pair = point.split(separator: ",").compactMap { Double($0) }
                return pair.count == 2 ? [pair[0] * narrowing, pair[1]] : nil
            }
        }
    }

    private func letter(_ scalar: Unicode.Scalar) -> Letter? { letters[scalar.value] }

    /// Contours of a text that starts at (0, 0), in units of its size, y upwards; and its width.
    func outline(_ text: String, bold: Bool) -> (contours: [[SIMD2<Double>]], width: Double) {
        var contours: [[SIMD2<Double>]] = []
        var x = 0.0
        for scalar in text.precomposedStringWithCanonicalMapping.unicodeScalars {
            guard let letter = letter(scalar) ?? letter("?") else { continue }
            for contour in bold ? letter.outlines.bold : letter.outlines.plain {
                contours.append(contour.map { [x + $0.x / 1000, $0.y / 1000] })
            }
            x += Self.narrowing * Double(bold ? letter.advances.bold : letter.advances.plain) / 1000
        }
        return (contours, x)
    }

    /// Text as PDF shows it: runs in Helvetica (WinAnsi) or Symbol.
    struct Run: Hashable {
        var isSymbol: Bool
        var bytes: [UInt8]
        /// In units of the letter size.
        var width: Double
    }

    /// What Helvetica and Symbol lack loses its accents; what is still unknown becomes a question mark.
    func runs(_ text: String, bold: Bool) -> [Run] {
        var runs: [Run] = []
        func add(_ byte: UInt8, _ width: Int, symbol: Bool) {
            if runs.last?.isSymbol != symbol { runs.append(Run(isSymbol: symbol, bytes: [], width: 0)) }
            runs[runs.count - 1].bytes.append(byte)
            runs[runs.count - 1].width += Double(width) / 1000
        }
        func width(_ scalar: Unicode.Scalar) -> Int {
            letter(scalar).map { bold ? $0.widths.bold : $0.widths.plain } ?? 556
        }
        for scalar in text.precomposedStringWithCanonicalMapping.unicodeScalars {
            if let byte = Self.winAnsi(scalar) {
                add(byte, width(scalar), symbol: false)
            } else if let letter = letter(scalar), letter.symbol.code > 0 {
                add(UInt8(letter.symbol.code), letter.symbol.width, symbol: true)
            } else {
                let bare = (Self.substitutes[scalar] ?? String(scalar)).folding(
                    options: .diacriticInsensitive, locale: nil)
                for part in bare.unicodeScalars {
                    let shown = Self.winAnsi(part) == nil ? "?" : part
                    add(Self.winAnsi(shown) ?? 63, width(shown), symbol: false)
                }
            }
        }
        return runs
    }

    private static let substitutes: [Unicode.Scalar: String] = [
        "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "ı": "i", "Ħ": "H", "ħ": "h", "⁻": "-", "₀": "0", "₁": "1", "₂": "2",
        "₃": "3",
    ]

    /// Windows code page 1252, which PDF calls WinAnsiEncoding.
    static func winAnsi(_ scalar: Unicode.Scalar) -> UInt8? {
        if (0x20...0x7E).contains(scalar.value) || (0xA0...0xFF).contains(scalar.value) { return UInt8(scalar.value) }
        return special[scalar]
    }

    private static let special: [Unicode.Scalar: UInt8] = [
        "€": 0x80, "„": 0x84, "…": 0x85, "‰": 0x89, "Š": 0x8A, "Œ": 0x8C, "Ž": 0x8E, "‘": 0x91, "’": 0x92, "“": 0x93,
        "”": 0x94, "•": 0x95, "–": 0x96, "—": 0x97, "™": 0x99, "š": 0x9A, "œ": 0x9C, "ž": 0x9E, "Ÿ": 0x9F,
    ]
}
