import Foundation
import Imaging
import Inference
import Statistics

/// z, p, logp and dof of a combined test, filled by workers.
struct CombinedMaps: Sendable {
    let mask: Mask
    let name: String
    private let z, p, logp, dof: SharedArray<Float>

    init(_ mask: Mask, _ name: String) {
        self.mask = mask
        self.name = name
        func map() -> SharedArray<Float> { SharedArray(repeating: Float.nan, count: mask.count) }
        (z, p, logp, dof) = (map(), map(), map(), map())
    }

    /// - Parameter work: of a range of voxels; hands over z, ln p and degrees of freedom of each that has them.
    func fill(
        _ workers: Workers, _ progress: any ProgressObserver,
        _ work: @escaping @Sendable (Range<Int>, (Int, Double, Double, Double) -> Void) -> Void
    ) async throws -> ImageMaps {
        let voxels = mask.count
        let pieces = ImageTiles.count(voxels)
        progress.began(name, units: pieces)
        try await workers.forEach(pieces) { piece in
            work(ImageTiles.range(piece, of: voxels)) { voxel, score, logP, degrees in
                z.buffer[voxel] = Float(score)
                p.buffer[voxel] = LogProbability.p(logP)
                logp.buffer[voxel] = Float(LogProbability.minusLog10(logP))
                dof.buffer[voxel] = Float(degrees)
            }
            progress.advanced(by: 1)
        }
        progress.ended()
        var maps = ImageMaps(mask: mask)
        maps[.z] = z.array
        maps[.p] = p.array
        maps[.logp] = logp.array
        maps[.dof] = dof.array
        return maps
    }
}
