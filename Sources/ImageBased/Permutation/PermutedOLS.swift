import Foundation
import Imaging
public import Inference
import Statistics
import VoxelKernels

/// Ordinary least squares on effect images, tested by permutation: their mean, or a contrast of a regression on covariates.
///
/// Images of one sample of people are averaged first, and count once. ``run(_:workers:progress:)`` gives the parametric maps;
/// ``test(_:permutations:workers:progress:)`` corrects for the many voxels.
public struct PermutedOLS: ImageMethod {
    /// nil: the mean of all studies. One row per study; constant within samples.
    public var design: ImageDesign?

    public init(design: ImageDesign? = nil) {
        self.design = design
    }

    public var name: String { "PermutedOLS" }

    public var needs: Set<ImageQuantity> { [.effect] }

    /// t, z, p (two-sided), logp and dof.
    public func run(
        _ stack: ImageStack, workers: Workers, progress: any ProgressObserver
    ) async throws -> ImageMaps {
        let data = try PermutationData(stack, design)
        let fit = try PlainLeastSquares(data)
        let pieces = ImageTiles.count(data.voxels)
        progress.began(name, units: pieces)
        try await workers.forEach(pieces) { piece in
            fit.run(ImageTiles.range(piece, of: data.voxels))
            progress.advanced(by: 1)
        }
        progress.ended()
        return fit.maps(stack.mask)
    }
}
