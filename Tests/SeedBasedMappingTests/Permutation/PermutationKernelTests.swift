import Foundation
import Inference
import SeedBasedMapping
import Statistics
import Testing
import VoxelKernels

/// The vector kernels against ``PermutationReference`` on random problems of all shapes.
@Suite("Permutation kernels")
struct PermutationKernelTests {
    private struct Problem {
        var scales: [EffectScale]
        var imputations: Int
        /// [study][32], [study], [imputation][study][32], [study][32]
        var means: [Float]
        var slopes: [Float]
        var effects: [Float]
        var present: [Float]
        /// Of each study; neighbours with the same one are combined.
        var samples: [Int]
        static let sampleCorrelation: Float = 0.5

        init(
            studies: Int, imputations: Int, smallest n: Int, seed: UInt64, missing: Bool, effect: Bool = false,
            correlations: Bool = false, shared: Bool = false
        ) {
            let random = Philox(key: seed)
            func uniform(_ i: Int, _ stream: UInt32) -> Double { Philox.uniform(random([UInt32(i), stream, 0, 0]).x) }
            scales = (0..<studies).map {
                let size = n + Int(30 * uniform($0, 1))
                // Some changes among them: the kernel does not mind, only a model does.
                if correlations, $0 % 4 != 3 { return EffectScale(correlationOf: max(4, size)) }
                return $0 % 3 == 2 ? EffectScale(n1: size, n2: n + $0 % 7) : EffectScale(n1: size)
            }
            self.imputations = imputations
            // Runs of one to four.
            samples = (0..<studies).map { shared ? $0 / 3 - ($0 % 9 == 0 ? 1 : 0) : $0 }
            let strong: Float = correlations ? 0.9 : 1
            slopes = (0..<studies).map { effect ? strong : Float(2 * uniform($0, 2) - 1) }
            // As in reality |mean* | stays below √((n−1)/n + d²): scaled by 1/√n.
            means = (0..<studies * 32).map { index in
                let scale = (index / 32) < studies ? 1.0 : 0
                return Float(scale * (uniform(index, 3) - 0.5))
            }
            for study in 0..<studies {
                var shrink = Float(scales[study].constantVariance.squareRoot())
                // A shuffled predictor shares `slope` with itself, and no more than the rest with the noise: |r*| ≤ 1.
                if scales[study].isCorrelation { shrink *= (1 - slopes[study] * slopes[study]).squareRoot() }
                for voxel in 0..<32 { means[study * 32 + voxel] *= shrink }
            }
            effects = (0..<imputations * studies * 32).map {
                Float(effect ? 0.5 + 0.4 * uniform($0, 4) : 1.6 * uniform($0, 4) - 0.6)
            }
            present = (0..<studies * 32).map { !missing || uniform($0, 5) > 0.2 ? 1 : 0 }
        }

        func kernel(_ instructions: VectorInstructions, reml: Bool, unitVariance: Bool, missing: Bool) -> [Float] {
            var pooling = cuneus_pooling(
                experiments: Int32(scales.count), imputations: Int32(imputations), unit_variance: unitVariance,
                reml: reml, sample_correlation: Self.sampleCorrelation)
            let experiments = scales.indices.map {
                cuneus_experiment(scales[$0], joinsNext: $0 + 1 < samples.count && samples[$0] == samples[$0 + 1])
            }
            let scratch = UnsafeMutableRawPointer.allocate(
                byteCount: 4 * cuneus_pooling_scratch(Int32(scales.count)), alignment: 64)
            defer { scratch.deallocate() }
            var z = [Float](repeating: 0, count: 32)
            cuneus_pooled_z(
                instructions.code, &pooling, experiments, means, slopes, effects, missing ? present : nil,
                scratch.assumingMemoryBound(to: Float.self), &z)
            return z
        }

        func reference(voxel: Int, reml: Bool, unitVariance: Bool) -> Double {
            let here = scales.indices.filter { present[$0 * 32 + voxel] > 0 }
            let experiments = here.enumerated().map { place, study in
                PermutationReference.Experiment(
                    scale: scales[study], mean: Double(means[study * 32 + voxel]), slope: Double(slopes[study]),
                    effects: (0..<imputations).map {
                        Double(effects[($0 * scales.count + study) * 32 + voxel])
                    }, joinsNext: place + 1 < here.count && samples[study] == samples[here[place + 1]])
            }
            return experiments.isEmpty
                ? .nan
                : PermutationReference.z(
                    experiments, estimator: reml ? .reml : .dersimonianLaird, unitVariance: unitVariance,
                    sampleCorrelation: Double(Self.sampleCorrelation))
        }
    }

    /// 1e-6 of max(1, |z|), about eight roundings of a Float. Where z is near 0 it is a small difference of large sums, and
    /// an error relative to it means nothing.
    private static let tolerance = 1e-6

    /// Studies, smallest n, imputations: the extremes, and shapes between them by chance.
    private static let shapes: [(Int, Int, Int)] = {
        let random = Philox(key: 4)
        let between = (0..<16).map { index in
            let words = random([UInt32(index), 0, 0, 0])
            return (1 + Int(words.x % 60), 3 + Int(words.y % 20), 1 + Int(words.z % 100))
        }
        return [(1, 3, 1), (1, 3, 100), (2, 3, 5), (3, 4, 100), (60, 3, 1), (60, 3, 100), (60, 20, 100)] + between
    }()

    @Test(
        "z agrees with the plain reference in shapes of all sizes, without an effect and with a strong one; changes, and correlations among them; shared samples",
        arguments: [false, true], [false, true])
    func agrees(correlations: Bool, shared: Bool) {
        var worst = 0.0
        for (studies, smallest, imputations) in Self.shapes {
            for (effect, unit, missing) in [
                (false, false, false), (false, true, false), (false, false, true), (true, false, false),
                (true, true, false),
            ] {
                let problem = Problem(
                    studies: studies, imputations: imputations, smallest: smallest,
                    seed: UInt64(studies * 100 + imputations), missing: missing, effect: effect,
                    correlations: correlations, shared: shared)
                let z = problem.kernel(.best, reml: false, unitVariance: unit, missing: missing)
                for voxel in 0..<32 {
                    let expected = problem.reference(voxel: voxel, reml: false, unitVariance: unit)
                    guard !expected.isNaN else {
                        #expect(z[voxel].isNaN)
                        continue
                    }
                    let error = abs(Double(z[voxel]) - expected) / max(1, abs(expected))
                    worst = max(worst, error)
                    #expect(
                        error <= Self.tolerance,
                        "\(studies) studies from n \(smallest), \(imputations) imputations, effect \(effect), unit \(unit), missing \(missing): \(error)"
                    )
                }
            }
        }
        print(
            "pooled z\(correlations ? ", correlations" : ""): largest difference between kernel and reference \(worst)")
    }

    /// 5e-5: Fisher scoring ends when τ² changes by less than 1e-5 of τ² plus the mean variance. Both sides end alike; where
    /// rounding has one of them take a step more, that step is what they differ by.
    @Test("With REML, z agrees with the plain reference")
    func agreesREML() {
        var worst = 0.0
        for (studies, smallest, imputations) in Self.shapes {
            for effect in [false, true] {
                let problem = Problem(
                    studies: studies, imputations: imputations, smallest: smallest,
                    seed: UInt64(studies * 100 + imputations), missing: false, effect: effect,
                    shared: studies % 2 == 1)
                let z = problem.kernel(.best, reml: true, unitVariance: false, missing: false)
                for voxel in 0..<32 {
                    let expected = problem.reference(voxel: voxel, reml: true, unitVariance: false)
                    let error = abs(Double(z[voxel]) - expected) / max(1, abs(expected))
                    worst = max(worst, error)
                    #expect(
                        error <= 5e-5, "\(studies) studies from n \(smallest), \(imputations) imputations: \(error)")
                }
            }
        }
        print("pooled z with REML: largest difference between kernel and reference \(worst)")
    }

    /// One correlation over four: its variance is 1, and z is the effect itself.
    @Test("The kernel's artanh is exact to 2e-7 of max(1, |z|) from r = 1e-6 to 0.9999")
    func artanh() {
        let scale = EffectScale(correlationOf: 4)
        var worst = 0.0
        for step in 0..<4000 {
            let r = Float((step % 2 == 0 ? 1 : -1) * (pow(10, -6 + Double(step) * 0.0015) - 1e-5 * Double(step) / 40))
            guard abs(r) > 1e-7, abs(r) < 0.9999 else { continue }
            var pooling = cuneus_pooling(
                experiments: 1, imputations: 1, unit_variance: false, reml: false, sample_correlation: 0)
            let scratch = UnsafeMutableRawPointer.allocate(byteCount: 4 * cuneus_pooling_scratch(1), alignment: 64)
            defer { scratch.deallocate() }
            var z = [Float](repeating: 0, count: 32)
            cuneus_pooled_z(
                VectorInstructions.best.code, &pooling, [cuneus_experiment(scale)], [Float](repeating: r, count: 32),
                [0],
                [Float](repeating: 0, count: 32), nil, scratch.assumingMemoryBound(to: Float.self), &z)
            let expected = Foundation.atanh(Double(r))
            worst = max(worst, abs(Double(z[5]) - expected) / max(1, abs(expected)))
            #expect(abs(Double(z[5]) - expected) <= 2e-7 * max(1, abs(expected)), "r = \(r)")
        }
        print("artanh of the kernel: largest error \(worst)")
    }

    @Test("Every instruction set gives the same bits", arguments: [false, true], [false, true])
    func sameBits(reml: Bool, correlations: Bool) {
        let problem = Problem(
            studies: 13, imputations: 20, smallest: 6, seed: 77, missing: true, correlations: correlations,
            shared: true)
        let all = VectorInstructions.available.map {
            problem.kernel($0, reml: reml, unitVariance: false, missing: true).map(\.bitPattern)
        }
        #expect(all.allSatisfy { $0 == all[0] })
    }

    @Test("Weighted sums of subjects, for any number of permutations and subjects, in every instruction set")
    func means() {
        let random = Philox(key: 9)
        for (n, permutations) in [(1, 1), (3, 4), (17, 5), (40, 11)] {
            let subjects = (0..<n * 32).map { Float(Philox.uniform(random([UInt32($0), 0, 0, 0]).x) - 0.5) }
            let weights = (0..<n * permutations).map { Float(Philox.uniform(random([UInt32($0), 1, 0, 0]).x) - 0.5) }
            let results = VectorInstructions.available.map { instructions in
                var means = [Float](repeating: 0, count: permutations * 48)
                cuneus_permuted_means(
                    instructions.code, subjects, Int32(n), weights, Int32(permutations), &means, 48)
                return means
            }
            #expect(results.allSatisfy { $0 == results[0] })
            for p in 0..<permutations {
                for voxel in 0..<32 {
                    let expected = (0..<n).reduce(0.0) {
                        $0 + Double(weights[p * n + $1]) * Double(subjects[$1 * 32 + voxel])
                    }
                    #expect(abs(Double(results[0][p * 48 + voxel]) - expected) < 1e-5)
                }
            }
        }
    }
}
