import Foundation
import Inference
import SeedBasedMapping
import Statistics
import Testing

/// Studies whose effects are what the model says: a mean and τ from the priors, each study's own effect around the mean, the
/// sampling error normal with known variance (Fisher's z); what stays within ±b is not reported. Every voxel is a replicate.
struct CensoredStudies {
    var truth: [Double]
    var reports: [EffectReport]

    init(
        studies: Int, replicates: Int, seed: UInt64, b: Double?,
        truth: (_ replicate: Int, _ uniform: (UInt32) -> Double) -> (mean: Double, tau: Double)
    ) {
        let random = Philox(key: seed)
        func uniform(_ replicate: Int, _ study: Int, _ stream: UInt32) -> Double {
            Philox.uniform(random([UInt32(replicate), UInt32(study), stream, 0]).x)
        }
        func normal(_ replicate: Int, _ study: Int, _ stream: UInt32) -> Double {
            Normal.quantile(uniform(replicate, study, stream))
        }
        let drawn = (0..<replicates).map { replicate in truth(replicate) { uniform(replicate, 10_000, $0) } }
        self.truth = drawn.map(\.mean)
        reports = (0..<studies).map { study in
            let scale = EffectScale(correlationOf: 18 + study)
            let values = drawn.indices.map { replicate in
                drawn[replicate].mean + drawn[replicate].tau * normal(replicate, study, 1)
                    + scale.constantVariance.squareRoot() * normal(replicate, study, 2)
            }
            guard let b else { return EffectReport(map: values.map(Float.init), scale: scale) }
            let reported = values.indices.filter { abs(values[$0]) > b }
            return EffectReport(
                thresholdG: b, voxels: reported.map(Int32.init), centre: reported.map { Float(values[$0]) },
                halfWidth: reported.map { _ in 0 }, scale: scale)
        }
    }
}

@Suite("Coverage of the posterior")
struct PosteriorCoverageTests {
    /// Three standard errors of a share of .95 among 3000 are .012.
    @Test(
        "Where truths come from the prior, 95 % intervals hold 95 % of them, censored or not",
        arguments: [(20, 0.6), (20, nil), (4, 0.6), (4, nil)] as [(Int, Double?)])
    func calibrated(studies: Int, b: Double?) async throws {
        let simulated = CensoredStudies(studies: studies, replicates: 3000, seed: UInt64(studies), b: b) { _, uniform in
            (0.5 * Normal.quantile(uniform(1)), abs(0.3 * Normal.quantile(uniform(2))))
        }
        let settings = PosteriorSettings(interval: .quantiles)
        let maps = try await EffectPosterior(simulated.reports, voxels: 3000, settings: settings)
            .maps(workers: Workers(threads: 2))
        let covered = simulated.truth.indices.count {
            Double(maps.lower[$0]) <= simulated.truth[$0] && simulated.truth[$0] <= Double(maps.upper[$0])
        }
        #expect(abs(Double(covered) / 3000 - 0.95) < 0.012, "\(covered) of 3000")
        // The same of direction: among voxels said to be above 0 with probability p, a share of p is.
        let said = maps.probabilityAbove.reduce(0) { $0 + Double($1) }
        let above = simulated.truth.count { $0 > 0 }
        #expect(abs(said - Double(above)) < 3 * (3000 * 0.25).squareRoot())
    }

    @Test("A draw has the truth's rank at random: draws carry the uncertainty of the mean and of tau")
    func draws() async throws {
        let simulated = CensoredStudies(studies: 8, replicates: 300, seed: 77, b: 0.5) { _, uniform in
            (0.5 * Normal.quantile(uniform(1)), abs(0.3 * Normal.quantile(uniform(2))))
        }
        let posterior = try EffectPosterior(simulated.reports, voxels: 300)
        let maps = try await posterior.maps(workers: Workers(threads: 2))
        // Evenly spread pairs: their mean and SD are those of the posterior.
        let side = 24
        let ranks = (0..<side).map { (Double($0) + 0.5) / Double(side) }
        let uniforms: [(mean: Double, tau: Double)] = ranks.flatMap { tau in ranks.map { (mean: $0, tau: tau) } }
        let draws = try await posterior.draws(uniforms, at: [0, 100, 299], workers: Workers(threads: 2))
        for (index, voxel) in [0, 100, 299].enumerated() {
            let values = draws.map { Double($0.mean[index]) }
            let mean = values.reduce(0, +) / Double(values.count)
            let squares = values.map { ($0 - mean) * ($0 - mean) }
            let deviation = (squares.reduce(0, +) / Double(values.count)).squareRoot()
            let taus: [Double] = draws.map { Double($0.tau2[index]).squareRoot() }
            let tau = taus.reduce(0, +) / Double(taus.count)
            let (g, se) = (Double(maps.g[voxel]), Double(maps.se[voxel]))
            // The even spread cuts the tails off; straight lines between nodes of τ widen by as little.
            #expect(abs(mean - g) < 0.02 * se)
            #expect(abs(deviation / se - 1) < 0.03)
            #expect(abs(tau - Double(maps.tau2[voxel]).squareRoot()) < 0.01)
        }
    }

    @Test("The same numbers give the same draw; higher numbers a higher one; one voxel's table draws the same")
    func deterministic() async throws {
        let reports = PosteriorProblem.reports(peaks: 5, maps: 1, voxels: 50, seed: 4)
        let posterior = try EffectPosterior(reports, voxels: 50)
        let uniforms = EffectPosterior.uniforms(draws: 3, seed: 11)
        #expect(uniforms.count == 3 && uniforms.allSatisfy { $0.mean > 0 && $0.mean < 1 && $0.tau > 0 && $0.tau < 1 })
        let one = try await posterior.draws(uniforms, workers: Workers(threads: 1))
        let two = try await posterior.draws(uniforms, at: [7], workers: Workers(threads: 2))
        #expect(one.map { $0.mean[7] } == two.map { $0.mean[0] })
        let voxel = try #require(try await posterior.voxels(at: [7], workers: Workers(threads: 1))[0])
        #expect(Float(voxel.draw(uniforms[0]).mean) == one[0].mean[7])
        #expect(voxel.draw((0.2, 0.5)).mean < voxel.draw((0.3, 0.5)).mean)
        #expect(voxel.draw((0.2, 0.5)).tau < voxel.draw((0.2, 0.6)).tau)
    }
}
