import Evidence
import TestSupport
import Testing

@Suite("Numbers as they are written")
struct WrittenNumberTests {
    @Test("one comma before exactly three digits has two readings, unless a zero stands before it")
    func ambiguous() {
        #expect(WrittenNumber("2,190") == .ambiguousComma(asDecimal: 2.19, asThousands: 2190))
        #expect(WrittenNumber("-13,650") == .ambiguousComma(asDecimal: -13.65, asThousands: -13650))
        #expect(WrittenNumber("0,125") == .decimalComma(0.125))
        #expect(WrittenNumber("31,5") == .decimalComma(31.5))
        #expect(WrittenNumber("1234,567") == .decimalComma(1234.567))
        #expect(WrittenNumber("2,5e3") == .decimalComma(2500))
    }

    @Test(
        "groups of three digits with a second group, a decimal mark or an unusual separator are thousands",
        arguments: [
            ("1,234,567", 1_234_567), ("1,234.5", 1234.5), ("1.234,5", 1234.5), ("1.234.567", 1_234_567),
            ("2'190", 2190),
            ("2\u{2019}190", 2190), ("2 190", 2190), ("2\u{202F}190,5", 2190.5), ("\u{2212}1,234,567", -1_234_567),
        ] as [(String, Double)])
    func groups(_ text: String, _ value: Double) { #expect(WrittenNumber(text) == .grouped(value)) }

    @Test(
        "other texts are no numbers",
        arguments: ["", "-", "1,2,3", "12,34,567", "1,2345,678", "a", "1 2", "0x10", "1..2", ","])
    func others(_ text: String) { #expect(WrittenNumber(text) == nil) }

    @Test("of any number in any spelling, no single reading is another number", arguments: NumberSpelling.allCases)
    func spellings(_ spelling: NumberSpelling) {
        var random = SeededGenerator(13)
        for _ in 0..<4000 {
            let decimals = Int.random(in: 0...3, using: &random)
            let number = Int.random(in: -9_999_999...9_999_999, using: &random)
            let meant = NumberSpelling.value(number, decimals: decimals)
            let text = spelling.text(number, decimals: decimals)
            switch WrittenNumber(text) {
            case .plain(let value, _):
                // A point before three digits is a decimal mark where nothing speaks against it.
                #expect(value == meant || WrittenNumber.thousands(withPoint: text) == meant, "\(text)")
            case .decimalComma(let value), .grouped(let value): #expect(value == meant, "\(text)")
            case .ambiguousComma(let decimal, let thousands): #expect(decimal == meant || thousands == meant, "\(text)")
            case nil: Issue.record("\(text) is no number")
            }
        }
    }
}
