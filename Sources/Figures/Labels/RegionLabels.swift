package import Appraisal
import Statistics

/// The numbers of a hypothesis on a region as figures and tables print them.
package struct RegionLabels {
    private let finding: RegionFinding

    package init(_ finding: RegionFinding) { self.finding = finding }

    package var effect: String { PrettyNumber.fixed(finding.estimate.value, 2) }

    package var interval: String {
        let interval = finding.interval
        return "\(PrettyNumber.fixed(interval.lower, 2)) to \(PrettyNumber.fixed(interval.upper, 2))"
    }

    package var prediction: String {
        finding.predictionInterval.map {
            "\(PrettyNumber.fixed($0.lower, 2)) to \(PrettyNumber.fixed($0.upper, 2))"
        } ?? "–"
    }

    package var bayesFactor: String { Self.bayesFactor(finding.overNull) }

    /// Two significant digits; beyond a thousand the number says no more.
    package static func bayesFactor(_ value: Double) -> String {
        guard !value.isNaN else { return "–" }
        if value > 1000 { return "> 1000" }
        if value < 0.001 { return "< 0.001" }
        if value >= 100 { return PrettyNumber.fixed(value, 0) }
        return value >= 10 ? PrettyNumber.fixed(value, 1) : PrettyNumber.fixed(value, value < 0.1 ? 3 : 2)
    }
}
