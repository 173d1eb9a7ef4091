import Crypto
import Evidence
import Foundation
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
        let range = (shard - 1) * total / count..<shard * total / count
        guard let path = options.ledger else { preconditionFailure("a shard needs a file") }
        let ledger = try PermutationLedger.open(path, header(model, range))
        try await fill(ledger, try await test(model, options))
        return ledger
    }

    /// The agreement test of a model.
    @_optimize(none)
    func result(of model: PreparedModel, options: PermutationOptions) async throws -> FamilyWiseResult {
        let all = 0..<settings.relocations + 1
        let test = try await test(model, options)
        let maxima: [NullDistribution.Maxima]
        if !options.shards.isEmpty {
            maxima = try FamilyWiseStep.merged(options.shards, header(model, all))
        } else if let path = options.ledger {
            let ledger = try PermutationLedger.open(path, header(model, all))
            try await fill(ledger, test)
            maxima = ledger.rows
        } else {
            maxima = try await rows(all, test) { _ in }
        }
        return FamilyWiseResult(
            observed: test.observed().z, null: NullDistribution(maxima), statistics: test.statistics,
            isExhaustive: false, kind: .relocations, isTwoTailed: settings.twoTailed,
            instructions: options.instructions)
    }

    private func test(_ model: PreparedModel, _ options: PermutationOptions) async throws -> AgreementTest {
        try await SeedBasedAnalysis(
            space: space, settings: settings, workers: workers, progress: progress
        ).agreementTest(model, instructions: options.instructions)
    }

    @_optimize(none)
    private func fill(_ ledger: PermutationLedger, _ test: AgreementTest) async throws {
        guard !ledger.isComplete else { return }
        _ = try await rows(ledger.next..<ledger.header.range.upperBound, test) { try ledger.append($0) }
    }

    /// Relocations that are done before they are written down.
    private static let batch = 64

    @_optimize(none)
    private func rows(
        _ range: Range<Int>, _ test: AgreementTest, finished: ([NullDistribution.Maxima]) throws -> Void
    ) async throws -> [NullDistribution.Maxima] {
        progress.began("Relocations", units: range.count)
        defer { progress.ended() }
        var rows: [NullDistribution.Maxima] = []
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.batch) {
            let found = try await test.maxima(start..<min(start + Self.batch, range.upperBound))
            let maxima = found.map(\.plain)
            try finished(maxima)
            rows += maxima
        }
        return rows
    }

    private func header(_ model: PreparedModel, _ range: Range<Int>) -> PermutationLedger.Header {
        PermutationLedger.Header(key: key(model), permutations: settings.relocations + 1, range: range)
    }

    /// SHA-256 of everything the null distribution depends on.
    private func key(_ model: PreparedModel) -> String {
        var hash = SHA256()
        func add(_ text: String) { hash.update(data: Data((text + "\n").utf8)) }
        add("agreement test 1, \(AgreementTest.defaultStartPoints) start points")
        for name in [
            "anisotropy", "kernel_fwhm", "voxel_size", "samples", "sample_correlation", "leave_out", "relocations",
            "cluster_forming_p", "tfce_connectivity", "connectivity", "seed",
        ] {
            if let key = SettingKey.named(name) { add("\(name)=\(key.text(in: settings))") }
        }
        space.mask.voxels.withUnsafeBytes { hash.update(bufferPointer: $0) }
        space.template.slowness(on: space.mask).withUnsafeBytes { hash.update(bufferPointer: $0) }
        add("\(model.rows.rows)")
        for (prepared, study) in zip(model.experiments, model.studies) {
            add("\(prepared.experiment.id) \(study.sample) \(prepared.scale) \(prepared.thresholdG ?? 0)")
            for peak in prepared.peaks { add("\(peak.coordinate) \(peak.g)") }
            if prepared.experiment.hasMap { study.bounds.lower.withUnsafeBytes { hash.update(bufferPointer: $0) } }
        }
        return hash.finalize().map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }.joined()
    }
}
