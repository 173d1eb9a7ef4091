import Evidence
import Imaging
import Inference
import Statistics

/// Step 6 of the method `effects` in models with covariates: permutes studies and corrects p for the family-wise error of the whole
/// brain. See Docs/covariate-test.md.
package struct CovariateStep: AnalysisStep {
    package let context: AnalysisContext

    package init(context: AnalysisContext) { self.context = context }

    /// Whether a model's hypothesis is tested by this step: it is on covariates, and leaves studies a mean in common.
    func applies(to model: PreparedModel) -> Bool { applies(to: model.plan, model.design) }

    func applies(to plan: ModelPlan, _ design: DesignMatrix?) -> Bool {
        guard settings.testsCovariates(of: plan), let design else { return false }
        return RegressionDesign(design).permutesStudies
    }

    /// Runs one of `count` equal parts of a model's permutations and leaves them in a ledger.
    /// - Parameter shard: from 1.
    @_optimize(none)
    func shard(
        _ shard: Int, of count: Int, model: PreparedModel, options: PermutationOptions
    ) async throws -> PermutationLedger {
        let test: CovariateTest
        if let prepared = options.prepared {
            test = self.test(model, scores: try CovariateScores(from: prepared.numbers))
        } else {
            test = try await self.test(model)
        }
        let range = PermutationLedger.range(part: shard, of: count, permutations: test.count)
        guard let store = options.ledger else { preconditionFailure("a shard needs a file") }
        let header = header(model, test, range)
        try options.prepared?.check(header.key)
        let ledger = try store.open(header)
        try await fill(ledger, test)
        return ledger
    }

    /// What parts of the test need besides the model, for a prepared file, and the key of their ledgers.
    @_optimize(none)
    func prepared(_ model: PreparedModel) async throws -> (key: String, numbers: NumberSections) {
        var numbers = NumberSections()
        try await test(model).scores.write(to: &numbers)
        return (key(model), numbers)
    }

    /// The test of a model.
    @_optimize(none)
    func result(of model: PreparedModel, options: PermutationOptions) async throws -> FamilyWiseResult {
        let test = try await test(model)
        let all = 0..<test.count
        let maxima: [NullDistribution.Maxima]
        if !options.shards.isEmpty {
            maxima = try FamilyWiseStep.merged(options.shards, header(model, test, all)).map { $0[0] }
        } else if let store = options.ledger {
            let ledger = try store.open(header(model, test, all))
            try await fill(ledger, test)
            maxima = ledger.rows
        } else {
            maxima = try await rows(all, test) { _ in }
        }
        return FamilyWiseResult(
            observed: test.map(0), null: NullDistribution(maxima), statistics: test.statistics,
            isExhaustive: test.isExhaustive, kind: .studies, isTwoTailed: settings.twoTailed,
            instructions: options.instructions)
    }

    /// The test, scores computed: ready for ``CovariateTest/maxima(_:)``.
    ///
    /// - Precondition: ``applies(to:)``.
    @_optimize(none)
    package func test(_ model: PreparedModel) async throws -> CovariateTest {
        let design = design(model)
        let rules = CovariateTestRules(model, voxels: space.mask.count)
        let scores = try await scores(model, design, tested: rules.tested, basis: design.reducedDirections)
        return test(design, rules, scores)
    }

    /// The same with scores that were computed before.
    private func test(_ model: PreparedModel, scores: CovariateScores) -> CovariateTest {
        test(design(model), CovariateTestRules(model, voxels: space.mask.count), scores)
    }

    private func design(_ model: PreparedModel) -> RegressionDesign {
        guard let matrix = model.design else { preconditionFailure("covariates are tested of a design") }
        return RegressionDesign(matrix)
    }

    private func test(_ design: RegressionDesign, _ rules: CovariateTestRules, _ scores: CovariateScores)
        -> CovariateTest
    {
        CovariateTest(
            scores: scores, mask: space.mask,
            contrasts: design.testedDirections, nuisance: Array(design.reducedDirections.dropFirst()),
            permutations: StudyPermutations(
                studies: design.rows, strata: rules.strata, requested: settings.covariatePermutations,
                seed: settings.seed),
            statistics: context.maximumStatistics(),
            workers: workers, progress: progress)
    }

    @_optimize(none)
    private func scores(
        _ model: PreparedModel, _ design: RegressionDesign, tested: [Bool], basis: [[Double]]
    ) async throws -> CovariateScores {
        let voxels = tested.indices.filter { tested[$0] }.map { Int32(truncatingIfNeeded: $0) }
        let (rows, count) = (model.rows.rows, voxels.count)
        var values = [Double](repeating: 0, count: model.experiments.count * design.reducedColumns)
        for (row, members) in rows.enumerated() {
            for member in members {
                for column in 0..<design.reducedColumns {
                    values[member * design.reducedColumns + column] =
                        design.reduced[row * design.reducedColumns + column]
                }
            }
        }
        let reduced = LikelyDesign(columns: design.reducedColumns, values: values, tests: [])
        let found = SharedArray<Double>(repeating: 0, count: rows.count * count)
        let block = 64
        let blocks = (count + block - 1) / block
        progress.began("Scores of the studies", units: blocks)
        defer { progress.ended() }
        try await workers.forEach(blocks) { piece in
            for place in piece * block..<min((piece + 1) * block, count) {
                let voxel = Int(voxels[place])
                let effects = model.studies.map { study -> IntervalEffect? in
                    let lower = study.bounds.lower[voxel]
                    guard !lower.isNaN else { return nil }
                    return IntervalEffect(
                        lower: Double(lower), upper: Double(study.bounds.upper[voxel]), scale: study.scale)
                }
                let scores = CovariateScores.scores(
                    effects, reduced: reduced, members: rows, correlation: model.rows.correlation, basis: basis)
                for row in rows.indices { found.buffer[row * count + place] = scores[row] }
            }
            progress.advanced(by: 1)
        }
        return CovariateScores(rows: rows.count, voxels: voxels, values: found.array)
    }

    @_optimize(none)
    private func fill(_ ledger: PermutationLedger, _ test: CovariateTest) async throws {
        guard !ledger.isComplete else { return }
        _ = try await rows(ledger.next..<ledger.header.range.upperBound, test) { try ledger.append($0) }
    }

    /// Permutations that are done before they are written down.
    private static let batch = 64

    @_optimize(none)
    private func rows(
        _ range: Range<Int>, _ test: CovariateTest, finished: ([NullDistribution.Maxima]) throws -> Void
    ) async throws -> [NullDistribution.Maxima] {
        progress.began("Permutations of studies", units: range.count)
        defer { progress.ended() }
        var rows: [NullDistribution.Maxima] = []
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.batch) {
            let found = try await test.maxima(start..<min(start + Self.batch, range.upperBound))
            try finished(found)
            rows += found
        }
        return rows
    }

    private func header(
        _ model: PreparedModel, _ test: CovariateTest, _ range: Range<Int>
    ) -> PermutationLedger.Header {
        PermutationLedger.Header(key: key(model), permutations: test.count, range: range)
    }

    /// SHA-256 of everything the null distribution depends on.
    private func key(_ model: PreparedModel) -> String {
        var key = NullKey("covariate test 2, \(settings.covariatePermutations)")
        key.add(
            ["samples", "sample_correlation", "cluster_forming_p", "tfce_connectivity", "connectivity", "seed"],
            of: settings)
        key.add(space.mask.voxels)
        key.add("\(model.rows.rows)")
        for (prepared, study) in zip(model.experiments, model.studies) {
            key.add("\(prepared.experiment.id) \(study.sample) \(prepared.scale) \(prepared.thresholdG ?? 0)")
            key.add(study.bounds.lower)
            key.add(study.bounds.upper)
        }
        if let design = model.design { key.add(design) }
        return key.text
    }
}
