import Imaging
import Inference
import SeedBasedMapping
import Statistics
import Testing

@Suite("Imputed study images")
struct StudyImageSamplerTests {
    private static let grid = Grid(shape: [9, 9, 9], affine: Affine(scale: [-2, 2, 2], origin: [8, -8, -8]))!
    private static let mask = Mask(grid: grid) { _ in true }
    private static let template = CorrelationTemplate(domain: mask, constant: 0.9)
    private static let scale = EffectScale(n1: 20)

    enum Kind: CaseIterable { case copula, paper }

    private static func sampler(_ kind: Kind) -> any StudyImageSampler {
        switch kind {
        case .copula: CopulaSampler(mask: mask, template: template, noiseFWHM: 2.6)
        case .paper: PaperSampler(mask: mask, template: template)
        }
    }

    private static func study(lower: Float, upper: Float, mean: Float, tau2: Float) -> ImputedStudy {
        func map(_ x: Float) -> [Float] { Array(repeating: x, count: mask.count) }
        return ImputedStudy(
            id: "a", seed: 3, scale: scale, bounds: EffectBounds(lower: map(lower), upper: map(upper)), mean: map(mean),
            tau2: map(tau2))
    }

    private static func draw(
        _ kind: Kind, _ study: ImputedStudy, voxels: Range<Int>? = nil, batch: Int = 0, lanes: Int = 16
    ) -> [SIMD16<Float>] {
        let voxels = voxels ?? 0..<mask.count
        var scratch = SamplerScratch()
        return [SIMD16<Float>](unsafeUninitializedCapacity: voxels.count) { buffer, count in
            sampler(kind).draw(
                study, voxels: voxels, batch: batch, lanes: lanes, into: buffer.baseAddress!, scratch: &scratch)
            count = voxels.count
        }
    }

    @Test("Mean and variance are those of the truncated normal; no value leaves the bounds", arguments: Kind.allCases)
    func moments(kind: Kind) {
        for (lower, upper, mean, tau2) in [(-0.7, 0.7, 0.1, 0.02), (-0.3, 1.1, 0.4, 0), (0.2, 0.9, 0.1, 0.05)]
            as [(Float, Float, Float, Float)]
        {
            let study = Self.study(lower: lower, upper: upper, mean: mean, tau2: tau2)
            let variance = Self.scale.variance(ofG: Double(mean)) + Double(tau2)
            let expected = TruncatedNormal(
                mean: Double(mean), deviation: variance.squareRoot(), lower: Double(lower), upper: Double(upper)
            ).moments
            // Inner voxels of many batches: 343 × 16 × 40 correlated values.
            var sum = 0.0
            var squares = 0.0
            var count = 0.0
            for batch in 0..<40 {
                for (position, image) in Self.draw(kind, study, batch: batch).enumerated() {
                    let voxel = Self.grid.voxel(atIndex: position)
                    guard voxel.min() > 0, voxel.max() < 8 else { continue }
                    for lane in 0..<16 {
                        let value = Double(image[lane])
                        #expect(value >= Double(lower) - 1e-6 && value <= Double(upper) + 1e-6)
                        sum += value
                        squares += value * value
                        count += 1
                    }
                }
            }
            let found = sum / count
            #expect(abs(found - expected.mean) < 0.01, "\(kind) [\(lower), \(upper)] mean")
            // The paper's sampler meets the variance through an interpolated width: 8 %.
            #expect(
                abs((squares / count - found * found) / expected.variance - 1) < (kind == .copula ? 0.03 : 0.08),
                "\(kind) [\(lower), \(upper)] variance")
        }
    }

    @Test("Neighbours are alike, voxels far apart are not, imputations are independent", arguments: Kind.allCases)
    func correlation(kind: Kind) {
        let study = Self.study(lower: -0.7, upper: 0.7, mean: 0, tau2: 0.02)
        var near: [(Float, Float)] = []
        var far: [(Float, Float)] = []
        var lanes: [(Float, Float)] = []
        for batch in 0..<60 {
            let images = Self.draw(kind, study, batch: batch)
            let a = images[Self.grid.index(3, 4, 4)]
            let b = images[Self.grid.index(4, 4, 4)]
            let c = images[Self.grid.index(8, 4, 4)]
            for lane in 0..<16 {
                near.append((a[lane], b[lane]))
                far.append((a[lane], c[lane]))
                lanes.append((a[lane], a[(lane + 1) % 16]))
            }
        }
        func r(_ pairs: [(Float, Float)]) -> Double {
            let n = Double(pairs.count)
            let mx = pairs.reduce(0.0) { $0 + Double($1.0) } / n
            let my = pairs.reduce(0.0) { $0 + Double($1.1) } / n
            var (xx, yy, xy) = (0.0, 0.0, 0.0)
            for (x, y) in pairs {
                xx += (Double(x) - mx) * (Double(x) - mx)
                yy += (Double(y) - my) * (Double(y) - my)
                xy += (Double(x) - mx) * (Double(y) - my)
            }
            return xy / (xx * yy).squareRoot()
        }
        #expect(r(near) > 0.35 && r(near) < 0.85, "2 mm apart: about one half")
        #expect(abs(r(far)) < 0.12)
        #expect(abs(r(lanes)) < 0.12)
    }

    @Test(
        "A draw depends on seed, experiment, voxel and imputation alone: not on blocks or lanes",
        arguments: Kind.allCases)
    func addressable(kind: Kind) {
        let study = Self.study(lower: -0.7, upper: 0.7, mean: 0.1, tau2: 0.02)
        let whole = Self.draw(kind, study, batch: 2)
        let part = Self.draw(kind, study, voxels: 200..<433, batch: 2)
        #expect(Array(whole[200..<433]) == part)
        let fewer = Self.draw(kind, study, batch: 2, lanes: 5)
        #expect(zip(whole, fewer).allSatisfy { a, b in (0..<5).allSatisfy { a[$0] == b[$0] } })
        #expect(whole != Self.draw(kind, study, batch: 3))
        var other = study
        other.stream = Philox(seed: 3, name: "b", purpose: 1)
        #expect(whole != Self.draw(kind, other, batch: 2))
    }

    @Test("Known voxels keep their value, missing ones stay missing", arguments: Kind.allCases)
    func knownAndMissing(kind: Kind) {
        var study = Self.study(lower: -0.7, upper: 0.7, mean: 0.1, tau2: 0.02)
        study.bounds.lower[100] = 0.9
        study.bounds.upper[100] = 0.9
        study.bounds.lower[101] = .nan
        study.bounds.upper[101] = .nan
        let images = Self.draw(kind, study)
        #expect((0..<16).allSatisfy { images[100][$0] == 0.9 && images[101][$0].isNaN })
    }

    @Test(
        "The copula's kernel gives the Floats of one draw after another; all instructions the same bits",
        arguments: [(-0.7, 0.7, 0.1, 0.02), (-0.3, 1.1, 0.9, 0), (0.2, 0.9, -0.4, 0.05), (12, 14, -3, 0)]
            as [(Float, Float, Float, Float)], [16, 9, 5, 2])
    func plain(values: (Float, Float, Float, Float), lanes: Int) {
        var study = Self.study(lower: values.0, upper: values.1, mean: values.2, tau2: values.3)
        for voxel in stride(from: 3, to: Self.mask.count, by: 7) {
            study.bounds.lower[voxel] -= 0.01 * Float(voxel % 50)
        }
        for voxel in stride(from: 5, to: Self.mask.count, by: 31) {
            study.bounds.upper[voxel] = study.bounds.lower[voxel]
        }
        study.bounds.lower[400] = .nan
        study.bounds.upper[400] = .nan
        func lanesOf(_ images: [SIMD16<Float>]) -> [UInt32] {
            images.flatMap { image in (0..<lanes).map { image[$0].bitPattern } }
        }
        func filled(_ draw: (UnsafeMutablePointer<SIMD16<Float>>) -> Void) -> [UInt32] {
            var images = [SIMD16<Float>](repeating: .zero, count: Self.mask.count)
            images.withUnsafeMutableBufferPointer { draw($0.baseAddress!) }
            return lanesOf(images)
        }
        let found = VectorInstructions.available.map { instructions in
            filled { images in
                var scratch = SamplerScratch()
                let sampler = CopulaSampler(
                    mask: Self.mask, template: Self.template, noiseFWHM: 2.6, instructions: instructions)
                sampler.draw(
                    study, voxels: 0..<Self.mask.count, batch: 3, lanes: lanes, into: images, scratch: &scratch)
            }
        }
        #expect(found.allSatisfy { $0 == found[0] })
        let plain = filled { images in
            CopulaSampler(mask: Self.mask, template: Self.template, noiseFWHM: 2.6).drawPlainly(
                study, voxels: 0..<Self.mask.count, batch: 3, lanes: lanes, into: images)
        }
        #expect(found[0] == plain)
    }

    @Test("What one memory draws of runs in turn is what is drawn of each alone, whatever it held before")
    func scratch() {
        let study = Self.study(lower: -0.7, upper: 0.7, mean: 0.1, tau2: 0.02)
        let sampler = Self.sampler(.copula)
        var scratch = SamplerScratch()
        let runs = [
            (0..<100, 1), (100..<250, 1), (250..<251, 1), (200..<400, 1), (400..<500, 2), (120..<729, 2),
        ]
        for (voxels, batch) in runs {
            let images = [SIMD16<Float>](unsafeUninitializedCapacity: voxels.count) { buffer, count in
                sampler.draw(
                    study, voxels: voxels, batch: batch, lanes: 16, into: buffer.baseAddress!, scratch: &scratch)
                count = voxels.count
            }
            #expect(images == Self.draw(.copula, study, voxels: voxels, batch: batch))
        }
    }
}
