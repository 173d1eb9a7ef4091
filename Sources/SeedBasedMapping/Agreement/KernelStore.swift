import Imaging
import Inference
import Synchronization

/// The kernels of start points, kept between the models of a run: at 2 mm they take a quarter of a minute to make, and are the
/// same for all models that share mask, kernel and seed. Holds one library (142 MB at 2 mm).
public final class KernelStore: Sendable {
    private struct Entry {
        var fwhm: Double
        var anisotropy: Double
        var mask: Mask
        var library: KernelLibrary
    }

    /// Those of places inside and of places outside the mask, the last of each.
    private let entries = Mutex<[Bool: Entry]>([:])

    public init() {}

    /// The kernels of start points, kept, and of other voxels after them.
    ///
    /// - Parameter others: voxels that only this test has peaks at.
    /// - Throws: `CancellationError`.
    @_optimize(none)
    func library(
        of start: StartPoints, and others: [Int32], kernel: PeakKernel, mask: Mask, workers: Workers,
        progress: any ProgressObserver
    ) async throws -> KernelLibrary {
        let inside = try await kept(
            Array(start.voxels[start.inside]), isInside: true, kernel, mask, workers, progress)
        let outside = try await kept(
            Array(start.voxels[start.outside]), isInside: false, kernel, mask, workers, SilentProgress())
        let rest = try await KernelLibrary(voxels: others, kernel: kernel, mask: mask, workers: workers)
        return KernelLibrary(KernelLibrary(inside, outside), rest)
    }

    @_optimize(none)
    private func kept(
        _ voxels: [Int32], isInside: Bool, _ kernel: PeakKernel, _ mask: Mask, _ workers: Workers,
        _ progress: any ProgressObserver
    ) async throws -> KernelLibrary {
        let known = entries.withLock { $0[isInside] }
        if let known, known.fwhm == kernel.graph.fwhm, known.anisotropy == kernel.anisotropy, known.mask == mask,
            known.library.voxels == voxels
        {
            return known.library
        }
        let library = try await KernelLibrary(
            voxels: voxels, kernel: kernel, mask: mask, workers: workers, progress: progress)
        // A model without peaks outside the mask does not push out the kernels of one with them.
        if !voxels.isEmpty {
            let made = Entry(fwhm: kernel.graph.fwhm, anisotropy: kernel.anisotropy, mask: mask, library: library)
            entries.withLock { $0[isInside] = made }
        }
        return library
    }
}
