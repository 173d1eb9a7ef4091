import Appraisal
import Comparison
import Evidence
import Inference

/// Tables of one method: its clusters, and who contributes to them.
struct MethodTables {
    let result: MethodResult
    let places: PlaceNamer

    /// One row per local maximum; the first of a cluster describes the cluster.
    var clusters: TextTable {
        let header =
            [
                "cluster", "peak", "direction", "voxels", "mm3", "x_mm", "y_mm", "z_mm", "z", "p_corrected",
                "reporting",
                "units", "fail_safe_n",
            ] + places.atlases
        let rows = result.findings.enumerated().flatMap { number, found in
            found.cluster.peaks.enumerated().map { order, peak -> [String] in
                [
                    String(number + 1), String(order + 1), Self.direction(found, of: result),
                    String(found.cluster.voxels.count), NumberText.hundredths(found.volume),
                    NumberText.hundredths(peak.coordinate.x), NumberText.hundredths(peak.coordinate.y),
                    NumberText.hundredths(peak.coordinate.z), NumberText.fixed(peak.value, 3),
                    found.corrected.map { NumberText.significant($0.value) } ?? NumberText.missing,
                    found.contributions.isEmpty ? NumberText.missing : String(found.reporting),
                    String(result.units.count), found.failSafeN.map(String.init) ?? NumberText.missing,
                ] + places.columns(peak.coordinate)
            }
        }
        return TextTable(header: header, rows: rows)
    }

    /// One row per cluster and experiment that has a focus inside or would be missed.
    var contributions: TextTable {
        let rows = result.findings.enumerated().flatMap { number, found in
            found.contributions.filter { $0.foci > 0 || ($0.share ?? 0) > 0 }.map { one in
                [
                    String(number + 1), one.id, String(one.foci),
                    one.share.map { NumberText.fixed($0, 4) } ?? NumberText.missing,
                    one.isDecisive.map { $0 ? "yes" : "no" } ?? NumberText.missing,
                ]
            }
        }
        return TextTable(header: ["cluster", "experiment", "foci", "contribution", "decisive"], rows: rows)
    }

    /// What z above or below zero says.
    static func direction(_ found: Finding, of result: MethodResult) -> String {
        switch result.direction {
        case .all: "any"
        case .positive: "positive"
        case .negative: "negative"
        case .signed: found.cluster.sign < 0 ? "negative" : "positive"
        }
    }
}

/// Tables of a model's methods side by side.
struct AgreementTables {
    let comparison: ModelComparison
    let places: PlaceNamer

    var methods: TextTable {
        TextTable(
            header: ["method", "criterion", "units", "clusters", "voxels", "mm3", "largest_abs_z"],
            rows: comparison.views.map { view in
                let largest = view.z.lazy.filter { !$0.isNaN }.map { abs($0) }.max() ?? 0
                return [
                    view.name, view.criterion, String(view.units), String(view.findings.count),
                    String(view.significantVoxels),
                    NumberText.hundredths(Double(view.significantVoxels) * view.voxelVolume),
                    NumberText.fixed(Double(largest), 3),
                ]
            })
    }

    var pairs: TextTable {
        TextTable(
            header: [
                "method_1", "method_2", "common_voxels", "correlation_z", "dice", "both", "only_1", "only_2",
                "opposite",
            ],
            rows: (comparison.agreement?.pairs ?? []).map { pair in
                [
                    pair.first, pair.second, String(pair.commonVoxels),
                    pair.correlation.map { NumberText.fixed($0, 4) } ?? NumberText.missing,
                    pair.dice.map { NumberText.fixed($0, 4) } ?? NumberText.missing, String(pair.both),
                    String(pair.onlyFirst), String(pair.onlySecond), String(pair.opposite),
                ]
            })
    }

    /// Clusters that one method alone lists.
    var exclusives: TextTable {
        TextTable(
            header: ["method", "direction", "mm3", "x_mm", "y_mm", "z_mm", "z", "why"] + places.atlases,
            rows: (comparison.agreement?.exclusives ?? []).map { one in
                let finding = one.finding
                return [
                    one.method, finding.sign > 0 ? "positive" : finding.sign < 0 ? "negative" : "any",
                    NumberText.hundredths(one.volume), NumberText.hundredths(finding.peak.x),
                    NumberText.hundredths(finding.peak.y), NumberText.hundredths(finding.peak.z),
                    NumberText.fixed(finding.z, 3), ExclusiveWords(one, in: comparison).text,
                ] + places.columns(finding.peak)
            })
    }
}
