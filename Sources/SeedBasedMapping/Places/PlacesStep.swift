public import Appraisal
public import Evidence
import Imaging
import Inference
import Statistics

/// What every experiment has at some places, in the imputations that the maps are pooled from. See Docs/extraction.md.
struct PlacesStep: AnalysisStep {
    let context: AnalysisContext

    /// Voxels of a place that are drawn together.
    private static let pieceSize = 256

    static let stage = "Effects at places"
    static let regionStage = "Effects in regions"

    /// - Parameter stage: what the observer is told.
    @_optimize(none)
    func effects(
        of model: PreparedModel, at places: [Place], stage: String = PlacesStep.stage
    ) async throws -> [StudyEffects] {
        let sampler = sampler()
        let pieces = places.enumerated().flatMap { place, value in
            stride(from: 0, to: value.voxels.count, by: Self.pieceSize).map { start in
                (place: place, voxels: Array(value.voxels[start..<min(start + Self.pieceSize, value.voxels.count)]))
            }
        }
        let studies = model.studies
        let units = pieces.count * studies.count
        progress.began(stage, units: units)
        defer { progress.ended() }
        let imputations = settings.imputations
        let draws = try await posteriorDraws(model, Set(places.flatMap(\.voxels)))
        let seed = settings.seed
        let slots = Slots<PieceSum>(count: units)
        try await workers.forEach(units) { unit in
            if let draws {
                let study = unit % studies.count
                var sum = PieceSum(imputations: imputations)
                sum.voxels = draws.add(
                    study, studies[study], at: pieces[unit / studies.count].voxels, seed: seed, sampler: sampler,
                    to: &sum.effects)
                slots[unit] = sum
                progress.advanced(by: 1)
                return
            }
            slots[unit] = Self.sum(
                of: studies[unit % studies.count], over: pieces[unit / studies.count].voxels, imputations: imputations,
                sampler: sampler)
            progress.advanced(by: 1)
        }
        var sums = places.map { _ in studies.map { _ in PieceSum(imputations: imputations) } }
        for unit in 0..<units {
            guard let piece = slots[unit] else { continue }
            sums[pieces[unit / studies.count].place][unit % studies.count].add(piece)
        }
        let sources = try await sources(of: model, at: places)
        var posteriors: [PlacePosterior?] = places.map { _ in nil }
        if let found = model.posterior {
            posteriors = try await PlacePosteriors(context: context).posteriors(of: found.posterior, at: places)
        }
        return places.indices.map { place in
            var effects = StudyEffects(
                name: places[place].name, coordinate: places[place].coordinate, voxelCount: places[place].voxels.count,
                studies: combined(
                    studies.indices.map { study in
                        sums[place][study].study(
                            model.experiments[study].experiment, scale: studies[study].scale,
                            source: sources[place][study])
                    }, model.rows))
            effects.posterior = posteriors[place]
            return effects
        }
    }

    private func posteriorDraws(_ model: PreparedModel, _ voxels: Set<Int32>) async throws -> PosteriorDraws? {
        guard let found = model.posterior else { return nil }
        return try await PosteriorDraws(
            found.posterior, at: voxels, imputations: settings.imputations, seed: settings.seed, workers: workers)
    }

    /// Experiments of one sample become one study where the analysis pools them so; nil is an experiment without a value.
    private func combined(_ studies: [StudyEffects.Study?], _ rows: SampleRows) -> [StudyEffects.Study] {
        rows.rows.compactMap { row in
            let members = studies[row].compactMap { $0 }
            guard var study = members.first, members.count > 1 else { return members.first }
            study.experiments = members.map(\.id)
            study.id = study.experiments.joined(separator: " + ")
            study.combinedGroups = members.flatMap(\.groups)
            study.n1 = members.map(\.n1).max() ?? study.n1
            study.n2 = members.map(\.n2).max() ?? study.n2
            // The most telling source; the cases are in that order.
            study.source = StudyEffects.Source.allCases.first(where: members.map(\.source).contains) ?? study.source
            for imputation in study.effects.indices {
                let composite = CompositeEffect(
                    effects: members.map { $0.effects[imputation] },
                    variances: members.map { $0.variances[imputation] }, correlation: rows.correlation)
                study.effects[imputation] = composite.effect
                study.variances[imputation] = composite.variance
            }
            return study
        }
    }

    /// [place][experiment]: the most telling of what was said at the place's voxels.
    private func sources(of model: PreparedModel, at places: [Place]) async throws -> [[StudyEffects.Source]] {
        let voxels = Set(places.flatMap(\.voxels)).sorted()
        let index = Dictionary(uniqueKeysWithValues: zip(voxels, voxels.indices))
        let said = try await SourcesStep(context: context).sources(of: model, at: voxels)
        return places.map { place in
            said.map { said in
                let here = Set(place.voxels.map { said[index[$0] ?? 0] })
                return StudyEffects.Source.allCases.first(where: here.contains) ?? .nothing
            }
        }
    }

    /// Sum over voxels of a study's effect in each imputation, and over how many.
    private struct PieceSum: Sendable {
        var effects: [Double]
        var voxels = 0

        init(imputations: Int) { effects = Array(repeating: 0, count: imputations) }

        mutating func add(_ other: PieceSum) {
            for index in effects.indices { effects[index] += other.effects[index] }
            voxels += other.voxels
        }

        /// The mean over voxels; nil where the experiment has a value in none of them.
        func study(_ experiment: Experiment, scale: EffectScale, source: StudyEffects.Source) -> StudyEffects.Study? {
            guard voxels > 0 else { return nil }
            let means = effects.map { $0 / Double(voxels) }
            var study = StudyEffects.Study(
                id: experiment.id, sample: experiment.sample, n1: experiment.n1, n2: experiment.n2, source: source,
                effects: means, variances: means.map { scale.variance(ofG: $0) })
            study.sharesControls = experiment.sharesControls
            return study
        }
    }

    private static func sum(
        of study: ImputedStudy, over voxels: [Int32], imputations: Int, sampler: any StudyImageSampler
    ) -> PieceSum {
        var sum = PieceSum(imputations: imputations)
        let drawn = voxels.filter { study.fixedValue(at: Int($0)) == nil }
        let patch = sampler.patch(drawn)
        let noise = UnsafeMutablePointer<SIMD16<Float>>.allocate(capacity: patch.halo.count)
        defer { noise.deallocate() }
        let distributions = drawn.map { study.truncatedNormal(at: Int($0)) }
        distributions.withUnsafeBufferPointer { distributions in
            for batch in 0..<(imputations + 15) / 16 {
                let lanes = min(16, imputations - batch * 16)
                sampler.noise(study, of: patch, batch: batch, lanes: lanes, into: noise)
                var image = SIMD16<Float>.zero
                for index in drawn.indices {
                    sampler.draw(
                        UnsafeBufferPointer(rebasing: distributions[index...index]), at: index, of: patch, noise: noise,
                        lanes: lanes, into: &image, stride: 1)
                    for lane in 0..<lanes { sum.effects[batch * 16 + lane] += Double(image[lane]) }
                }
            }
        }
        sum.voxels = drawn.count
        for voxel in voxels {
            guard let value = study.fixedValue(at: Int(voxel)), !value.isNaN else { continue }
            for index in sum.effects.indices { sum.effects[index] += Double(value) }
            sum.voxels += 1
        }
        return sum
    }
}
