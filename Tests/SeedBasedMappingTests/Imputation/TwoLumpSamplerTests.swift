import Imaging
import SeedBasedMapping
import Statistics
import Testing

@Suite("Two-lumped imputations")
struct TwoLumpSamplerTests {
    private static let grid = Grid(shape: [9, 9, 9], affine: Affine(scale: [-2, 2, 2], origin: [8, -8, -8]))!
    private static let mask = Mask(grid: grid) { _ in true }
    private static let sampler = TwoLumpSampler(
        mask: mask, template: CorrelationTemplate(domain: mask, constant: 0.9), noiseFWHM: 2.6)
    private static let scale = EffectScale(n1: 20)

    private static func study(lower: Float, upper: Float, mean: Float, tau2: Float) -> ImputedStudy {
        func map(_ x: Float) -> [Float] { Array(repeating: x, count: mask.count) }
        return ImputedStudy(
            id: "a", seed: 3, scale: scale, bounds: EffectBounds(lower: map(lower), upper: map(upper)), mean: map(mean),
            tau2: map(tau2))
    }

    private static func draw(_ study: ImputedStudy, batch: Int) -> [SIMD16<Float>] {
        var scratch = SamplerScratch()
        return [SIMD16<Float>](unsafeUninitializedCapacity: mask.count) { buffer, count in
            sampler.draw(
                study, voxels: 0..<mask.count, batch: batch, lanes: 16, into: buffer.baseAddress!, scratch: &scratch)
            count = mask.count
        }
    }

    /// 729 voxels, of which about 60 are worth an independent one (neighbours within 2 voxels correlate), times 16 · 150: standard errors
    /// of mean and SD about .003 of a deviation; .02 allows for the estimate's roughness.
    @Test(
        "Mean and variance are those of the truncated normal; no value leaves the bounds",
        arguments: [(-0.7, 0.7, 0.0, 0.0), (-0.7, 0.7, 0.3, 0.02), (-0.3, 1.1, 0.4, 0), (0.2, 0.9, -0.5, 0.01)]
            as [(Float, Float, Float, Float)])
    func moments(lower: Float, upper: Float, mean: Float, tau2: Float) {
        let study = Self.study(lower: lower, upper: upper, mean: mean, tau2: tau2)
        let variance = Self.scale.variance(ofG: Double(mean)) + Double(tau2)
        let expected = TruncatedNormal(
            mean: Double(mean), deviation: variance.squareRoot(), lower: Double(lower), upper: Double(upper)
        ).moments
        var sums = (0.0, 0.0, 0.0, 0.0)
        for batch in 0..<150 {
            for image in Self.draw(study, batch: batch) {
                for lane in 0..<16 {
                    #expect(image[lane] >= lower && image[lane] <= upper)
                    let x = Double(image[lane]) - expected.mean
                    sums = (sums.0 + 1, sums.1 + x, sums.2 + x * x, sums.3 + x * x * x * x)
                }
            }
        }
        let deviation = expected.variance.squareRoot()
        #expect(abs(sums.1 / sums.0) < 0.02 * deviation)
        #expect(abs(sums.2 / sums.0 / expected.variance - 1) < 0.02)
        // Between symmetric bounds around 0 the excess kurtosis is SDM-PSI's.
        if lower == -upper, mean == 0 {
            let square = sums.2 / sums.0
            #expect(abs(sums.3 / sums.0 / (square * square) - 3 + 1.65) < 0.05)
        }
    }

    @Test("Single voxels get what whole images have, to the bit")
    func patch() {
        let study = Self.study(lower: -0.4, upper: 0.9, mean: 0.2, tau2: 0.01)
        let voxels: [Int32] = [0, 7, 100, 364, 365, 728]
        let images = Self.draw(study, batch: 2)
        let patch = Self.sampler.patch(voxels)
        var noise = [SIMD16<Float>](repeating: .zero, count: patch.halo.count)
        Self.sampler.noise(study, of: patch, batch: 2, lanes: 16, into: &noise)
        let variance = Self.scale.variance(ofG: Double(Float(0.2))) + Double(Float(0.01))
        let distribution = TruncatedNormal(
            mean: Double(Float(0.2)), deviation: variance.squareRoot(), lower: Double(Float(-0.4)),
            upper: Double(Float(0.9)))
        for (index, voxel) in voxels.enumerated() {
            var image = SIMD16<Float>.zero
            withUnsafePointer(to: distribution) { distribution in
                Self.sampler.draw(
                    UnsafeBufferPointer(start: distribution, count: 1), at: index, of: patch, noise: noise, lanes: 16,
                    into: &image, stride: 1)
            }
            #expect(image == images[Int(voxel)])
        }
    }

    @Test("Known values stay, missing ones stay missing")
    func fixed() {
        var study = Self.study(lower: -0.4, upper: 0.9, mean: 0.2, tau2: 0.01)
        study.bounds.lower[3] = 0.5
        study.bounds.upper[3] = 0.5
        study.bounds.lower[4] = .nan
        study.bounds.upper[4] = .nan
        let images = Self.draw(study, batch: 0)
        #expect(images[3] == SIMD16(repeating: 0.5))
        #expect((0..<16).allSatisfy { images[4][$0].isNaN })
    }
}
