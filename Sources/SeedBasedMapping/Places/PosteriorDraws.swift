import Evidence
import Foundation
import Inference
import Statistics

/// Imputations at some voxels that carry the posterior's uncertainty: in each of them mean effect and τ² are drawn anew, then
/// the height of each experiment's sign-only peaks, then what was not reported, within its bounds.
///
/// Rubin's rules over such imputations give about the posterior's mean and SD (Rubin 1987).
struct PosteriorDraws: Sendable {
    private let reports: [EffectReport]
    private let place: [Int32: Int]
    /// Per imputation, then per voxel.
    private let draws: [(mean: [Float], tau2: [Float])]

    /// - Parameter voxels: mask positions.
    init(
        _ posterior: EffectPosterior, at voxels: Set<Int32>, imputations: Int, seed: UInt64, workers: Workers
    ) async throws {
        let positions = voxels.sorted()
        reports = posterior.reports
        place = Dictionary(uniqueKeysWithValues: zip(positions, positions.indices))
        draws = try await posterior.draws(
            EffectPosterior.uniforms(draws: imputations, seed: seed), at: positions, workers: workers)
    }

    /// Adds a study's effects at some voxels to the sums of each imputation.
    /// - Returns: at how many of them it has a value.
    func add(
        _ number: Int, _ study: ImputedStudy, at voxels: [Int32], seed: UInt64, sampler: any StudyImageSampler,
        to sums: inout [Double]
    ) -> Int {
        let report = reports[number]
        let speaking = voxels.filter { report.speaks(at: Int($0)) }
        let random = Philox(seed: seed, name: study.id, purpose: 6)
        let uniforms = sums.indices.map { Philox.uniform(random([UInt32($0), 0, 0, 0]).x) }
        let patch = sampler.patch(speaking)
        let noise = UnsafeMutablePointer<SIMD16<Float>>.allocate(capacity: patch.halo.count)
        defer { noise.deallocate() }
        // The field itself: a normal that is bounded only beyond any draw.
        let standard = TruncatedNormal(mean: 0, deviation: 1, lower: -40, upper: 40)
        withUnsafePointer(to: standard) { standard in
            for batch in 0..<(sums.count + 15) / 16 {
                let lanes = min(16, sums.count - batch * 16)
                sampler.noise(study, of: patch, batch: batch, lanes: lanes, into: noise)
                var ranks = SIMD16<Float>.zero
                for (index, voxel) in speaking.enumerated() {
                    sampler.draw(
                        UnsafeBufferPointer(start: standard, count: 1), at: index, of: patch, noise: noise,
                        lanes: lanes,
                        into: &ranks, stride: 1)
                    for lane in 0..<lanes {
                        let imputation = batch * 16 + lane
                        sums[imputation] += effect(
                            report, at: voxel, imputation, uniform: uniforms[imputation], rank: Double(ranks[lane]),
                            scale: study.scale)
                    }
                }
            }
        }
        return speaking.count
    }

    /// - Parameters:
    ///   - uniform: which height a sign-only peak has in this imputation.
    ///   - rank: what is drawn within the bounds, as a standard normal's value.
    private func effect(
        _ report: EffectReport, at voxel: Int32, _ imputation: Int, uniform: Double, rank: Double, scale: EffectScale
    ) -> Double {
        guard let place = place[voxel] else { return 0 }
        let mean = Double(draws[imputation].mean[place])
        let tau2 = Double(draws[imputation].tau2[place])
        let height = height(of: report, at: Int(voxel), mean: mean, tau2: tau2, uniform: uniform, scale: scale)
        guard let (lower, upper) = report.bounds(at: Int(voxel), height: height) else { return 0 }
        if upper - lower < IntervalEffect.knownWidth { return 0.5 * (lower + upper) }
        let deviation = (scale.variance(ofG: mean) + tau2).squareRoot()
        return TruncatedNormal(mean: mean, deviation: deviation, lower: lower, upper: upper).value(ofRank: rank)
    }

    /// The height of a sign-only peak, in multiples of the threshold's effect: drawn from its weights times the likelihood that
    /// each height has under the drawn mean and τ². From the weights alone a few very high peaks would pull the pooled effect
    /// away from the posterior.
    private func height(
        of report: EffectReport, at voxel: Int, mean: Double, tau2: Double, uniform: Double, scale: EffectScale
    ) -> Double {
        guard case .peaks(let peaks) = report.content, let index = peaks.index(of: voxel),
            peaks.variesWithHeight(index),
            peaks.heights.count > 1
        else { return 1 }
        let logs = zip(peaks.heights, peaks.weights).map { height, weight -> Double in
            guard let (lower, upper) = report.bounds(at: voxel, height: Double(height)) else { return -.infinity }
            let effect = IntervalEffect(lower: lower, upper: upper, scale: scale)
            return log(Double(weight)) - effect.negativeLogLikelihood(mean: mean, tau2: tau2)
        }
        let highest = logs.max() ?? 0
        let weights = logs.map { exp($0 - highest) }
        var rest = uniform * weights.reduce(0, +)
        for (height, weight) in zip(peaks.heights, weights) {
            rest -= weight
            if rest < 0 { return Double(height) }
        }
        return Double(peaks.heights[peaks.heights.count - 1])
    }
}
