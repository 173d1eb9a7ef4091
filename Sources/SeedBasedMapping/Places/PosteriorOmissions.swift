import Appraisal
import Evidence
import Foundation
import Inference
import Statistics

/// The posterior at the voxels of clusters without each of several sets of experiments, and who brings how much.
///
/// Tables of the likelihood add over experiments, so that leaving one out takes its part off the table.
struct PosteriorOmissions: AnalysisStep {
    let context: AnalysisContext

    /// - Returns: (1 + omissions) rows per voxel of all clusters, and the shares of each cluster.
    @_optimize(none)
    func rows(
        _ posterior: EffectPosterior, _ omissions: [Jackknife.Omission], clusters: [Cluster]
    ) async throws -> (rows: SharedArray<OmittedPooling.Row>, shares: [OmittedPooling.Shares]) {
        let voxels = clusters.flatMap(\.voxels)
        let positions = Set(voxels).sorted()
        let place = Dictionary(uniqueKeysWithValues: zip(positions, positions.indices))
        progress.began("Jackknife: posteriors", units: omissions.count + 1)
        defer { progress.ended() }
        let whole = try await posterior.maps(at: positions, workers: workers)
        let single = omissions.isEmpty ? [] : try await posterior.leaveOneOut(at: positions, workers: workers)
        progress.advanced(by: 1)
        let units = omissions.count + 1
        let rows = SharedArray(repeating: OmittedPooling.Row.none, count: voxels.count * units)
        Self.put(whole, unit: 0, of: units, voxels, place, rows)
        for (number, omission) in omissions.enumerated() {
            if omission.experiments.count == 1 {
                Self.put(single[omission.experiments[0]], unit: number + 1, of: units, voxels, place, rows)
            } else {
                let maps = try await posterior.maps(
                    at: positions, without: Set(omission.experiments), workers: workers)
                Self.put(maps, unit: number + 1, of: units, voxels, place, rows)
            }
            progress.advanced(by: 1)
        }
        let shares = clusters.map { Self.shares(posterior, whole, $0.voxels, place) }
        return (rows, shares)
    }

    private static func put(
        _ maps: PosteriorMaps, unit: Int, of units: Int, _ voxels: [Int32], _ place: [Int32: Int],
        _ rows: SharedArray<OmittedPooling.Row>
    ) {
        for (index, voxel) in voxels.enumerated() {
            guard let at = place[voxel] else { continue }
            rows.buffer[index * units + unit] = OmittedPooling.Row(
                g: maps.g[at], se: maps.se[at], z: maps.g[at] / maps.se[at], tau2: maps.tau2[at])
        }
    }

    /// Each experiment's expected effect, given its bounds and the posterior mean, weighted by 1/(v + τ²).
    private static func shares(
        _ posterior: EffectPosterior, _ maps: PosteriorMaps, _ voxels: [Int32], _ place: [Int32: Int]
    ) -> OmittedPooling.Shares {
        var shares = OmittedPooling.Shares(studies: posterior.reports.count)
        for voxel in voxels {
            guard let at = place[voxel], !maps.g[at].isNaN else { continue }
            let (g, tau2) = (Double(maps.g[at]), Double(maps.tau2[at]))
            let parts = posterior.reports.map { report -> (effect: Double, weight: Double)? in
                guard let effect = report.expectedEffect(at: Int(voxel), mean: g, tau2: tau2) else { return nil }
                return (effect, 1 / (report.scale.variance(ofG: effect) + tau2))
            }
            let total = parts.reduce(0) { $0 + ($1?.weight ?? 0) }
            guard total > 0 else { continue }
            for (index, part) in parts.enumerated() {
                guard let part else { continue }
                shares.weights[index] += part.weight / total
                shares.effects[index] += part.weight / total * part.effect
            }
            shares.count += 1
        }
        return shares
    }
}

extension EffectReport {
    /// The mean of what the experiment's effect can be, around a model's mean and τ²; nil where it does not speak.
    func expectedEffect(at voxel: Int, mean: Double, tau2: Double) -> Double? {
        func expected(_ height: Double) -> Double? {
            guard let (lower, upper) = bounds(at: voxel, height: height) else { return nil }
            if upper - lower < IntervalEffect.knownWidth { return 0.5 * (lower + upper) }
            let deviation = (scale.variance(ofG: mean) + tau2).squareRoot()
            return TruncatedNormal(mean: mean, deviation: deviation, lower: lower, upper: upper).moments.mean
        }
        guard case .peaks(let peaks) = content, let index = peaks.index(of: voxel), peaks.variesWithHeight(index) else {
            return expected(1)
        }
        var (sum, total) = (0.0, 0.0)
        for (height, weight) in zip(peaks.heights, peaks.weights) {
            guard let (lower, upper) = bounds(at: voxel, height: Double(height)) else { continue }
            let effect = IntervalEffect(lower: lower, upper: upper, scale: scale)
            let likely = Double(weight) * exp(-effect.negativeLogLikelihood(mean: mean, tau2: tau2))
            sum += likely * (expected(Double(height)) ?? 0)
            total += likely
        }
        return total > 0 ? sum / total : expected(1)
    }
}
