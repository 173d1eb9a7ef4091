public import Appraisal
public import Evidence
import Imaging
public import Inference
import Statistics

/// After the maps: what the experiments say at places, at the peaks of clusters and in regions.
extension SeedBasedAnalysis {
    /// Every experiment's effects and variances at some places, in the imputations that the analysis pools.
    ///
    /// The same random numbers as in ``run(_:experiments:design:keepBounds:permutation:)``: pooled again, the effects of a
    /// voxel give the maps' values there. See Docs/extraction.md.
    /// - Throws: as `run`.
    public func effects(
        of plan: ModelPlan, experiments: [Experiment], at places: [Place]
    ) async throws -> [StudyEffects] {
        try await effects(of: prepare(plan, experiments: experiments), at: places)
    }

    /// - Parameter model: of ``prepare(_:experiments:design:)`` with the same settings.
    public func effects(of model: PreparedModel, at places: [Place]) async throws -> [StudyEffects] {
        try await PlacesStep(context: context).effects(of: model, at: places)
    }

    /// The same for places of one voxel, without computing again what is known.
    ///
    /// Draws depend on the study and the voxel alone, so a place has the same effects whichever others it is computed with.
    /// - Parameter known: by position in the mask.
    @_optimize(none)
    public func effects(
        of model: PreparedModel, at places: [Place], known: [Int: StudyEffects]
    ) async throws -> [StudyEffects] {
        func found(_ place: Place) -> StudyEffects? {
            guard place.voxels.count == 1, var effects = known[Int(place.voxels[0])] else { return nil }
            effects.name = place.name
            return effects
        }
        let missing = places.filter { found($0) == nil }
        var rest: [StudyEffects] = []
        if !missing.isEmpty { rest = try await effects(of: model, at: missing).reversed() }
        return places.compactMap { place in found(place) ?? rest.popLast() }
    }

    /// Leaves each experiment, and each sample of several experiments, out of a model, at the voxels of its clusters.
    ///
    /// - Parameters:
    ///   - clusters: of the model's maps, each with at least one peak.
    ///   - familyWise: the model's permutation test, if there was one.
    /// - Throws: as ``run(_:experiments:design:keepBounds:permutation:)``.
    public func jackknife(
        of plan: ModelPlan, experiments: [Experiment], clusters: [Cluster], familyWise: FamilyWiseResult? = nil
    ) async throws -> Jackknife {
        try await jackknife(
            of: prepare(plan, experiments: experiments), clusters: clusters, familyWise: familyWise)
    }

    /// - Parameter model: of ``prepare(_:experiments:design:)`` with the same settings.
    public func jackknife(
        of model: PreparedModel, clusters: [Cluster], familyWise: FamilyWiseResult? = nil
    ) async throws -> Jackknife {
        try await JackknifeStep(context: context).jackknife(of: model, clusters: clusters, familyWise: familyWise)
    }

    /// Effects at the peaks, and the jackknife, of clusters of a result of this analysis.
    ///
    /// - Parameters:
    ///   - clusters: such as ``ModelResult/exploratoryClusters()`` or ``ModelResult/correctedClusters()``, each with at
    ///     least one peak; both parts are in their order.
    ///   - model: what the result was made from, so that it need not be made again.
    ///   - known: effects at peaks that are there already, by position in the mask (``effects(of:at:)``); the others are computed.
    /// - Throws: as ``run(_:experiments:design:keepBounds:permutation:)``.
    @_optimize(none)
    public func evidence(
        for clusters: [Cluster], of result: ModelResult, from model: PreparedModel? = nil,
        effects known: [Int: StudyEffects] = [:]
    ) async throws -> ClusterEvidence {
        let clusters = clusters.filter { !$0.peaks.isEmpty }
        guard !clusters.isEmpty else { return ClusterEvidence(peaks: [], jackknife: nil) }
        let prepared =
            if let model {
                model
            } else {
                try await prepare(result.plan, experiments: result.experiments, design: result.design)
            }
        let places = clusters.enumerated().map { number, cluster in
            Place(voxel: cluster.peak.position, in: space.mask, name: "cluster \(number + 1)")
        }
        var peaks = try await effects(of: prepared, at: places, known: known)
        let cumulative = try await CumulativeStep(context: context).effects(of: prepared, at: places)
        for (index, effect) in cumulative.enumerated() { peaks[index].posterior?.cumulative = effect }
        return ClusterEvidence(
            peaks: peaks,
            jackknife: try await jackknife(of: prepared, clusters: clusters, familyWise: result.familyWise))
    }

    /// What a model says about hypotheses on regions, in the imputations of its maps.
    ///
    /// - Returns: in the order of `regions`; without those where no experiment speaks, or where the experiments that do leave
    ///   the coefficients undetermined.
    /// - Throws: as `run`.
    public func findings(
        of plan: ModelPlan, experiments: [Experiment], design: DesignMatrix? = nil, on regions: [LocatedRegion]
    ) async throws -> [RegionFinding] {
        guard !regions.isEmpty else { return [] }
        return try await findings(
            of: prepare(plan, experiments: experiments, design: plan.isMeanOnly ? nil : design), on: regions)
    }

    /// - Parameter model: of ``prepare(_:experiments:design:)`` with the same settings.
    public func findings(of model: PreparedModel, on regions: [LocatedRegion]) async throws -> [RegionFinding] {
        guard !regions.isEmpty else { return [] }
        let effects = try await PlacesStep(context: context).effects(
            of: model, at: regions.map(\.place), stage: PlacesStep.regionStage)
        return zip(regions, effects).compactMap { located, place in
            try? RegionFinding(
                located.region, place: place, design: model.design,
                estimator: settings.pooling)
        }
    }
}
