import Cuneus
import Foundation

/// Time of peaks' kernels: the vector search beside the plain one, kernels of relocated peaks, and bounds and report together beside
/// one after the other. One thread, all in one run.
struct KernelSpeed {
    let kernel: PeakKernel
    let mask: Mask

    private var places: [SIMD3<Double>] { stride(from: -60.0, through: 60, by: 3).map { [$0, -20, 10] } }

    func run() async throws {
        var paths = ShortestPaths(kernel.graph)
        var plain = PlainShortestPaths(kernel.graph)
        let sources = places.map { kernel.sources(of: $0) }
        let fast = seconds { for source in sources { paths.search(from: source, limit: kernel.reach) { _, _ in } } }
        let slow = seconds { for source in sources { plain.search(from: source, limit: kernel.reach) { _, _ in } } }
        print(
            "  kernel searches a second: \(fixed(Double(places.count) / fast, 0)), in plain Swift \(fixed(Double(places.count) / slow, 0)): ratio \(fixed(slow / fast, 1))"
        )

        let domain = kernel.graph.template.domain
        let voxels = stride(from: 0, to: domain.count, by: max(1, domain.count / 256)).map { Int32($0) }
        let start = ContinuousClock.now
        let library = try await KernelLibrary(voxels: voxels, kernel: kernel, mask: mask, workers: Workers(threads: 1))
        let made = start.duration(to: .now) / .seconds(1)
        print("  kernels of relocated peaks a second: \(fixed(Double(library.count) / made, 0))")

        let scale = EffectScale(n1: 20)
        let peaks = places.map { EffectReportBuilder.Peak(coordinate: $0, effect: .sign(1)) }
        let b = scale.g(fromT: 3.3)
        let mapped = places.map { BoundsBuilder.MappedPeak(coordinate: $0, g: b) }
        let reports = EffectReportBuilder(kernel: kernel, mask: mask, leastFWHM: 10)
        let bounds = BoundsBuilder(kernel: kernel, mask: mask)
        let apart = seconds {
            _ = bounds.bounds(peaks: mapped, thresholdG: b, with: &paths)
            _ = reports.report(peaks: peaks, thresholdT: 3.3, scale: scale, with: &paths)
        }
        let together = seconds {
            _ = reports.evidence(
                peaks: peaks, mapped: mapped, thresholdT: 3.3, thresholdG: b, scale: scale, heights: .expected,
                with: &paths)
        }
        print(
            "  bounds and report of \(peaks.count) peaks: \(fixed(together * 1e3, 0)) ms, one after the other \(fixed(apart * 1e3, 0)) ms: ratio \(fixed(apart / together, 2))"
        )
    }

    private func seconds(_ work: () -> Void) -> Double {
        let start = ContinuousClock.now
        work()
        return start.duration(to: .now) / .seconds(1)
    }
}
