public import Inference

/// A way to pool images, voxel by voxel.
public protocol ImageMethod: Sendable {
    /// NiMARE's name of the estimator, such as `DerSimonianLaird`.
    var name: String { get }
    /// What every study must have an image of; ``ImageStack/adding(_:)`` makes some from others.
    var needs: Set<ImageQuantity> { get }

    /// Unthresholded maps.
    ///
    /// - Throws: ``ImageError``, or `CancellationError`.
    func run(_ stack: ImageStack, workers: Workers, progress: any ProgressObserver) async throws -> ImageMaps
}

extension ImageMethod {
    public func run(_ stack: ImageStack, workers: Workers) async throws -> ImageMaps {
        try await run(stack, workers: workers, progress: SilentProgress())
    }
}

/// How voxels are handed to workers.
enum ImageTiles {
    /// Voxels of a piece of work: a multiple of every vector's width.
    static let size = 2048

    static func count(_ voxels: Int) -> Int { (voxels + size - 1) / size }

    static func range(_ piece: Int, of voxels: Int) -> Range<Int> {
        piece * size..<min(voxels, (piece + 1) * size)
    }
}
