import Statistics
import Testing

@Suite("Meta-regression on studies with a known truth")
struct MetaRegressionSimulationTests {
    /// Twelve studies of 10 to 65 people; τ² = 0.05 is about the sampling variance.
    let studies = 12
    let tau2 = 0.05
    let variances = (0..<12).map { 1 / Double(10 + 5 * $0) }
    let weeks: [Double] = [16, 4, 9, 12, 20, 6, 8, 24, 10, 12, 5, 14]

    /// Effects of data set `index`: 0.3 + slope·weeks, with both errors.
    func effects(slope: Double, index: Int) -> [Double] {
        let random = Philox(seed: 4, name: "meta-regression", purpose: 1)
        return (0..<studies).map { i in
            let word = random([UInt32(index), UInt32(i), 0, 0]).x
            let error = Normal.quantile(Philox.uniform(word)) * (tau2 + variances[i]).squareRoot()
            return 0.3 + slope * weeks[i] + error
        }
    }

    func fits(slope: Double, count: Int, test: MetaRegression.Test) throws -> [MetaRegression] {
        try (0..<count).map { index in
            try MetaRegression(
                effects: effects(slope: slope, index: index), variances: variances, covariates: [weeks],
                estimator: .reml, test: test)
        }
    }

    /// Standard error of a rate of 5 % over 4,000: 0.34 %.
    @Test("Without a slope, Knapp–Hartung rejects in 5 % of data sets (± 1), Wald in more than 6 %")
    func typeOneError() throws {
        func rate(_ test: MetaRegression.Test) throws -> Double {
            let fits = try fits(slope: 0, count: 4_000, test: test)
            return Double(fits.count { $0.coefficient(1).pValue < 0.05 }) / 4_000
        }
        let knappHartung = try rate(.knappHartung)
        let wald = try rate(.wald)
        print("Slope test at 5 % over 4,000 null data sets: Knapp–Hartung \(knappHartung), Wald \(wald)")
        #expect(abs(knappHartung - 0.05) < 0.01)
        #expect(wald > 0.06)
    }

    @Test("A slope of 0.04 comes back without bias, and 95 % intervals cover it")
    func recovery() throws {
        let slopes = try fits(slope: 0.04, count: 2_000, test: .knappHartung).map { $0.coefficient(1) }
        let mean = slopes.reduce(0) { $0 + $1.value } / 2_000
        let spread = slopes.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) } / 1_999
        #expect(abs(mean - 0.04) < 3 * (spread / 2_000).squareRoot())
        let covered = Double(slopes.count { $0.interval().contains(0.04) }) / 2_000
        #expect(abs(covered - 0.95) < 0.015, "\(covered)")
    }

    @Test("Leaving studies out finds the planted outlier as the most influential one")
    func outlier() throws {
        for planted in 0..<studies {
            var effects = effects(slope: 0.04, index: planted)
            effects[planted] += 3
            let fit = try MetaRegression(effects: effects, variances: variances, covariates: [weeks])
            let residuals = try fit.influence().map { abs(try #require($0).studentizedResidual) }
            #expect(residuals.firstIndex(of: residuals.max() ?? 0) == planted, "study \(planted)")
            // Without it, the heterogeneity that it made is gone.
            let without = try #require(fit.leaving(out: planted))
            #expect(without.tau2 < 0.5 * fit.tau2)
        }
    }
}
