import Comparison
import Evidence
import Imaging
import Inference
import Statistics

/// `clusters.tsv` of a conjunction: one row per local maximum; the first of a cluster describes the cluster.
struct ConjunctionTable {
    let conjunction: ModelConjunction
    let places: PlaceNamer

    var table: TextTable {
        let header =
            ["cluster", "peak", "direction", "voxels", "mm3", "x_mm", "y_mm", "z_mm", "z"]
            + conjunction.parts.map { "z_\($0.name)" } + ["p_corrected", "p_union"] + places.atlases
        let rows = conjunction.clusters.enumerated().flatMap { number, cluster in
            cluster.peaks.enumerated().map { order, peak -> [String] in
                [
                    String(number + 1), String(order + 1), direction(cluster),
                    String(cluster.voxels.count), NumberText.hundredths(volume(cluster)),
                    NumberText.hundredths(peak.coordinate.x), NumberText.hundredths(peak.coordinate.y),
                    NumberText.hundredths(peak.coordinate.z),
                    NumberText.fixed(Double(conjunction.z[peak.position]), 3),
                ] + conjunction.parts.map { NumberText.fixed(Double($0.z[peak.position]), 3) }
                    + [
                        correctedP(peak).map { NumberText.significant($0) } ?? NumberText.missing,
                        NumberText.significant(unionP(peak)),
                    ] + places.columns(peak.coordinate)
            }
        }
        return TextTable(header: header, rows: rows)
    }

    private func direction(_ cluster: Cluster) -> String {
        guard conjunction.isDirected else { return "any" }
        return cluster.sign < 0 ? "negative" : "positive"
    }

    /// mm³.
    func volume(_ cluster: Cluster) -> Double {
        Double(cluster.voxels.count) * conjunction.mask.grid.voxelVolume
    }

    func correctedP(_ peak: ClusterPeak) -> Double? { conjunction.correctedP.map { Double($0[peak.position]) } }

    /// One-sided, in the direction of the peak.
    func unionP(_ peak: ClusterPeak) -> Double {
        Double(LogProbability.p(LogProbability.upperTail(Double(abs(conjunction.union[peak.position])))))
    }
}
