import Foundation
import Statistics
import Testing

@Suite("Random-effects pooling")
struct RandomEffectsTests {
    struct Reference: Decodable {
        struct Case: Decodable {
            var design: String
            var method: String
            var y: [Double]
            var v: [Double]
            var tau2: Double
            var beta: Double
            var se: Double
            /// Cochran's Q; `QE` in metafor.
            var q: Double
            var h2: Double

            enum CodingKeys: String, CodingKey {
                case design, method, y, v, tau2, beta, se
                case q = "QE"
                case h2 = "H2"
            }
        }
        var source: String
        var cases: [Case]

        static func load() throws -> Reference {
            let url = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "Reference/metafor_intercept.json")
            return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: url))
        }
    }

    /// metafor iterates REML to 1e-5 of τ²; that is the tolerance there. The closed form of DL agrees to rounding.
    @Test("DL and REML agree with metafor on every reference design")
    func metafor() throws {
        let reference = try Reference.load()
        #expect(Set(reference.cases.map(\.method)) == ["DL", "REML"])
        for c in reference.cases {
            let fit = RandomEffects(
                effects: c.y, variances: c.v, estimator: c.method == "DL" ? .dersimonianLaird : .reml)
            let tolerance = c.method == "DL" ? 1e-9 : 1e-4
            #expect(abs(fit.tau2 - c.tau2) <= tolerance * max(0.01, c.tau2), "\(c.design) \(c.method) tau2")
            #expect(abs(fit.effect - c.beta) <= tolerance, "\(c.design) \(c.method) effect")
            #expect(abs(fit.variance.squareRoot() - c.se) <= tolerance * c.se, "\(c.design) \(c.method) se")
            #expect(abs(fit.q - c.q) <= 1e-9 * max(1, c.q), "\(c.design) \(c.method) Q")
            #expect(abs(fit.h2 - c.h2) <= tolerance * c.h2, "\(c.design) \(c.method) H2")
        }
    }

    @Test("The BCG vaccine trials by REML: metafor 3.8-1 gives −0.7145323484 and τ² 0.3132433260")
    func bcg() {
        // Colditz et al. 1994, cases and non-cases in the vaccinated and the control arm.
        let trials: [[Double]] = [
            [4, 119, 11, 128], [6, 300, 29, 274], [3, 228, 11, 209], [62, 13536, 248, 12619], [33, 5036, 47, 5761],
            [180, 1361, 372, 1079], [8, 2537, 10, 619], [505, 87886, 499, 87892], [29, 7470, 45, 7232],
            [17, 1699, 65, 1600], [186, 50448, 141, 27197], [5, 2493, 3, 2338], [27, 16886, 29, 17825],
        ]
        let effects = trials.map { log($0[0] / ($0[0] + $0[1])) - log($0[2] / ($0[2] + $0[3])) }
        let variances = trials.map { 1 / $0[0] - 1 / ($0[0] + $0[1]) + 1 / $0[2] - 1 / ($0[2] + $0[3]) }
        let fit = RandomEffects(effects: effects, variances: variances, estimator: .reml)
        #expect(abs(fit.effect + 0.7145323484) < 1e-6)
        #expect(abs(fit.tau2 - 0.3132433260) < 1e-5)
    }

    @Test("One study is its own mean, without heterogeneity")
    func oneStudy() {
        let fit = RandomEffects(effects: [0.4], variances: [0.09])
        #expect(fit.effect == 0.4 && fit.tau2 == 0 && fit.h2 == 1)
        #expect(abs(fit.variance - 0.09) < 1e-15)
    }
}

@Suite("Rubin's rules")
struct RubinRulesTests {
    @Test("Total variance is the mean within plus (1 + 1/m) times the variance between")
    func pooled() {
        let pooled = RubinRules(effects: [1, 2, 3], variances: [0.5, 0.6, 0.7])
        #expect(pooled.effect == 2)
        #expect(abs(pooled.variance - (0.6 + 4.0 / 3)) < 1e-15)
    }

    @Test("Identical imputations give the χ² itself")
    func identicalChiSquares() {
        #expect(
            abs(RubinRules.pooledChiSquare(mean: 60, rootVariance: 0, imputations: 50, df: 49) - 60) < 1e-12)
    }

    @Test("Li et al.'s D₂ by hand: m = 5, df = 3, mean 12, root variance 0.1")
    func d2() {
        // r = 0.12, F = (4 − 1.5·0.12)/1.12 = 3.4107, df₂ = 4/3^0.6·(1 + 1/0.12)² = 180.24;
        // scipy.stats: chi2.isf(f.sf(3.410714, 3, 180.24399), 3) = 9.979673120.
        let found = RubinRules.pooledChiSquare(mean: 12, rootVariance: 0.1, imputations: 5, df: 3)
        #expect(abs(found - 9.979673120324621) < 1e-7)
    }

    @Test("A Q whose p is below the smallest number stays finite")
    func underflow() {
        // m = 50, r = 0.00102: df·F = 2996.91, df₂ = 3.8e7; scipy.stats.f.sf is 0.
        let found = RubinRules.pooledChiSquare(mean: 3000, rootVariance: 1e-3, imputations: 50, df: 30)
        #expect(abs(found - 2996.9113) < 1e-3)
    }
}
