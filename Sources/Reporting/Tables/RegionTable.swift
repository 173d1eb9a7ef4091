import Appraisal
import Evidence
import Foundation
import SeedBasedMapping
import Statistics

/// `regions.tsv`: the hypotheses on regions in one model, then what is joined of them.
struct RegionTable {
    let findings: [RegionFinding]
    /// All regions of the plan.
    let asked: [RegionHypothesis]

    init(_ findings: [RegionFinding], asked: [RegionHypothesis]) {
        self.findings = findings
        self.asked = asked
    }

    private static let header = [
        "region", "group", "direction", "voxels", "x", "y", "z", "experiments", "with_map", "with_peak", "with_sign",
        "with_nothing", "g", "se", "ci_low", "ci_high", "pi_low", "pi_high", "tau2", "fmi", "z_value", "p",
        "prior_scale",
        "bf_null", "bf_opposite", "bf_null_half_scale", "bf_null_double_scale", "verdict",
    ]

    var table: TextTable {
        TextTable(header: Self.header, rows: findings.map(row) + JointRegions.all(findings, asked: asked).map(row))
    }

    private func row(_ finding: RegionFinding) -> [String] {
        let (region, place) = (finding.region, finding.place)
        let (interval, prediction) = (finding.interval, finding.predictionInterval)
        func number(_ value: Double?) -> String { NumberText.significant(value ?? .nan, 6) }
        var cells = [region.name, region.group ?? "", region.direction.rawValue, String(place.voxelCount)]
        cells += [place.coordinate.x, place.coordinate.y, place.coordinate.z].map(NumberText.hundredths)
        cells.append(String(place.studies.count))
        cells += [.map, .peak, .sign, .nothing].map { String(finding.count($0)) }
        cells += [finding.estimate.value, finding.estimate.standardError, interval.lower, interval.upper].map(number)
        cells += [prediction?.lower, prediction?.upper, finding.tau2, finding.missingInformation].map(number)
        cells += [finding.estimate.statistic, finding.pValue, region.priorScale, finding.overNull].map(number)
        cells.append(number(finding.overOpposite))
        cells += [0.5, 2].map { number(exp(finding.logOverNull(scale: $0 * region.priorScale))) }
        return cells + [finding.verdict.rawValue]
    }

    /// The largest p and the smallest Bayes factor of the parts.
    private func row(_ joint: JointRegions) -> [String] {
        var cells = [String](repeating: "", count: Self.header.count)
        func set(_ column: String, _ text: String) {
            if let index = Self.header.firstIndex(of: column) { cells[index] = text }
        }
        set("region", "(all of: \(joint.parts.map(\.region.name).joined(separator: ", ")))")
        set("group", joint.groups.joined(separator: " and "))
        set("direction", "joint")
        set("p", NumberText.significant(joint.pValue, 6))
        set("bf_null", NumberText.significant(joint.weakest.overNull, 6))
        set("verdict", joint.verdict.rawValue)
        return cells
    }
}
