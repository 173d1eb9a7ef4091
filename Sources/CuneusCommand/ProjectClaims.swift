import Cuneus

/// A project's claims held against its experiments.
///
/// Effects are those of the mean of all experiments of a measure, at every region that a claim names, each region once: the same
/// pathway as the plan's regions. Claims choose among the studies afterwards.
struct ProjectClaims {
    let project: Project
    let outcome: ClaimsReader.Outcome
    let overrides: [SettingAssignment]
    /// Of a run, those of its models that ``canTake(_:)``: what they have is not computed again.
    var models: [Model] = []

    init(project: Project, outcome: ClaimsReader.Outcome, overrides: [SettingAssignment]) {
        self.project = project
        self.outcome = outcome
        self.overrides = overrides
    }

    /// A model of a run: what it was made from, and what it found in the plan's regions.
    struct Model {
        var plan: ModelPlan
        var analysis: SeedBasedAnalysis
        var prepared: PreparedModel
        var regions: [RegionFinding]
    }

    /// The ledger beside a project's tables.
    static func ledgerPath(of input: String) -> String {
        let path = (try? ProjectInput(commandLine: input).path) ?? input
        return Path.join(Path.contents(path).isEmpty ? Path.folder(path) : path, ClaimsReader.name)
    }

    /// A region, where it was found, or why not.
    private struct Found {
        var key: ClaimRegion
        var place: Place?
        var why: String?
    }

    /// - Parameter spaces: shared with the models of a run.
    @_optimize(none)
    func review(
        spaces: SpaceStore = SpaceStore(), workers: Workers, progress: TerminalProgress
    ) async throws -> ClaimsReview {
        let settings = try settings(of: Self.plan(.change))
        let space = try spaces.space(settings)
        let (found, notices) = try locate(in: space.mask)
        var evidence: [ClaimRegion: ClaimJudge.RegionEvidence] = [:]
        for region in found { evidence[region.key] = .init([], notLocated: region.why) }
        let placed = found.filter { $0.place != nil }
        let byID = Dictionary(project.experiments.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for measure in EffectMeasure.allCases where project.experiments.contains(where: { $0.measure == measure }) {
            guard !placed.isEmpty else { break }
            let studies = try await studies(
                of: measure, in: placed, space: space, workers: workers, progress: progress)
            for region in placed {
                evidence[region.key]?.evidence += (studies[region.key] ?? []).compactMap {
                    ClaimEvidence($0, in: region.key.name, experiments: byID, ledger: outcome.ledger)
                }
            }
        }
        let numbers = try outcomes()
        var judge = ClaimJudge(outcome.ledger)
        let judged = judge.judge(
            evidence, outcomes: numbers?.evidence ?? [],
            searched: project.experiments.count + (numbers?.evidence.count ?? 0))
        return ClaimsReview(
            project: project.name, ledger: outcome.ledger, claims: judged, mask: space.mask,
            voxels: Dictionary(
                placed.compactMap { region in region.place.map { (region.key, $0.voxels) } },
                uniquingKeysWith: { first, _ in first }),
            notices: outcome.notices + notices + (numbers?.notices ?? []),
            settings: ["method", "imputations", "seed", "voxel_size", "mask"].compactMap { name in
                SettingKey.named(name).map { (name, $0.text(in: settings)) }
            })
    }

    /// What every experiment of a measure has in some regions: from a model of the run where there is one, as far as that goes.
    @_optimize(none)
    private func studies(
        of measure: EffectMeasure, in regions: [Found], space: AnalysisSpace, workers: Workers,
        progress: TerminalProgress
    ) async throws -> [ClaimRegion: [StudyEffects.Study]] {
        let model = models.first { $0.prepared.measure == measure }
        var studies: [ClaimRegion: [StudyEffects.Study]] = [:]
        for region in regions {
            studies[region.key] =
                model?.regions.first { $0.region.extent.withoutSources == region.key.extent }?.place.studies
        }
        let missing = regions.filter { studies[$0.key] == nil }
        let places = missing.compactMap(\.place)
        guard !places.isEmpty else { return studies }
        let effects: [StudyEffects]
        if let model {
            effects = try await model.analysis.effects(of: model.prepared, at: places)
        } else {
            let plan = Self.plan(measure)
            let settings = try settings(of: plan)
            let analysis = SeedBasedAnalysis(space: space, settings: settings, workers: workers, progress: progress)
            let experiments = try project.experiments(of: plan, settings: settings)
            let prepared = try await analysis.prepare(plan, experiments: experiments)
            effects = try await analysis.effects(of: prepared, at: places)
        }
        for (region, place) in zip(missing, effects) { studies[region.key] = place.studies }
        return studies
    }

    /// The mean of all experiments of a measure.
    private static func plan(_ measure: EffectMeasure) -> ModelPlan { ModelPlan(name: "claims", measure: measure) }

    /// Whether a model of the run is just what the effects would be made from: the mean of the same experiments, with the same settings
    /// but for those of its tests and of methods beside.
    func canTake(_ model: Model) throws -> Bool {
        guard model.plan.isMeanOnly, !models.contains(where: { $0.prepared.measure == model.prepared.measure }) else {
            return false
        }
        let plan = Self.plan(model.prepared.measure)
        var own = try settings(of: plan)
        let its = model.analysis.settings
        guard own.mainMethod == its.mainMethod else { return false }
        own.methods = its.methods
        own.permutations = its.permutations
        own.relocations = its.relocations
        own.relocate = its.relocate
        own.baseRates = its.baseRates
        guard own == its else { return false }
        return try project.experiments(of: plan, settings: own)
            == project.experiments(of: model.plan, settings: its)
    }

    /// Numbers that were reported for regions by name.
    private func outcomes() throws(InputError) -> ClaimOutcomes? {
        guard let path = project.outcomesFile else { return nil }
        let table = try OutcomeTableReader().read(path)
        let planned = try PlannedOutcomes(project.outcomes, together: project.together, in: table)
        return ClaimOutcomes(table, plans: planned.plans, ledger: outcome.ledger)
    }

    /// No map is made, so nothing is corrected.
    private func settings(of plan: ModelPlan) throws -> Settings {
        var settings = try project.settings(of: plan, overrides: overrides)
        settings.permutations = 0
        settings.relocations = 0
        return settings
    }

    /// Each region once, at the line where it is named first.
    private func locate(in mask: Mask) throws -> (found: [Found], notices: [Notice]) {
        var regions: [(key: ClaimRegion, region: ClaimRegion)] = []
        for region in outcome.ledger.claims.filter({ !$0.isPair }).flatMap(\.regions)
        where !regions.contains(where: { $0.key == region.withoutSource }) {
            regions.append((region.withoutSource, region))
        }
        let needsAtlas = regions.contains { if case .atlas = $0.region.extent { true } else { false } }
        let atlases = needsAtlas ? try ProjectRegions.atlases(of: project) : RegionAtlases(installed: .none)
        var found: [Found] = []
        var notices: [Notice] = []
        var errors: [InputError] = []
        for (key, region) in regions {
            guard let hypothesis = region.hypothesis() else {
                found.append(
                    Found(
                        key: key,
                        why: "Where the \(region.name) is was not said, and no study reports a number for it by name."))
                continue
            }
            do {
                let (located, skipped) = try atlases.locate([hypothesis], in: mask)
                notices += skipped
                found.append(
                    Found(
                        key: key, place: located.first?.place,
                        why: located.isEmpty ? "The atlas that holds the \(region.name) is not installed here." : nil))
            } catch {
                // Of a mask that cannot be read, its file is told at the line that names it.
                let file = error as? NIfTIError
                guard let told = error as? InputError ?? file.map({ InputError(at: region.source, "\($0)") }) else {
                    throw error
                }
                errors.append(told)
            }
        }
        if let all = InputError(all: errors) { throw all }
        return (found, notices)
    }
}
