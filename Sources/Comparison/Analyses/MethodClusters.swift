import Appraisal
import Convergence
import Foundation
import Imaging
import Inference

/// Finds the clusters of the voxels that survive, and says who reports them.
struct MethodClusters {
    let mask: Mask
    let z: [Float]
    let isSignificant: [Bool]
    /// −log₁₀ of the corrected p per voxel; nil where there is none.
    let logP: [Float]?
    let sets: [FociSet]

    /// - Parameter result: gives the jackknife of a method of one group.
    func all(jackknife result: ConvergenceResult? = nil, peakP: Double = 0.001) -> [Finding] {
        let finder = ClusterFinder(mask: mask, connectivity: .faces)
        let surviving = zip(z, isSignificant).map { $1 ? $0 : 0 }
        let clusters = [1, -1].flatMap { sign in
            finder.clusters(in: surviving, above: 0, sign: sign).sorted {
                (abs($0.peak.value), $1.peak.position) > (abs($1.peak.value), $0.peak.position)
            }
        }
        if let result {
            return ContributionDiagnostics.contributions(to: clusters, of: result, peakP: peakP).map { found in
                Finding(
                    cluster: found.cluster, volume: found.volume, corrected: corrected(found.cluster),
                    contributions: sets.indices.map { n in
                        Contribution(
                            id: sets[n].id, share: found.contribution[n], foci: found.foci[n],
                            isDecisive: found.isCarriedBy[n])
                    })
            }
        }
        return clusters.map { cluster in
            let voxels = Set(cluster.voxels)
            return Finding(
                cluster: cluster, volume: Double(cluster.voxels.count) * mask.grid.voxelVolume,
                corrected: corrected(cluster),
                contributions: sets.map { set in
                    Contribution(id: set.id, foci: set.foci.count { voxels.contains(position(of: $0)) })
                })
        }
    }

    private func corrected(_ cluster: Cluster) -> Finding.CorrectedP? {
        logP.map { Finding.CorrectedP(value: pow(10, -Double($0[cluster.peak.position]))) }
    }

    /// −1 outside the mask.
    private func position(of focus: SIMD3<Double>) -> Int32 {
        let p = mask.grid.voxel(at: focus).rounded(.toNearestOrEven)
        guard abs(p.x) < 1e4, abs(p.y) < 1e4, abs(p.z) < 1e4 else { return -1 }
        let voxel = SIMD3(Int(p.x), Int(p.y), Int(p.z))
        return mask.grid.contains(voxel) ? mask.position[mask.grid.index(voxel)] : -1
    }
}
