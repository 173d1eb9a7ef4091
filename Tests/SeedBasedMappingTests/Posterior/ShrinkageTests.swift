import Foundation
import Inference
import SeedBasedMapping
import Statistics
import Testing

@Suite("Shrunken maps")
struct ShrinkageTests {
    private let workers = Workers(threads: 2)

    /// Nine voxels of ten without an effect, the others N(0, .5²).
    private static func sparse(_ studies: Int, b: Double?, seed: UInt64) -> CensoredStudies {
        CensoredStudies(studies: studies, replicates: 3000, seed: seed, b: b) { replicate, uniform in
            (replicate % 10 == 0 ? 0.5 * Normal.quantile(uniform(1)) : 0, 0.1)
        }
    }

    @Test("Intervals hold the truth, and errors are smaller than without a learnt prior", arguments: [0.6, nil])
    func sparse(b: Double?) async throws {
        let simulated = Self.sparse(12, b: b, seed: 5)
        let settings = PosteriorSettings(interval: .quantiles)
        let posterior = try EffectPosterior(simulated.reports, voxels: 3000, settings: settings)
        let plain = try await posterior.maps(workers: workers)
        let shrunk = try await Shrinkage(posterior, workers: workers).maps(workers: workers)
        let covered = simulated.truth.indices.count {
            Double(shrunk.lower[$0]) <= simulated.truth[$0] && simulated.truth[$0] <= Double(shrunk.upper[$0])
        }
        // Quantiles that fall on the point at 0 make it hold more than 95 %.
        #expect(Double(covered) / 3000 > 0.94, "\(covered)")
        func error(_ map: [Float]) -> Double {
            zip(map, simulated.truth).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
        }
        #expect(error(shrunk.g) < 0.6 * error(plain.g))
        let large = simulated.truth.indices.filter { abs(simulated.truth[$0]) > 0.8 }
        for voxel in large { #expect(abs(shrunk.g[voxel]) > 0.6 * abs(plain.g[voxel])) }
    }

    @Test("EM never lowers the likelihood, its weights sum to one, and it finds the share of nothing")
    func learning() async throws {
        let simulated = Self.sparse(30, b: nil, seed: 6)
        let prior = try await Shrinkage(EffectPosterior(simulated.reports, voxels: 3000), workers: workers).prior
        for (before, after) in zip(prior.logLikelihood, prior.logLikelihood.dropFirst()) {
            #expect(after > before - 1e-10)
        }
        #expect(abs(prior.weights.reduce(0, +) - 1) < 1e-9)
        #expect(abs(prior.tauWeights.reduce(0, +) - 1) < 1e-9)
        // Nine tenths at 0: the point, and what the narrowest normal takes of it.
        #expect(prior.weights[0] + prior.weights[1] > 0.85 && prior.weights[0] + prior.weights[1] < 0.95)
        let tau = zip(prior.taus, prior.tauWeights).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(tau - 0.1) < 0.03, "\(tau)")
    }

    @Test("A mirrored world has the same prior and mirrored maps: no side is favoured")
    func mirrored() async throws {
        let voxels = 500
        func maps(_ isMirrored: Bool) async throws -> (Shrinkage.Prior, ShrunkenMaps) {
            let reports = PosteriorProblem.reports(peaks: 8, maps: 1, voxels: voxels, seed: 12, isMirrored: isMirrored)
            let shrinkage = try await Shrinkage(EffectPosterior(reports, voxels: voxels), workers: workers)
            return (shrinkage.prior, try await shrinkage.maps(workers: workers))
        }
        let (prior, one) = try await maps(false)
        let (other, two) = try await maps(true)
        for (a, b) in zip(prior.weights, other.weights) { #expect(abs(a - b) < 1e-5) }
        for voxel in 0..<voxels {
            #expect(abs(one.g[voxel] + two.g[voxel]) < 1e-5)
            #expect(abs(one.lower[voxel] + two.upper[voxel]) < 1e-4)
            #expect(abs(one.probabilityAbove[voxel] - two.probabilityBelow[voxel]) < 1e-5)
        }
    }

    @Test("Silence alone says zero; where nobody speaks there is no value")
    func silent() async throws {
        let reports = (0..<10).map { EffectReport(thresholdG: 0.6, scale: EffectScale(n1: 20 + $0)) }
        let posterior = try EffectPosterior(reports, voxels: 20)
        let maps = try await Shrinkage(posterior, workers: workers).maps(at: [0, 5], workers: workers)
        #expect(maps.g.count == 2 && abs(maps.g[1]) < 1e-6)
        #expect(abs(maps.probabilityAbove[0] - maps.probabilityBelow[0]) < 1e-6)
        #expect(maps.probabilityOfDirection[0] <= 0.5)
        let gap = try EffectPosterior([EffectReport(map: [0.3, .nan], scale: EffectScale(n1: 20))], voxels: 2)
        let holes = try await Shrinkage(gap, workers: workers).maps(workers: workers)
        #expect(holes.g[0].isFinite && holes.g[1].isNaN)
    }
}
