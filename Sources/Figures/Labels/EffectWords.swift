package import Appraisal
import Evidence
import Foundation
package import Statistics

/// How the effect of an assessment is called and written: Hedges' g, Fisher's z, or a slope of either.
package struct EffectWords {
    package let assessment: PlaceAssessment

    package init(_ assessment: PlaceAssessment) { self.assessment = assessment }

    private var unit: String { assessment.measure == .change ? "Hedges' g" : "Fisher's z" }

    /// On axes: `Hedges' g`, `Hedges' g: sessions`.
    package var axisName: String {
        assessment.design.isInterceptOnly ? unit : "\(unit): \(assessment.design.combination.name)"
    }

    /// Of single studies.
    package var studyAxisName: String { unit }

    /// In tables: `mean (g)`, `sessions (g)`, `disorder[a], disorder[b] (together)`.
    package var judged: String {
        guard !assessment.design.isJoint else {
            return assessment.design.tests.map(\.name).joined(separator: ", ") + " (together)"
        }
        return "\(assessment.design.combination.name) (\(assessment.measure == .change ? "g" : "Fisher's z"))"
    }

    /// In sentences.
    package var symbol: String {
        let name = assessment.design.combination.name
        guard assessment.design.isMean else { return "“\(name)” (difference or slope, \(unit))" }
        let symbol = assessment.measure == .change ? "g" : "Fisher's z"
        return name == "mean" ? symbol : "\(symbol) of “\(name)”"
    }

    /// Two decimals; more for slopes whose error is small, such as those per year.
    private var decimals: Int {
        let error = assessment.estimate.standardError
        guard !assessment.design.isMean, error > 0, error.isFinite else { return 2 }
        return min(8, max(2, Int((1 - log10(error)).rounded(.up))))
    }

    /// In a table: `−0.42`, or `χ²(2) = 9.1` of a joint test.
    package var brief: String { assessment.joint.map(Self.chiSquare) ?? number(assessment.estimate.value) }

    package var briefInterval: String { assessment.design.isJoint ? "–" : range(assessment.interval) }

    /// `χ²(2) = 9.1`
    package static func chiSquare(_ test: JointTest) -> String {
        "χ²(\(Int(test.degreesOfFreedom))) = \(PrettyNumber.fixed(test.statistic, 1))"
    }

    /// A value of the judged effect.
    package func number(_ value: Double) -> String { PrettyNumber.fixed(value, decimals) }

    /// `−0.60 to −0.24`
    package func range(_ interval: Interval) -> String { "\(number(interval.lower)) to \(number(interval.upper))" }

    /// The judged effect: `−0.42 (95 % CI −0.60 to −0.24)`, a correlation also as r.
    package var withInterval: String {
        let (estimate, interval) = (assessment.estimate, assessment.interval)
        var text = "\(number(estimate.value)) (95 % CI \(range(interval)))"
        if assessment.measure == .correlation, assessment.design.isMean {
            let r = Interval(lower: FisherZ.r(fromZ: interval.lower), upper: FisherZ.r(fromZ: interval.upper))
            text +=
                ", as a correlation r = \(Self.fixed(FisherZ.r(fromZ: estimate.value))) (\(Self.fixed(r.lower)) to \(Self.fixed(r.upper)))"
        }
        return text
    }

    package static func fixed(_ value: Double) -> String { PrettyNumber.fixed(value, 2) }

    /// `0.0012`, `2 × 10⁻⁷`: evidence classes ask for very small ones.
    package static func p(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        guard value < 0.0001 else { return PrettyNumber.p(value) }
        guard value > 1e-300 else { return "< 10⁻³⁰⁰" }
        let parts = NumberText.significant(value, 2).split(separator: "e")
        guard parts.count == 2, let exponent = Int(parts[1]) else { return NumberText.significant(value, 2) }
        let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
        let raised = String(String(abs(exponent)).compactMap { $0.wholeNumberValue.map { digits[$0] } })
        return "\(parts[0]) × 10\(exponent < 0 ? "⁻" : "")\(raised)"
    }
}

extension StudyEffects.Source {
    /// In a narrow column.
    package var words: String {
        switch self {
        case .map: "map"
        case .peak: "statistic"
        case .sign: "sign only"
        case .nothing: "silent"
        }
    }

    /// Whether the study's effect there was reported rather than imputed.
    package var isReported: Bool { self == .map || self == .peak }
}
