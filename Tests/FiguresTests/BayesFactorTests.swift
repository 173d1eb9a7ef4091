import Figures
import Testing

@Suite("Bayes factors in print")
struct BayesFactorTests {
    @Test(
        "two or three digits; beyond a thousand to one either way it is told that it is beyond",
        arguments: [
            (3.2149, "3.21"), (0.61, "0.61"), (0.0451, "0.045"), (24.66, "24.7"), (612.4, "612"), (1_000.5, "> 1,000"),
            (.infinity, "> 1,000"), (0.0004, "< 0.001"), (0, "< 0.001"), (.nan, "–"),
        ] as [(Double, String)])
    func text(_ value: Double, _ printed: String) {
        #expect(PrettyNumber.bayesFactor(value) == printed)
    }

    @Test("points stand below each other in a column: two decimals, or that it is beyond them")
    func column() {
        let values: [Double] = [0.6, 0.612, 12.34, 998, 1e6, 0.0001, .nan]
        let printed = ["0.60", "0.61", "12.34", "998.00", "> 1,000", "< 0.01", "–"]
        #expect(values.map { PrettyNumber.bayesFactor($0, decimals: 2) } == printed)
    }
}
