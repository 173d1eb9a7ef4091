import Evidence
import Imaging
import Inference
import Statistics

/// Step 6 of the method `effects`: relocates peaks and corrects p for the family-wise error of the whole brain. See
/// Docs/agreement-test.md.
struct AgreementStep: AnalysisStep {
    let context: AnalysisContext

    /// Runs one of `count` equal parts of a model's relocations and leaves them in a ledger.
    /// - Parameter shard: from 1.
    @_optimize(none)
    func shard(
        _ shard: Int, of count: Int, model: PreparedModel, options: PermutationOptions
    ) async throws -> PermutationLedger {
        let total = settings.relocations + 1
        let range = PermutationLedger.range(part: shard, of: count, permutations: total)
        guard let store = options.ledger else { preconditionFailure("a shard needs a file") }
        let baseRates = try baseRates(model)
        let header = header(model, range, baseRates)
        try options.prepared?.check(header.key)
        let ledger = try store.open(header)
        try await fill(ledger, try await tests(model, options, baseRates))
        return ledger
    }

    /// What parts of the test need besides the model, for a prepared file, and the key of their ledgers.
    @_optimize(none)
    func prepared(
        _ model: PreparedModel, options: PermutationOptions
    ) async throws -> (key: String, numbers: NumberSections) {
        let baseRates = try baseRates(model)
        let tests = try await tests(model, options, baseRates)
        var numbers = NumberSections()
        tests[0].write(to: &numbers)
        tests[tests.count - 1].standardisation?.write(to: &numbers)
        return (key(model, baseRates), numbers)
    }

    /// What a model's tests came to.
    struct Results {
        /// Whose corrected p the tables are cut by.
        var first: FamilyWiseResult
        /// By base rates, where a uniform test is the first.
        var baseRate: FamilyWiseResult?
        var notices: [Notice]
    }

    /// The agreement tests of a model: one, or two side by side where the settings ask for both.
    @_optimize(none)
    func results(of model: PreparedModel, options: PermutationOptions) async throws -> Results {
        let all = 0..<settings.relocations + 1
        let baseRates = try baseRates(model)
        let tests = try await tests(model, options, baseRates)
        let table: [[NullDistribution.Maxima]]
        if !options.shards.isEmpty {
            table = try FamilyWiseStep.merged(options.shards, header(model, all, baseRates))
        } else if let store = options.ledger {
            let ledger = try store.open(header(model, all, baseRates))
            try await fill(ledger, tests)
            table = ledger.table
        } else {
            table = try await rows(all, tests) { _ in }
        }
        var column = 0
        let results = tests.map { test in
            let observed = test.observed()
            let null = NullDistribution(table.map { $0[column] })
            var standardised: (observed: [Float], null: NullDistribution)?
            if test.standardisation != nil {
                column += 1
                standardised = (observed.standardised, NullDistribution(table.map { $0[column] }))
            }
            column += 1
            return FamilyWiseResult(
                observed: observed.z, null: null, standardised: standardised, statistics: test.statistics,
                isExhaustive: false, kind: .relocations, isTwoTailed: settings.twoTailed,
                instructions: options.instructions)
        }
        return Results(
            first: results[0], baseRate: results.count > 1 ? results[1] : nil, notices: baseRates?.notices ?? [])
    }

    /// The columns of a ledger, as ``tests(_:_:_:)`` fill them.
    private var nulls: [String] {
        switch settings.relocate {
        case .uniform: [""]
        case .baseRate: ["", "standardised_"]
        case .both: ["", "baserate_", "baserate_standardised_"]
        }
    }

    /// Nil where peaks go anywhere.
    private func baseRates(_ model: PreparedModel) throws -> BaseRates? {
        guard settings.relocate != .uniform else { return nil }
        return try BaseRates(
            settings.baseRates, experiments: model.experiments.map(\.experiment), mask: space.mask)
    }

    /// The tests that the settings ask for, at least one; they share their kernels.
    @_optimize(none)
    private func tests(
        _ model: PreparedModel, _ options: PermutationOptions, _ baseRates: BaseRates?
    ) async throws -> [AgreementTest] {
        let analysis = SeedBasedAnalysis(space: space, settings: settings, workers: workers, progress: progress)
        if let prepared = options.prepared {
            return try tests(
                try analysis.agreementTest(model, from: prepared.numbers, instructions: options.instructions),
                baseRates, from: prepared.numbers)
        }
        let uniform = try await analysis.agreementTest(
            model, instructions: options.instructions, kernels: options.kernels)
        guard let baseRates else { return [uniform] }
        progress.began("What is usual at each voxel", units: AgreementTest.standardisingRelocations)
        defer { progress.ended() }
        let other = try await uniform.relocating(to: baseRates.places).standardised()
        return settings.relocate == .both ? [uniform, other] : [other]
    }

    /// The same of a test that was prepared.
    private func tests(
        _ uniform: AgreementTest, _ baseRates: BaseRates?, from numbers: MappedSections
    ) throws(InputError) -> [AgreementTest] {
        guard let baseRates else { return [uniform] }
        let other = uniform.relocating(to: baseRates.places).standardised(by: try Standardisation(from: numbers))
        return settings.relocate == .both ? [uniform, other] : [other]
    }

    @_optimize(none)
    private func fill(_ ledger: PermutationLedger, _ tests: [AgreementTest]) async throws {
        guard !ledger.isComplete else { return }
        _ = try await rows(ledger.next..<ledger.header.range.upperBound, tests) { try ledger.append(table: $0) }
    }

    /// Relocations that are done before they are written down.
    private static let batch = 64

    @_optimize(none)
    private func rows(
        _ range: Range<Int>, _ tests: [AgreementTest], finished: ([[NullDistribution.Maxima]]) throws -> Void
    ) async throws -> [[NullDistribution.Maxima]] {
        progress.began("Relocations", units: range.count * tests.count)
        defer { progress.ended() }
        var rows: [[NullDistribution.Maxima]] = []
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.batch) {
            let batch = start..<min(start + Self.batch, range.upperBound)
            var found = batch.map { _ in [NullDistribution.Maxima]() }
            for test in tests {
                let maxima = try await test.maxima(batch)
                for (index, row) in maxima.enumerated() {
                    found[index].append(row.plain)
                    if let standardised = row.standardised { found[index].append(standardised) }
                }
            }
            try finished(found)
            rows += found
        }
        return rows
    }

    private func header(
        _ model: PreparedModel, _ range: Range<Int>, _ baseRates: BaseRates?
    ) -> PermutationLedger.Header {
        PermutationLedger.Header(
            key: key(model, baseRates), permutations: settings.relocations + 1, range: range, nulls: nulls)
    }

    /// SHA-256 of everything the null distribution depends on.
    private func key(_ model: PreparedModel, _ baseRates: BaseRates?) -> String {
        var key = NullKey("agreement test 1, \(AgreementTest.defaultStartPoints) start points")
        key.add(
            [
                "anisotropy", "kernel_fwhm", "voxel_size", "samples", "sample_correlation", "leave_out", "relocations",
                "cluster_forming_p", "tfce_connectivity", "connectivity", "seed",
            ], of: settings)
        if let baseRates {
            key.add("relocate=\(settings.relocate.rawValue), \(AgreementTest.standardisingRelocations) to standardise")
            key.add(baseRates.values)
        }
        key.add(space.mask.voxels)
        key.add(space.template.slowness(on: space.mask))
        key.add("\(model.rows.rows)")
        for (prepared, study) in zip(model.experiments, model.studies) {
            key.add("\(prepared.experiment.id) \(study.sample) \(prepared.scale) \(prepared.thresholdG ?? 0)")
            for peak in prepared.peaks { key.add("\(peak.coordinate) \(peak.g)") }
            if prepared.experiment.hasMap { key.add(study.bounds.lower) }
        }
        return key.text
    }
}
