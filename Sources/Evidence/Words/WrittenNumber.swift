/// A number as it was written: what its commas, points and gaps can mean.
///
/// Spreadsheets and journals write two thousand as 2,190, 2.190, 2 190 or 2'190, and others write two and a bit as 2,190. A
/// reader that guesses is wrong by a factor of a thousand and nobody sees it, so what has two readings is kept as two.
package enum WrittenNumber: Hashable, Sendable {
    /// Digits with at most one point: there is one reading.
    case plain(Double, hasPoint: Bool)
    /// One comma that can only be a decimal mark: 31,5 or 0,125 or 2,5e3.
    case decimalComma(Double)
    /// One comma before exactly three digits: 2,190 is two, or two thousand.
    case ambiguousComma(asDecimal: Double, asThousands: Double)
    /// Groups of three digits that can only be thousands: 1,234,567 or 1,234.5 or 1.234,5 or 2'190 or 2 190.
    case grouped(Double)

    /// nil for what is no number.
    package init?(_ text: String) {
        if let value = NumberText.parse(text) {
            self = .plain(value, hasPoint: text.utf8.contains(UInt8(ascii: ".")))
            return
        }
        let body = Self.withoutSign(text)
        let sign: Double = body.isNegative ? -1 : 1
        let marks = body.text.filter { !$0.isASCIIDigit }
        if marks.allSatisfy({ ",eE+-".contains($0) }), marks.filter({ $0 == "," }).count == 1,
            let value = NumberText.parse(body.text, decimalComma: true)
        {
            let parts = body.text.split(separator: ",", omittingEmptySubsequences: false)
            let isThousands =
                parts[1].count == 3 && parts[1].allSatisfy(\.isASCIIDigit) && (1...3).contains(parts[0].count)
                && parts[0].first != "0"
            guard isThousands, let thousands = Double(parts[0] + parts[1]) else {
                self = .decimalComma(sign * value)
                return
            }
            self = .ambiguousComma(asDecimal: sign * value, asThousands: sign * thousands)
            return
        }
        guard let value = Self.grouped(body.text) else { return nil }
        self = .grouped(sign * value)
    }

    /// What a point before exactly three digits is where points part thousands: of 2.190, 2190; nil for other texts.
    package static func thousands(withPoint text: String) -> Double? {
        let body = withoutSign(text)
        let parts = body.text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].count == 3, (1...3).contains(parts[0].count), parts[0].first != "0",
            parts.allSatisfy({ $0.allSatisfy(\.isASCIIDigit) }), let value = Double(parts[0] + parts[1])
        else { return nil }
        return body.isNegative ? -value : value
    }

    /// Whether a comma, or a separator of thousands, is in it.
    package var isPlain: Bool { if case .plain = self { true } else { false } }

    private static func withoutSign(_ text: String) -> (text: String, isNegative: Bool) {
        let text = NumberText.tidied(text)
        if text.hasPrefix("-") { return (String(text.dropFirst()), true) }
        return (text.hasPrefix("+") ? String(text.dropFirst()) : text, false)
    }

    /// One to three digits, then groups of three, then perhaps a decimal mark that is not the one between the groups. One
    /// group behind a lone comma or point is not enough: that is a decimal as well.
    private static func grouped(_ text: String) -> Double? {
        for mark: Character in [",", ".", "'", "\u{2019}", " "] {
            var parts = text.split(separator: mark, omittingEmptySubsequences: false).map(String.init)
            guard parts.count > 1, let last = parts.last else { continue }
            var decimals = ""
            if let point = last.firstIndex(where: { ($0 == "." || $0 == ",") && $0 != mark }) {
                decimals = String(last[last.index(after: point)...])
                parts[parts.count - 1] = String(last[..<point])
                guard !decimals.isEmpty, decimals.allSatisfy(\.isASCIIDigit) else { continue }
            }
            let groups = parts.dropFirst()
            let isSure = groups.count > 1 || !decimals.isEmpty || !",.".contains(mark)
            guard isSure, (1...3).contains(parts[0].count), parts[0].allSatisfy(\.isASCIIDigit),
                groups.allSatisfy({ $0.count == 3 && $0.allSatisfy(\.isASCIIDigit) })
            else { continue }
            return Double(parts.joined() + (decimals.isEmpty ? "" : "." + decimals))
        }
        return nil
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
