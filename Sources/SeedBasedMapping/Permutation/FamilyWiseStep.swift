public import Evidence
import Imaging
public import Inference
import Statistics

/// Step 6: permutes subject images (or studies) and corrects p for the family-wise error of the whole brain. See
/// Docs/permutation-test.md.
struct FamilyWiseStep: AnalysisStep {
    let context: AnalysisContext

    /// Runs one of `count` equal parts of a model's permutations and leaves them in a ledger.
    ///
    /// - Parameter shard: from 1.
    @_optimize(none)
    func shard(
        _ shard: Int, of count: Int, model: PreparedModel, options: PermutationOptions
    ) async throws -> PermutationLedger {
        let (test, key) = try permutationTest(model, sampler: sampler(), options: options)
        let total = test.count
        let range = PermutationLedger.range(part: shard, of: count, permutations: total)
        let header = PermutationLedger.Header(key: key, permutations: total, range: range)
        try options.prepared?.check(key)
        guard let store = options.ledger else { preconditionFailure("a shard needs a file") }
        let ledger = try store.open(header)
        try await fill(ledger, test: test, options: options)
        return ledger
    }

    /// The permutation test of a model.
    @_optimize(none)
    func result(
        of model: PreparedModel, options: PermutationOptions
    ) async throws -> FamilyWiseResult {
        let (test, key) = try permutationTest(model, sampler: sampler(), options: options)
        let all = 0..<test.count
        let header = PermutationLedger.Header(key: key, permutations: all.count, range: all)
        let maxima: [NullDistribution.Maxima]
        let plan = try memoryPlan(test, options)
        let draws = test.makeDraws(plan)
        progress.began("Subject images", units: test.unitsPerBatch)
        let observed = try await test.zMaps(0..<1, draws: draws)[0]
        progress.ended()
        if !options.shards.isEmpty {
            maxima = try Self.merged(options.shards, header).map { $0[0] }
        } else if let store = options.ledger {
            let ledger = try store.open(header)
            try await fill(ledger, test: test, options: options, draws: draws)
            maxima = ledger.rows
        } else {
            maxima = try await rows(all, test: test, draws: draws, plan: plan) { _ in }
        }
        return FamilyWiseResult(
            observed: observed, null: NullDistribution(maxima), statistics: test.statistics,
            isExhaustive: test.isExhaustive,
            kind: test.studyPermutations != nil ? .studies : .subjects, isTwoTailed: settings.twoTailed,
            instructions: options.instructions)
    }

    @_optimize(none)
    private func fill(
        _ ledger: PermutationLedger, test: SubjectPermutationTest, options: PermutationOptions,
        draws: SubjectPermutationTest.Draws? = nil
    ) async throws {
        guard !ledger.isComplete else { return }
        let plan = try memoryPlan(test, options)
        _ = try await rows(
            ledger.next..<ledger.header.range.upperBound, test: test, draws: draws ?? test.makeDraws(plan), plan: plan
        ) { try ledger.append($0) }
    }

    /// Maxima of a range of permutations, batch by batch.
    @_optimize(none)
    private func rows(
        _ range: Range<Int>, test: SubjectPermutationTest, draws: SubjectPermutationTest.Draws,
        plan: SubjectPermutationTest.MemoryPlan, finished: ([NullDistribution.Maxima]) throws -> Void
    ) async throws -> [NullDistribution.Maxima] {
        let batches = (range.count + plan.batch - 1) / plan.batch
        progress.began("Permutations", units: batches * test.unitsPerBatch)
        defer { progress.ended() }
        var rows: [NullDistribution.Maxima] = []
        for start in stride(from: range.lowerBound, to: range.upperBound, by: plan.batch) {
            let batch = start..<min(start + plan.batch, range.upperBound)
            let maxima = try await test.maxima(batch, draws: draws)
            try finished(maxima)
            rows += maxima
        }
        return rows
    }

    private func memoryPlan(
        _ test: SubjectPermutationTest, _ options: PermutationOptions
    ) throws(InputError) -> SubjectPermutationTest.MemoryPlan {
        guard let plan = test.memoryPlan(limit: options.memory) else {
            throw InputError(
                "the permutation test does not fit into \(options.memory >> 20) MiB.",
                remedy: "Allow more with --memory, use fewer --threads, or a larger voxel_size.")
        }
        return plan
    }

    /// The shards' rows in order, if they are one test and all of it.
    static func merged(
        _ shards: [PermutationLedger], _ header: PermutationLedger.Header
    ) throws -> [[NullDistribution.Maxima]] {
        func problem(_ shard: PermutationLedger, _ reason: String, _ remedy: String) -> PermutationLedger.Problem {
            PermutationLedger.Problem(path: shard.path, reason: reason, remedy: remedy)
        }
        var rows: [[NullDistribution.Maxima]] = []
        for shard in shards.sorted(by: { $0.header.range.lowerBound < $1.header.range.lowerBound }) {
            guard shard.header.key == header.key, shard.header.permutations == header.permutations,
                shard.header.nulls == header.nulls
            else {
                throw problem(
                    shard, "the shard is of another analysis (other input, settings, seed or version).",
                    "Run it again on this project.")
            }
            guard shard.isComplete else {
                throw problem(
                    shard, "the shard ends at permutation \(shard.next) of \(shard.header.range.upperBound).",
                    "Run the same cuneus permute command again: it resumes.")
            }
            let range = shard.header.range
            guard range.lowerBound == rows.count else {
                throw problem(
                    shard,
                    range.lowerBound < rows.count
                        ? "permutations \(range.lowerBound) to \(min(rows.count, range.upperBound) - 1) are in another shard already."
                        : "permutations \(rows.count) to \(range.lowerBound - 1) are missing before it.",
                    "Give every shard once, all with the same number of shards.")
            }
            rows += shard.table
        }
        guard rows.count == header.range.count else {
            throw PermutationLedger.Problem(
                path: shards.last?.path ?? "", reason: "permutations from \(rows.count) on are missing.",
                remedy: "Give every shard, up to \(header.permutations) permutations.")
        }
        return rows
    }

    private func permutationTest(
        _ model: PreparedModel, sampler: any StudyImageSampler, options: PermutationOptions
    ) throws(InputError) -> (test: SubjectPermutationTest, key: String) {
        let isParity = settings.compatibility == .sdm621
        let statistics = context.maximumStatistics(form: isParity ? .sdm621 : .exact)
        let scheme = PermutationScheme(
            settings.samples == .combine
                ? PermutationScheme.Experiment.bySample(model.experiments.map(\.experiment))
                : model.experiments.map { PermutationScheme.Experiment($0.experiment) },
            requested: settings.permutations,
            seed: settings.seed)
        let design = model.design.map { RegressionDesign($0) }
        let studyPermutations =
            design?.permutesStudies == true
            ? StudyPermutations(
                studies: model.rows.rows.count, requested: settings.permutations, seed: settings.seed) : nil
        let test = SubjectPermutationTest(
            studies: model.studies, scheme: scheme, rows: model.rows,
            design: design, studyPermutations: studyPermutations,
            imputations: settings.imputations,
            estimator: settings.pooling, unitVariance: isParity,
            statistics: statistics, sampler: sampler,
            noise: SubjectNoise(
                mask: space.mask, template: space.template, neighbours: isParity ? .cube : .faces),
            instructions: options.instructions, workers: workers, progress: progress)
        return (test, key(model))
    }

    /// SHA-256 of everything the null distribution depends on.
    func key(_ model: PreparedModel) -> String {
        var key = NullKey("permutation test 5")
        key.add(allOf: settings)
        key.add(space.mask.voxels)
        key.add(space.template.slowness(on: space.mask))
        for (prepared, study) in zip(model.experiments, model.studies) {
            key.add("\(prepared.experiment.id) \(prepared.experiment.n1) \(prepared.experiment.n2)")
            if prepared.scale.isCorrelation { key.add("correlation") }
            if study.sample != prepared.experiment.id { key.add("sample \(study.sample)") }
            key.add(study.bounds.lower)
            key.add(study.bounds.upper)
        }
        // All studies share τ², and without covariates the mean.
        for study in model.design == nil ? model.studies.prefix(1) : model.studies[...] { key.add(study.mean) }
        if let study = model.studies.first { key.add(study.tau2) }
        if let design = model.design { key.add(design) }
        return key.text
    }
}
