import Foundation
import Imaging
import SeedBasedMapping
import Statistics
import Testing

/// Bounds that hold for every kernel between two widths (``EffectReportBuilder/leastFWHM``). A failure would mean intervals that
/// promise more than a table says about the smoothness of its image.
@Suite("Bounds of unknown smoothness")
struct UnknownSmoothnessTests {
    private static let grid = Grid(shape: [41, 31, 31], affine: Affine(scale: [-2, 2, 2], origin: [40, -30, -30]))!
    private static let everywhere = Mask(grid: grid) { _ in true }
    private static let scale = EffectScale(n1: 24)
    private static let threshold = 3.2
    private static var b: Double { scale.g(fromT: threshold) }

    private static func builder(fwhm: Double, least: Double?, anisotropy: Double = 0) -> EffectReportBuilder {
        let template = CorrelationTemplate(domain: everywhere, constant: 1)
        return EffectReportBuilder(
            kernel: PeakKernel(graph: KernelGraph(template: template, fwhm: fwhm), anisotropy: anisotropy),
            mask: everywhere, leastFWHM: least)
    }

    private static func report(
        _ builder: EffectReportBuilder, _ peaks: [EffectReportBuilder.Peak]
    ) -> EffectReport {
        var paths = ShortestPaths(builder.kernel.graph)
        return builder.report(peaks: peaks, thresholdT: threshold, scale: scale, with: &paths).report
    }

    @Test(
        "The interval of an increase or decrease holds those of all kernels between the two widths",
        arguments: [1.0, -1])
    func holds(sign: Double) throws {
        for effect in [EffectReportBuilder.Peak.Effect.known(sign * 1.5), .sign(sign)] {
            let peak = EffectReportBuilder.Peak(coordinate: [0, 0, 0], effect: effect)
            let found = Self.report(Self.builder(fwhm: 20, least: 12), [peak])
            for fwhm in [12.0, 14, 17, 20] {
                let kernel = Self.report(Self.builder(fwhm: fwhm, least: nil), [peak])
                for voxel in 0..<Self.everywhere.count {
                    let outer = try #require(found.bounds(at: voxel, height: 1.4))
                    let inner = try #require(kernel.bounds(at: voxel, height: 1.4))
                    let place = Self.everywhere.world(at: voxel)
                    // The kernel itself knows the voxels of its core, this one the peak's own voxel alone.
                    guard (place * place).sum() > 4 else { continue }
                    // Beyond its reach of 1.5 widths a kernel is taken to be 0, not 1/512.
                    #expect(outer.lower <= inner.lower + 0.006 && outer.upper >= inner.upper - 0.006)
                }
            }
        }
    }

    @Test("Its bounds are b + w(g − b) and −b + v(g + b), mirrored for decreases")
    func formula() throws {
        for g in [1.5, -1.5] {
            let found = Self.report(
                Self.builder(fwhm: 20, least: 12), [.init(coordinate: [0, 0, 0], effect: .known(g))])
            for distance in [2.0, 8, 16] {
                let voxel = try #require(Self.position([distance, 0, 0]))
                let bounds = try #require(found.bounds(at: voxel))
                let w = exp2(-4 * (distance / 20) * (distance / 20))
                let v = exp2(-4 * (distance / 12) * (distance / 12))
                let near = -Self.b + v * (abs(g) + Self.b)
                let far = Self.b + w * (abs(g) - Self.b)
                #expect(abs(bounds.lower - (g > 0 ? near : -far)) < 1e-6)
                #expect(abs(bounds.upper - (g > 0 ? far : -near)) < 1e-6)
            }
        }
    }

    @Test("A peak's effect is known in the voxel it lies in and in no other")
    func core() throws {
        let found = Self.report(
            Self.builder(fwhm: 20, least: 12, anisotropy: 1), [.init(coordinate: [0, 0, 0], effect: .known(1.5))])
        for voxel in 0..<Self.everywhere.count {
            let bounds = try #require(found.bounds(at: voxel))
            let isOwn = Self.everywhere.world(at: voxel) == .zero
            #expect((bounds.upper - bounds.lower < 1e-6) == isOwn)
        }
    }

    @Test("A width not below the kernel's own takes the kernel to be right, to the bit")
    func same() {
        let peaks: [EffectReportBuilder.Peak] = [
            .init(coordinate: [0, 0, 0], effect: .sign(1)), .init(coordinate: [9, 4, -6], effect: .known(-1.3)),
        ]
        let first = Self.report(Self.builder(fwhm: 20, least: nil), peaks)
        let second = Self.report(Self.builder(fwhm: 20, least: 20), peaks)
        for voxel in stride(from: 0, to: Self.everywhere.count, by: 7) {
            #expect(first.bounds(at: voxel)?.lower == second.bounds(at: voxel)?.lower)
            #expect(first.bounds(at: voxel)?.upper == second.bounds(at: voxel)?.upper)
        }
    }

    private static func position(_ point: SIMD3<Double>) -> Int? {
        everywhere.grid.nearestVoxel(to: point).map { Int(everywhere.position[everywhere.grid.index($0)]) }
    }
}
