import Foundation
import Inference
import SeedBasedMapping
import Statistics
import Testing
import VoxelKernels

/// The vector kernel against ``IntervalLikelihood``.
@Suite("Posterior kernels")
struct PosteriorKernelTests {
    private struct Study {
        var n: Int
        var centre: Float
        var slope: Float
        var half: Float
        var growth: Float
        var heights: [Float]
        var weights: [Float]
        var power: Float
        var tauShare: Float

        var isKnown: Bool { half == 0 }

        var likelihood: IntervalLikelihood {
            IntervalLikelihood(
                bounds: heights.map {
                    let middle = Double(centre) + Double(slope) * Double($0)
                    let half = Double(half) + Double(growth) * Double($0)
                    return Interval(lower: middle - half, upper: middle + half)
                }, weights: weights.map(Double.init), scale: EffectScale(n1: n), power: Double(power),
                tauShare: Double(tauShare))
        }
    }

    private static let taus: [Float] = (0..<16).map { 0.09 * Float(min($0, 11)) }

    private static let studies: [Study] = (0..<60).map { index in
        let random = Philox(key: 5)
        let u = random([UInt32(index), 0, 0, 0])
        let v = random([UInt32(index), 1, 0, 0])
        let n = 10 + Int(u.x % 120)
        let b = Float(EffectScale(n1: n).g(fromT: 3.3))
        let w = Float(Philox.uniform(u.y))
        // Known effects, intervals narrower than a tenth of a standard error, wide ones; one to eight heights.
        let half: Float = index % 5 == 0 ? 0 : index % 5 == 1 ? b * 0.01 * w : b * w
        let count = index % 3 == 0 ? 1 : 1 + Int(v.x % 8)
        let weights = (0..<count).map { 1 + Float($0 % 3) }
        let total = weights.reduce(0, +)
        return Study(
            n: n, centre: b * (1 - w) * Float(2 * Philox.uniform(u.z) - 1), slope: count == 1 ? 0 : b * (1 - w) * 0.8,
            half: half, growth: half > 0 && index % 2 == 0 ? 0.1 * half : 0,
            heights: (0..<count).map { 1 + 0.3 * Float($0) }, weights: weights.map { $0 / total },
            power: index % 4 == 0 ? 0.75 : 1, tauShare: index % 4 == 0 ? 1.25 : 1)
    }

    /// Log-likelihoods at 12 values of τ and 48 means from −1.5 by 1/16.
    private static func table(_ study: Study, _ instructions: VectorInstructions, from start: Float = 0) -> [Float] {
        var table = [Float](repeating: start, count: 12 * 48)
        taus.map { $0 * $0 }.withUnsafeBufferPointer { tau2 in
            study.heights.withUnsafeBufferPointer { heights in
                study.weights.withUnsafeBufferPointer { weights in
                    let scale = EffectScale(n1: study.n)
                    var nodes = cuneus_posterior_nodes(
                        first: -1.5, step: 1 / 16, vectors: 3, means: 48, taus: 12, tau2: tau2.baseAddress)
                    var term = cuneus_posterior_term(
                        centre: study.centre, slope: study.slope, half_width: study.half,
                        growth: study.growth, is_known: study.isKnown ? 1 : 0, heights: Int32(study.heights.count),
                        height: heights.baseAddress, weight: weights.baseAddress,
                        constant_variance: Float(scale.constantVariance),
                        quadratic_variance: Float(scale.quadraticVariance), power: study.power,
                        tau_share: study.tauShare, silent: nil, silent_stride: 0)
                    cuneus_posterior_add(code(instructions), &nodes, &term, 1, &table)
                }
            }
        }
        return table
    }

    private static func code(_ instructions: VectorInstructions) -> Int32 {
        switch instructions {
        case .baseline: Int32(CUNEUS_ISA_BASELINE)
        case .v3: Int32(CUNEUS_ISA_V3)
        case .v4: Int32(CUNEUS_ISA_V4)
        }
    }

    @Test("A log-likelihood is the plain one to 4e-6 where it is above −20, to 2e-6 of itself below")
    func likelihood() {
        var worst = 0.0
        for study in Self.studies {
            let found = Self.table(study, .best)
            let plain = study.likelihood
            var isWithin = true
            for tau in 0..<12 {
                for mean in 0..<48 {
                    let expected = plain(mean: -1.5 + Double(mean) / 16, tau: Double(Self.taus[tau]))
                    let error = abs(Double(found[tau * 48 + mean]) - expected)
                    if expected > -20 { worst = max(worst, error) }
                    isWithin = isWithin && error < max(4e-6, 2e-6 * abs(expected))
                }
            }
            #expect(isWithin, "\(study)")
        }
        if ProcessInfo.processInfo.environment["CUNEUS_POSTERIOR_ERRORS"] != nil { print("kernel error \(worst)") }
    }

    @Test("Every instruction set gives the same bits")
    func instructions() {
        for study in Self.studies {
            let best = Self.table(study, .best)
            for other in VectorInstructions.available { #expect(Self.table(study, other) == best, "\(other)") }
        }
    }

    @Test("What is said adds to what stood in the table")
    func adds() {
        let empty = Self.table(Self.studies[2], .best)
        let started = Self.table(Self.studies[2], .best, from: 8)
        for (a, b) in zip(empty, started) { #expect(abs(a + 8 - b) < 1e-6 * max(8, abs(a))) }
    }

    @Test("Maps have the same bits for any number of threads and any instruction set")
    func maps() async throws {
        let reports = PosteriorProblem.reports(peaks: 9, maps: 3, voxels: 700, seed: 3)
        var posterior = try EffectPosterior(
            reports, voxels: 700, rows: [0..<2] + (2..<9).map { $0..<$0 + 1 } + [9..<12])
        let one = try await posterior.maps(workers: Workers(threads: 1))
        let three = try await posterior.maps(workers: Workers(threads: 3))
        posterior.instructions = .baseline
        let baseline = try await posterior.maps(workers: Workers(threads: 2))
        for other in [three, baseline] {
            #expect(one.g == other.g && one.se == other.se && one.lower == other.lower && one.upper == other.upper)
            #expect(one.tau2 == other.tau2 && one.probabilityAbove == other.probabilityAbove)
        }
    }
}
