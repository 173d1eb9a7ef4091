import Appraisal
import Evidence
import Imaging
import Inference
public import SeedBasedMapping

/// What every study says at a model's peaks, and what comes of it: cards, counts in the tables, the viewer's forest plots.
extension ModelFindings {
    /// Computes the effects at every peak once, and hands them on.
    ///
    /// - Parameters:
    ///   - model: what the result was made from.
    ///   - analysis: that made it.
    ///   - judges: whether findings get their cards and tables their counts.
    ///   - hasForest: whether the viewer's forest plots are made.
    /// - Throws: as ``SeedBasedAnalysis/run(_:experiments:design:keepBounds:permutation:)``.
    @_optimize(none)
    public mutating func judge(
        _ model: PreparedModel, by analysis: SeedBasedAnalysis, places: PlaceNamer, judges: Bool, hasForest: Bool
    ) async throws {
        var peaks: Set<Int> = []
        if judges {
            peaks.formUnion(appraisedClusters.compactMap(\.peaks.first).map(\.position))
            peaks.formUnion(peaksWithoutBasis.flatMap(\.voxels).map(Int.init))
        }
        if hasForest { peaks.formUnion(StudyForest.peaks(self).map(\.voxel)) }
        let voxels = peaks.sorted()
        var known: [Int: StudyEffects] = [:]
        if !voxels.isEmpty {
            // Only where findings are judged it is one of the stages that are told.
            let own = judges ? analysis : analysis.silent(analysis.settings)
            let found = try await own.effects(of: model, at: voxels.map { Place(voxel: $0, in: analysis.space.mask) })
            known = Dictionary(zip(voxels, found), uniquingKeysWith: { first, _ in first })
        }
        if judges {
            let evidence = try await analysis.evidence(for: appraisedClusters, of: result, from: model, effects: known)
            appraise(evidence, places: places)
            note(try await analysis.effects(of: model, at: peaksWithoutBasis, known: known))
        }
        if hasForest { forest = try await madeForest(model, analysis, known) }
    }

    /// At the clusters' peaks and, of fewer imputations, on a grid over the brain.
    @_optimize(none)
    private func madeForest(
        _ model: PreparedModel, _ analysis: SeedBasedAnalysis, _ known: [Int: StudyEffects]
    ) async throws -> StudyForest {
        let mask = analysis.space.mask
        let peaks = StudyForest.peaks(self)
        let atPeaks = try await analysis.effects(
            of: model, at: peaks.map { Place(voxel: $0.voxel, in: mask) }, known: known)
        let grid = Place.grid(spacing: StudyForest.spacing, in: mask)
        var few = analysis.settings
        few.imputations = min(few.imputations, StudyForest.gridImputations)
        let onGrid = try await analysis.silent(few).effects(of: model, at: grid)
        return StudyForest(peaks: peaks, effects: atPeaks, grid: onGrid, gridVoxels: grid.map { Int($0.voxels[0]) })
    }
}

extension SeedBasedAnalysis {
    /// The same by other settings, without telling anybody how far it is.
    fileprivate func silent(_ settings: Settings) -> SeedBasedAnalysis {
        SeedBasedAnalysis(space: space, settings: settings, workers: workers)
    }
}
