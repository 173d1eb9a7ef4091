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

    package var bayesFactor: String { PrettyNumber.bayesFactor(finding.overNull) }
}
