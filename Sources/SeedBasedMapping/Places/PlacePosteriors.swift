import Appraisal
import Inference
import Statistics

/// The posterior at single voxels, with the model's prior and with others: what maps hold there, and how much of it is prior.
struct PlacePosteriors: AnalysisStep {
    let context: AnalysisContext

    /// - Returns: one per place; nil for a place of several voxels, and where no experiment speaks.
    @_optimize(none)
    func posteriors(of posterior: EffectPosterior, at places: [Place]) async throws -> [PlacePosterior?] {
        let positions = Set(places.filter { $0.voxels.count == 1 }.flatMap(\.voxels)).sorted()
        guard !positions.isEmpty else { return places.map { _ in nil } }
        let own = posterior.settings.meanDeviation
        let effects = try await effects(posterior, priorDeviation: own, at: positions)
        var others: [[PlacePosterior.Effect?]] = []
        for deviation in PlacePosterior.priorDeviations where abs(deviation - own) > 1e-9 {
            others.append(try await self.effects(posterior, priorDeviation: deviation, at: positions))
        }
        let index = Dictionary(uniqueKeysWithValues: zip(positions, positions.indices))
        return places.map { place in
            guard place.voxels.count == 1, let at = index[place.voxels[0]], let effect = effects[at] else { return nil }
            return PlacePosterior(
                effect: effect, otherPriors: others.compactMap { $0[at] },
                i2: posterior.heterogeneityShare(at: Int(positions[at]), mean: effect.mean, tau2: effect.tau2))
        }
    }

    private func effects(
        _ posterior: EffectPosterior, priorDeviation: Double, at positions: [Int32]
    ) async throws -> [PlacePosterior.Effect?] {
        var settings = posterior.settings
        settings.meanDeviation = priorDeviation
        let varied = try EffectPosterior(
            posterior.reports, voxels: posterior.voxels, rows: posterior.rows, correlation: posterior.correlation,
            settings: settings)
        let maps = try await varied.maps(at: positions, workers: workers)
        return positions.indices.map { index in
            guard !maps.g[index].isNaN else { return nil }
            return PlacePosterior.Effect(
                priorDeviation: priorDeviation, mean: Double(maps.g[index]), deviation: Double(maps.se[index]),
                interval: Interval(lower: Double(maps.lower[index]), upper: Double(maps.upper[index])),
                tau2: Double(maps.tau2[index]))
        }
    }
}

extension EffectPosterior {
    /// I² as a share: τ² over τ² plus the typical sampling variance of those who speak, taken at the mean effect (Higgins &
    /// Thompson 2002, doi:10.1002/sim.1186); 0 where only one speaks.
    func heterogeneityShare(at voxel: Int, mean: Double, tau2: Double) -> Double {
        var (sum, squares, speaking) = (0.0, 0.0, 0)
        for report in reports where report.speaks(at: voxel) {
            let w = 1 / report.scale.variance(ofG: mean)
            sum += w
            squares += w * w
            speaking += 1
        }
        guard speaking > 1 else { return 0 }
        let typical = Double(speaking - 1) * sum / (sum * sum - squares)
        return tau2 / (tau2 + typical)
    }
}
