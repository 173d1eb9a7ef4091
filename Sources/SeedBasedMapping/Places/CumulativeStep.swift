import Appraisal
import Evidence
import Inference
import Statistics

/// The posterior at places after each experiment, in the order of the years. See Docs/trust.md.
struct CumulativeStep: AnalysisStep {
    let context: AnalysisContext

    /// - Parameter places: of one voxel each.
    /// - Returns: one per place; none where the model's mean is no posterior.
    @_optimize(none)
    func effects(of model: PreparedModel, at places: [Place]) async throws -> [CumulativeEffect] {
        guard let posterior = model.posterior?.posterior, places.allSatisfy({ $0.voxels.count == 1 }) else { return [] }
        let experiments = model.experiments.map(\.experiment)
        let dated = experiments.compactMap { experiment in experiment.year.map { (id: experiment.id, year: $0) } }
        guard dated.count == experiments.count else {
            let undated = experiments.filter { $0.year == nil }.map(\.id)
            return places.map { _ in CumulativeEffect(undated: undated) }
        }
        let order = dated.indices.sorted { (dated[$0].year, dated[$0].id) < (dated[$1].year, dated[$1].id) }
        let positions = Set(places.flatMap(\.voxels)).sorted()
        let index = Dictionary(uniqueKeysWithValues: zip(positions, positions.indices))
        let maps = try await posterior.cumulative(order, at: positions, workers: workers)
        return places.map { place in
            let voxel = place.voxels[0]
            return CumulativeEffect(
                steps: order.indices.compactMap { step -> CumulativeEffect.Step? in
                    // Who does not speak here adds nothing.
                    guard posterior.reports[order[step]].speaks(at: Int(voxel)), let at = index[voxel] else {
                        return nil
                    }
                    return Self.step(dated[order[step]], maps[step], at)
                })
        }
    }

    private static func step(
        _ experiment: (id: String, year: Int), _ maps: PosteriorMaps, _ at: Int
    ) -> CumulativeEffect.Step? {
        guard !maps.g[at].isNaN else { return nil }
        return CumulativeEffect.Step(
            id: experiment.id, year: experiment.year, mean: Double(maps.g[at]), deviation: Double(maps.se[at]),
            interval: Interval(lower: Double(maps.lower[at]), upper: Double(maps.upper[at])),
            tau2: Double(maps.tau2[at]))
    }
}
