import Foundation
import Imaging
import SeedBasedMapping
import Testing

@Suite("Bounds from peaks")
struct BoundsTests {
    /// The standard grid with every voxel inside and a constant template: virtual = slowness × path length.
    private static let grid = Grid(shape: [41, 41, 41], affine: Affine(scale: [-2, 2, 2], origin: [40, -40, -40]))!
    private static let everywhere = Mask(grid: grid) { _ in true }

    private func builder(slowness: Float = 1, anisotropy: Double = 1, fwhm: Double = 20) -> BoundsBuilder {
        let template = CorrelationTemplate(domain: Self.everywhere, constant: slowness)
        let graph = KernelGraph(template: template, fwhm: fwhm)
        return BoundsBuilder(kernel: PeakKernel(graph: graph, anisotropy: anisotropy), mask: Self.everywhere)
    }

    private func bounds(_ builder: BoundsBuilder, _ peaks: [(SIMD3<Double>, Double)], b: Double) -> EffectBounds {
        var paths = ShortestPaths(builder.kernel.graph)
        return builder.bounds(
            peaks: peaks.map { BoundsBuilder.MappedPeak(coordinate: $0.0, g: $0.1) }, thresholdG: b, with: &paths
        ).bounds
    }

    private func position(_ x: Double, _ y: Double, _ z: Double) -> Int {
        Int(Self.everywhere.position[Self.grid.index(Self.grid.nearestVoxel(to: [x, y, z])!)])
    }

    @Test("Without peaks the effect lies between −b and b everywhere")
    func noPeaks() {
        let found = bounds(builder(), [], b: 0.5)
        #expect(found.lower.allSatisfy { $0 == -0.5 })
        #expect(found.upper.allSatisfy { $0 == 0.5 })
    }

    @Test(
        "A coordinate is truncated toward zero; odd millimetres lie between two voxels and take both",
        arguments: [
            ([10.0, 4, -6], 1, 0.0), ([11, 4, -6], 2, 1), ([11.9, 4, -7.9], 4, 2.0.squareRoot()),
            ([-13.8, -3, 7.2], 8, 3.0.squareRoot()), ([0.9, -0.9, 0], 1, 0),
        ] as [(SIMD3<Double>, Int, Double)])
    func sources(coordinate: SIMD3<Double>, count: Int, start: Double) {
        let sources = builder().kernel.sources(of: coordinate)
        #expect(sources.count == count)
        #expect(sources.allSatisfy { abs($0.start - start) < 1e-12 })
    }

    @Test("The published single peak (−39, 11, −20) has the source voxels (64|65, 68|69, 26)")
    func publishedSources() {
        let domain = Mask(grid: .mni2mm) { _ in true }
        let kernel = PeakKernel(
            graph: KernelGraph(template: CorrelationTemplate(domain: domain, constant: 1), fwhm: 20), anisotropy: 1)
        let voxels = kernel.sources(of: [-39, 11, -20]).map { Grid.mni2mm.voxel(atIndex: $0.voxel) }
        #expect(Set(voxels) == [[64, 68, 26], [65, 68, 26], [64, 69, 26], [65, 69, 26]])
    }

    @Test("Source voxels take the peak's value, from both sides")
    func core() {
        let found = bounds(builder(), [([0, 0, 0], 1.2)], b: 0.5)
        #expect(found.lower[position(0, 0, 0)] == 1.2)
        #expect(found.upper[position(0, 0, 0)] == 1.2)
    }

    @Test("Several peaks in one core: their mean")
    func sharedCore() {
        let found = bounds(builder(), [([0, 0, 0], 1.2), ([0, 0, 0], 0.8)], b: 0.5)
        #expect(abs(found.lower[position(0, 0, 0)] - 1.0) < 1e-6)
    }

    @Test("Along a straight line the kernel is a Gaussian of the virtual distance; at 1.5 FWHM it ends")
    func singleKernel() {
        let b = 0.5
        let g = 1.2
        let found = bounds(builder(slowness: 0.9), [([0, 0, 0], g)], b: b)
        for x in stride(from: 4.0, through: 32, by: 4) {
            let d = 0.9 * x
            let w = exp2(-4 * (d / 20) * (d / 20))
            let inside = d <= 30
            #expect(abs(Double(found.upper[position(x, 0, 0)]) - (inside ? b + w * (g - b) : b)) < 1e-6, "x = \(x)")
            #expect(abs(Double(found.lower[position(x, 0, 0)]) - (inside ? -b + w * (g + b) : -b)) < 1e-6, "x = \(x)")
        }
    }

    @Test("Two peaks are weighted by the inverse square of their distances")
    func twoPeaks() {
        // At (8, 0, 0): 8 mm from a peak of g = 1 at 0, 12 mm from one of g = −0.8 at 20.
        let b = 0.4
        let found = bounds(builder(), [([0, 0, 0], 1), ([20, 0, 0], -0.8)], b: b)
        let q1 = 1 / 64.0
        let q2 = 1 / 144.0
        let w1 = exp2(-4 * 64.0 / 400)
        let w2 = exp2(-4 * 144.0 / 400)
        let upper = (q1 * (b + w1 * (1 - b)) + q2 * (b + w2 * (-0.8 - b))) / (q1 + q2)
        let lower = (q1 * (-b + w1 * (1 + b)) + q2 * (-b + w2 * (-0.8 + b))) / (q1 + q2)
        #expect(abs(Double(found.upper[position(8, 0, 0)]) - upper) < 1e-6)
        #expect(abs(Double(found.lower[position(8, 0, 0)]) - lower) < 1e-6)
    }

    @Test("Anisotropy 0 is the Euclidean Gaussian, whatever the template")
    func isotropic() {
        let found = bounds(builder(slowness: 3, anisotropy: 0), [([0, 0, 0], 1)], b: 0.5)
        let squared = 6.0 * 6 + 8 * 8 + 2 * 2
        let w = exp2(-4 * squared / 400)
        #expect(abs(Double(found.upper[position(6, 8, 2)]) - (0.5 + w * 0.5)) < 1e-6)
    }

    @Test("Between, squared distances are mixed")
    func mixed() {
        let found = bounds(builder(slowness: 2, anisotropy: 0.25), [([0, 0, 0], 1)], b: 0.5)
        let squared = 0.75 * 100 + 0.25 * 400
        #expect(abs(Double(found.upper[position(10, 0, 0)]) - (0.5 + 0.5 * exp2(-4 * squared / 400))) < 1e-6)
    }

    @Test("A vanishing anisotropy, whose virtual reach has no end, is all but the Euclidean Gaussian")
    func vanishingAnisotropy() {
        let found = bounds(builder(slowness: 3, anisotropy: 1e-30), [([0, 0, 0], 1)], b: 0.5)
        let w = exp2(-4 * (6.0 * 6 + 8 * 8 + 2 * 2) / 400)
        #expect(abs(Double(found.upper[position(6, 8, 2)]) - (0.5 + w * 0.5)) < 1e-6)
    }

    @Test("A kernel narrower than a voxel still gives a peak between voxels its core", arguments: [0.0, 0.5, 1])
    func narrowKernel(anisotropy: Double) {
        let found = bounds(builder(anisotropy: anisotropy, fwhm: 1), [([1, 1, 1], 1.2)], b: 0.5)
        for corner in [position(0, 0, 0), position(2, 2, 2), position(0, 2, 0)] {
            #expect(found.lower[corner] == 1.2 && found.upper[corner] == 1.2)
        }
        #expect(found.upper[position(4, 0, 0)] == 0.5)
    }

    @Test("A peak just outside the tissue snaps to it; one farther than 4 mm is reported as unused")
    func outside() {
        let half = Mask(grid: Self.grid) { Self.grid.world(atIndex: $0).x >= 0 }
        let template = CorrelationTemplate(domain: half, constant: 1)
        let kernel = PeakKernel(graph: KernelGraph(template: template, fwhm: 20), anisotropy: 1)
        let builder = BoundsBuilder(kernel: kernel, mask: half)
        var paths = ShortestPaths(kernel.graph)
        let near = BoundsBuilder.MappedPeak(coordinate: [-4, 0, 0], g: 1)
        let far = BoundsBuilder.MappedPeak(coordinate: [-14, 0, 0], g: 1)
        let nonsense = BoundsBuilder.MappedPeak(coordinate: [.nan, 1e9, 0], g: 1)
        let (bounds, unused) = builder.bounds(peaks: [near, far, nonsense], thresholdG: 0.5, with: &paths)
        #expect(unused == [1, 2])
        #expect((bounds.upper.max() ?? 0) > 0.5, "the near peak reaches the tissue")
        #expect(bounds.upper.allSatisfy { $0 < 1 }, "but no voxel is its core")
    }
}
