/// The ways in which people, spreadsheets and journals write one number.
public enum NumberSpelling: String, CaseIterable, Sendable {
    case point, comma, commaThousands, pointThousands, spaceThousands, thinSpaceThousands, apostropheThousands
    case typesetMinus, fullWidthMinus, enDash, leftToRightMark, nonBreakingSpaces, zeroWidth, softHyphen, plus

    /// - Parameter decimals: digits behind the decimal mark.
    public func text(_ thousandths: Int, decimals: Int) -> String {
        let scale = [1, 10, 100, 1000][decimals]
        let units = abs(thousandths) / scale
        let fraction = String(abs(thousandths) % scale)
        let tail = decimals == 0 ? "" : String(repeating: "0", count: decimals - fraction.count) + fraction
        let minus = thousandths < 0 ? "-" : ""
        func join(_ mark: String, _ separator: String) -> String {
            minus + Self.grouped(units, separator) + (decimals == 0 ? "" : mark + tail)
        }
        let plain = join(".", "")
        switch self {
        case .point: return plain
        case .comma: return join(",", "")
        case .commaThousands: return join(".", ",")
        case .pointThousands: return join(",", ".")
        case .spaceThousands: return join(",", " ")
        case .thinSpaceThousands: return join(".", "\u{2009}")
        case .apostropheThousands: return join(".", "'")
        case .typesetMinus: return plain.replacing("-", with: "\u{2212}")
        case .fullWidthMinus: return plain.replacing("-", with: "\u{FF0D}")
        case .enDash: return plain.replacing("-", with: "\u{2013}")
        case .leftToRightMark: return "\u{200E}" + plain + "\u{200F}"
        case .nonBreakingSpaces: return "\u{A0}" + plain + "\u{202F}"
        case .zeroWidth: return "\u{FEFF}" + plain + "\u{200B}"
        case .softHyphen: return plain + "\u{AD}"
        case .plus: return thousandths < 0 ? plain : "+" + plain
        }
    }

    /// The number that was meant.
    public static func value(_ thousandths: Int, decimals: Int) -> Double {
        Double(thousandths) / [1, 10, 100, 1000][decimals]
    }

    private static func grouped(_ number: Int, _ separator: String) -> String {
        guard !separator.isEmpty else { return String(number) }
        var digits = String(number)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return ([digits] + groups).joined(separator: separator)
    }
}
