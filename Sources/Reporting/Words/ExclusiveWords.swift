import Comparison
import Evidence
import Figures
import Imaging

/// Why a cluster may be listed by one method alone: what the other methods have there, and who reports it.
struct ExclusiveWords {
    let exclusive: MethodAgreement.Exclusive
    let comparison: ModelComparison

    init(_ exclusive: MethodAgreement.Exclusive, in comparison: ModelComparison) {
        self.exclusive = exclusive
        self.comparison = comparison
    }

    var text: String { (others + [reporting, decisive, maps].compactMap { $0 }).joined(separator: " ") }

    private var others: [String] {
        exclusive.others.map { other in
            guard let z = other.z, other.covered > 0 else { return "Outside the mask of \(other.name)." }
            let outside =
                other.covered < 0.5 ? " (its mask covers \(PrettyNumber.fixed(100 * other.covered, 0)) % of it)" : ""
            // Not all methods go by z alone: a high z in a small cluster fails a test of size.
            let short =
                z > 3.09 ? "high, but short of its criterion" : z > 1.64 ? "short of its criterion" : "little there"
            return "\(other.name): z up to \(PrettyNumber.fixed(z, 2)), \(short)\(outside)."
        }
    }

    private var reporting: String? {
        guard let (some, all) = exclusive.finding.reporting else {
            let count = reported
            return count.all > 0 ? "Foci of \(count.some) of \(count.all) experiments lie inside." : nil
        }
        return "Foci of \(some) of \(all) experiments lie inside."
    }

    private var decisive: String? {
        let names = exclusive.finding.decisive
        guard !names.isEmpty, names.count <= 3 else { return nil }
        return "It hangs on \(names.joined(separator: ", "))."
    }

    private var maps: String? {
        let count = comparison.experiments.count { $0.hasMap }
        guard AnalysisMethod.allCases.contains(where: { $0.family == .effects && $0.title == exclusive.method }), count > 0 else { return nil }
        return "\(PrettyNumber.plural(count, "experiment")) given as maps count here and not in coordinate methods."
    }

    /// Experiments with peaks, and those with a focus of the cluster's direction inside it.
    private var reported: (some: Int, all: Int) {
        let voxels = Set(exclusive.finding.voxels)
        guard let grid = comparison.agreement?.grid else { return (0, 0) }
        let withPeaks = comparison.experiments.filter { !$0.peaks.isEmpty }
        let some = withPeaks.count { experiment in
            experiment.peaks.contains { peak in
                let p = grid.voxel(at: peak.mni).rounded(.toNearestOrEven)
                guard abs(p.x) < 1e4, abs(p.y) < 1e4, abs(p.z) < 1e4 else { return false }
                let voxel = SIMD3(Int(p.x), Int(p.y), Int(p.z))
                return grid.contains(voxel) && voxels.contains(grid.index(voxel))
            }
        }
        return (some, withPeaks.count)
    }
}
