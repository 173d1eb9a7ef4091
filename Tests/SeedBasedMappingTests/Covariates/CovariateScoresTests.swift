import Foundation
import SeedBasedMapping
import Statistics
import Testing

/// What studies say of a covariate before it is known.
@Suite("Scores of studies")
struct CovariateScoresTests {
    private static let scale = EffectScale(n1: 20)

    private static func interval(_ lower: Double, _ upper: Double) -> IntervalEffect {
        IntervalEffect(lower: lower, upper: upper, scale: scale)
    }

    private static func scores(_ effects: [IntervalEffect?]) -> [Double] {
        let count = effects.count
        return CovariateScores.scores(
            effects, reduced: LikelyDesign(columns: 1, values: Array(repeating: 1, count: count), tests: []),
            members: effects.indices.map { $0..<$0 + 1 }, correlation: 0.5,
            basis: [Array(repeating: 1 / Double(count).squareRoot(), count: count)])
    }

    /// Known effects and intervals, with and without variance between studies; central differences of step 1e-5 err by 1e-9.
    @Test(
        "The slope of the log-likelihood, by finite differences",
        arguments: [(0.9, 0.9), (0.2, 1.1), (-0.8, 0.8), (-1.2, -0.3)], [0, 0.04, 0.3])
    func slope(bounds: (Double, Double), tau2: Double) {
        let effect = Self.interval(bounds.0, bounds.1)
        for mean in [-0.4, 0, 0.31, 0.7] {
            let step = 1e-5
            let expected =
                (effect.negativeLogLikelihood(mean: mean - step, tau2: tau2)
                    - effect.negativeLogLikelihood(mean: mean + step, tau2: tau2)) / (2 * step)
            #expect(abs(effect.score(at: mean, tau2: tau2).slope - expected) < 1e-6 * max(1, abs(expected)))
        }
    }

    @Test("They sum to 0, their squares to 1, and who reported more has more")
    func order() {
        let silent = Self.interval(-0.85, 0.85)
        let scores = Self.scores([silent, silent, silent, Self.interval(0.5, 1.2), Self.interval(1.1, 1.1)])
        #expect(abs(scores.reduce(0, +)) < 1e-12)
        #expect(abs(scores.reduce(0) { $0 + $1 * $1 } - 1) < 1e-12)
        #expect(scores[0] == scores[1] && scores[1] == scores[2], "studies that say the same have the same score")
        #expect(scores[0] < 0 && scores[3] > 0 && scores[4] > scores[3])
    }

    /// Otherwise rounding errors would be blown up to a correlation.
    @Test("Where all studies say the same there are none")
    func silence() {
        #expect(Self.scores(Array(repeating: Self.interval(-0.85, 0.85), count: 7)) == Array(repeating: 0, count: 7))
        #expect(Self.scores(Array(repeating: Self.interval(0.6, 0.6), count: 7)) == Array(repeating: 0, count: 7))
    }

    @Test("A study that did not look stands where the average study does")
    func absent() {
        let scores = Self.scores([Self.interval(0.9, 0.9), nil, Self.interval(-0.85, 0.85), Self.interval(0.2, 0.2)])
        #expect(abs(scores.reduce(0, +)) < 1e-12)
        #expect(abs(scores[1]) < abs(scores[0]))
    }
}
