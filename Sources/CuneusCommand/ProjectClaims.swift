import Cuneus

/// A project's claims held against its experiments.
///
/// Effects are those of the mean of all experiments of a measure, at every region that a claim names, each region once: the same
/// pathway as the plan's regions. Claims choose among the studies afterwards.
struct ProjectClaims {
    let project: Project
    let outcome: ClaimsReader.Outcome
    let overrides: [SettingAssignment]
    let workers: Workers
    let progress: TerminalProgress

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

    @_optimize(none)
    func review() async throws -> ClaimsReview {
        var plan = ModelPlan(name: "claims", measure: .change)
        var settings = try settings(of: plan)
        let space = try AnalysisSpace(settings: settings)
        let (found, notices) = try locate(in: space.mask)
        var evidence: [ClaimRegion: ClaimJudge.RegionEvidence] = [:]
        for region in found { evidence[region.key] = .init([], notLocated: region.why) }
        let placed = found.filter { $0.place != nil }
        let byID = Dictionary(project.experiments.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for measure in EffectMeasure.allCases where project.experiments.contains(where: { $0.measure == measure }) {
            guard !placed.isEmpty else { break }
            plan.measure = measure
            settings = try self.settings(of: plan)
            let analysis = SeedBasedAnalysis(space: space, settings: settings, workers: workers, progress: progress)
            let experiments = try project.experiments(of: plan, settings: settings)
            let prepared = try await analysis.prepare(plan, experiments: experiments)
            let effects = try await analysis.effects(of: prepared, at: placed.compactMap(\.place))
            for (region, place) in zip(placed, effects) {
                evidence[region.key]?.evidence += place.studies.compactMap {
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

    /// Numbers that were reported for regions by name.
    private func outcomes() throws(InputError) -> ClaimOutcomes? {
        guard let path = project.outcomesFile else { return nil }
        return ClaimOutcomes(
            try OutcomeTableReader().read(path), plans: project.outcomes, ledger: outcome.ledger)
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
            } catch let error as InputError {
                errors.append(error)
            }
        }
        if let all = InputError(all: errors) { throw all }
        return (found, notices)
    }
}
