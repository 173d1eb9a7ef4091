import Foundation
import Inference
import PrimaryStudy
import Statistics
import Testing

/// What several columns explain together, with the interval by the noncentral F.
@Suite struct ExplainedVarianceTests {
    /// `Scripts/reference/explained_variance.py`: bounds by 30-digit sums.
    @Test(arguments: [
        (3.5, 2.0, 12.0, 0.368421052631579, 0.0, 0.59484486553254),
        (0.4, 3, 20, 0.0566037735849057, 0, 0.198052462125537),
        (25, 2, 7, 0.87719298245614, 0.431104405944096, 0.924855934653477),
        (6.2, 4, 95, 0.207011686143573, 0.0564459709004109, 0.316134155940037),
        (0.01, 2, 10, 0.00199600798403194, 0, 0),
    ])
    func intervalIsThatOfTheNoncentralF(
        f: Double, numerator: Double, denominator: Double, share: Double, lower: Double, upper: Double
    ) throws {
        let found = try #require(ExplainedVariance(f: f, numerator: numerator, denominator: denominator))
        #expect(abs(found.value - share) < 1e-12)
        #expect(abs(found.lower - lower) < 1e-8)
        #expect(abs(found.upper - upper) < 1e-8)
    }

    @Test func whatIsNoFHasNone() {
        #expect(ExplainedVariance(f: .nan, numerator: 2, denominator: 9) == nil)
        #expect(ExplainedVariance(f: .infinity, numerator: 2, denominator: 9) == nil)
        #expect(ExplainedVariance(f: -1, numerator: 2, denominator: 9) == nil)
        #expect(ExplainedVariance(f: 2, numerator: 2, denominator: 0) == nil)
    }

    /// Of three groups it is the sum of squares between them over the whole, eta squared.
    @Test func ofGroupsItIsEtaSquared() throws {
        let values: [Double] = [1, 3, 2, 5, 6, 4, 9, 6, 8]
        let design = try StudyDesign.groups(["a", "a", "a", "b", "b", "b", "c", "c", "c"])
        let joint = try #require(design.contrasts.first)
        let found = try #require(StudyEffect(explaining: values, design: design, contrast: joint))
        let mean = values.reduce(0, +) / 9
        let whole = values.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) }
        let means: [Double] = [2, 5, 23.0 / 3]
        let between = means.reduce(0.0) { $0 + 3 * ($1 - mean) * ($1 - mean) }
        #expect(abs(found.value - between / whole) < 1e-6)
        #expect(found.symbol == "partial R²")
        #expect(found.people == 9)
        #expect(found.lower < found.value && found.value < found.upper)
    }
}
