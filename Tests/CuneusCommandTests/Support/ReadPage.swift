import Foundation

/// A report read back: its tables and its text, as a reader has them.
struct ReadPage {
    struct Table {
        var caption: String
        var header: [String]
        var rows: [[String]]

        /// The cells of a column, by its title.
        func column(_ title: String) -> [String]? {
            header.firstIndex(of: title).map { index in rows.map { index < $0.count ? $0[index] : "" } }
        }
    }

    let source: String

    init(_ source: String) { self.source = Self.without(["script", "style"], source) }

    /// The section with an id, tags and all; empty where there is none.
    func section(_ id: String) -> ReadPage {
        guard let start = source.range(of: "<section id=\"\(id)\""),
            let end = source.range(of: "</section>", range: start.upperBound..<source.endIndex)
        else { return ReadPage("") }
        return ReadPage(String(source[start.lowerBound..<end.upperBound]))
    }

    var tables: [Table] {
        Self.matches("(?s)<table.*?</table>", source).map { table in
            let rows = Self.matches("(?s)<tr.*?</tr>", table[0]).map { row in
                Self.matches("(?s)<t[hd][^>]*>(.*?)</t[hd]>", row[0]).map { Self.plain($0[1]) }
            }
            let caption = Self.matches("(?s)<caption>(.*?)</caption>", table[0]).first?[1] ?? ""
            return Table(caption: Self.plain(caption), header: rows.first ?? [], rows: Array(rows.dropFirst()))
        }
    }

    func table(_ caption: String) -> Table? { tables.first { $0.caption.hasPrefix(caption) } }

    /// Without pictures.
    var text: String { Self.plain(Self.without(["svg"], source)) }

    /// Without pictures and tables.
    var prose: String { Self.plain(Self.without(["svg", "table"], source)) }

    /// What is read without opening anything: of a fold its line alone.
    var visible: String {
        // Folds hold folds: the innermost is taken away first, until none is left.
        let fold = #"(?s)<details[^>]*>\s*<summary>((?:(?!<summary>).)*?)</summary>(?:(?!<details).)*?</details>"#
        var text = Self.without(["svg"], source)
        var before = ""
        while before != text {
            before = text
            text = text.replacingOccurrences(of: fold, with: " $1 ", options: .regularExpression)
        }
        return Self.plain(text)
    }

    static func words(_ text: String) -> Int { text.split(whereSeparator: \.isWhitespace).count }

    /// Every match with its groups.
    static func matches(_ pattern: String, _ text: String) -> [[String]] {
        guard let expression = try? NSRegularExpression(pattern: pattern) else { return [] }
        return expression.matches(in: text, range: NSRange(text.startIndex..., in: text)).map { match in
            (0..<match.numberOfRanges).map { group in
                Range(match.range(at: group), in: text).map { String(text[$0]) } ?? ""
            }
        }
    }

    private static func without(_ tags: [String], _ source: String) -> String {
        tags.reduce(source) { text, tag in
            text.replacingOccurrences(
                of: "(?s)<\(tag)[ >].*?</\(tag)>", with: " ", options: .regularExpression)
        }
    }

    /// No tags, entities resolved, white space folded.
    private static func plain(_ source: String) -> String {
        var text = source.replacingOccurrences(of: "<[^>]*>", with: " ", options: .regularExpression)
        for (entity, letter) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")] {
            text = text.replacingOccurrences(of: entity, with: letter)
        }
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

/// A number as it is printed for readers, and which values it can stand for.
struct PrintedNumber {
    let value: Double
    /// Half of a unit of the last digit that is printed.
    let half: Double
    private let isBound: Bool

    /// nil for what is no number: a dash, `withheld`.
    init?(_ text: String) {
        let plain = text.replacingOccurrences(of: "\u{2212}", with: "-").replacingOccurrences(of: ",", with: "")
        guard let parts = ReadPage.matches(#"^(< |> )?(-?\d+(?:\.(\d+))?)(?: × 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?"#, plain).first,
            let mantissa = Double(parts[2])
        else { return nil }
        let raised = String(parts[4].map { $0 == "⁻" ? "-" : Character(String("⁰¹²³⁴⁵⁶⁷⁸⁹".distance($0))) })
        let power = pow(10, Double(raised) ?? 0)
        value = mantissa * power
        half = 0.5 * pow(10, -Double(parts[3].count)) * power
        isBound = !parts[1].isEmpty
    }

    /// Whether a value of a file is printed so: rounded to nearest, or beyond the bound that is told.
    func tells(_ stored: Double) -> Bool {
        if isBound { return abs(stored) < value + half || stored > value - half }
        // Files have one digit more than the page, so the value itself is rounded too.
        return abs(value - stored) <= half * 1.0011 + abs(stored) * 1e-6 + half * 0.2
    }

    /// Whether a corrected p is printed so: with as many digits, rounded up.
    func tellsCorrected(_ stored: Double) -> Bool {
        if isBound { return stored >= value }
        return value >= stored - 1e-6 && value - stored < 2 * half + 1e-6
    }
}

extension String {
    fileprivate func distance(_ character: Character) -> Int {
        firstIndex(of: character).map { distance(from: startIndex, to: $0) } ?? 0
    }
}
