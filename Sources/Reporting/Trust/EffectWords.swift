import Evidence
import Mapping
import Statistics

/// How the effect of an assessment is called and written: Hedges' g, Fisher's z, or a slope of either.
struct EffectWords {
    let assessment: PlaceAssessment

    private var unit: String { assessment.measure == .change ? "Hedges' g" : "Fisher's z" }

    /// On axes: `Hedges' g`, `Hedges' g: sessions`.
    var axisName: String {
        assessment.design.isInterceptOnly ? unit : "\(unit): \(assessment.design.combination.name)"
    }

    /// Of single studies.
    var studyAxisName: String { unit }

    /// In sentences.
    var symbol: String {
        guard assessment.design.isMean else { return "slope of “\(assessment.design.combination.name)” on \(unit)" }
        return assessment.measure == .change ? "g" : "Fisher's z"
    }

    /// `−0.42 (95 % CI −0.60 to −0.24)`, a correlation also as r.
    func withInterval(_ estimate: Estimate) -> String {
        let interval = estimate.interval()
        var text = "\(Self.fixed(estimate.value)) (95 % CI \(Self.range(interval)))"
        if assessment.measure == .correlation, assessment.design.isMean {
            let r = Interval(lower: FisherZ.r(fromZ: interval.lower), upper: FisherZ.r(fromZ: interval.upper))
            text += ", as a correlation r = \(Self.fixed(FisherZ.r(fromZ: estimate.value))) (\(Self.range(r)))"
        }
        return text
    }

    static func fixed(_ value: Double) -> String { PrettyNumber.fixed(value, 2) }

    static func range(_ interval: Interval) -> String {
        "\(fixed(interval.lower)) to \(fixed(interval.upper))"
    }

    /// `0.0012`, `2 × 10⁻⁷`: evidence classes ask for very small ones.
    static func p(_ value: Double) -> String {
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

extension PlaceEffects.Source {
    /// In a narrow column.
    var words: String {
        switch self {
        case .map: "map"
        case .peak: "statistic"
        case .sign: "sign only"
        case .nothing: "nothing"
        }
    }

    /// Whether the study's effect there was reported rather than imputed.
    var isReported: Bool { self == .map || self == .peak }
}
