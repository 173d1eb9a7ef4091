package import Inference
package import PrimaryStudy
import SeedBasedMapping

/// The rearrangements of a study in stretches, each kept as soon as it is done.
package struct StudyStretches {
    /// The question's test, then those of a conjunction's contrasts.
    let prepared: [PreparedStudyTest]
    let ledger: StudyLedger?
    /// Those of a part; nil: all.
    var range: Range<Int>?

    package init(prepared: [PreparedStudyTest], ledger: StudyLedger?, range: Range<Int>? = nil) {
        self.prepared = prepared
        self.ledger = ledger
        self.range = range
    }

    private static let stretch = 200
    /// Fewer are done at once, all flips with their mirror images.
    private static let few = 3_200

    /// Rearrangements of the test that has most: by Draper and Stoneman's method contrasts may have fewer than the question.
    private var count: Int { prepared.map(\.count).max() ?? 0 }

    /// - Returns: a tally for each test.
    @_optimize(none)
    package func run(workers: Workers, progress: any ProgressObserver) async throws -> [StudyTally] {
        let range = range ?? 0..<count
        guard let ledger, self.range != nil || count > Self.few else {
            var tallies: [StudyTally] = []
            for test in prepared {
                tallies.append(try await test.tally(range, workers: workers, progress: progress))
            }
            return tallies
        }
        let kept = try ledger.open(range, of: count, tests: prepared.count)
        var counts: StudyCounts? = prepared.first.flatMap { test in
            test.test.options.countsUncorrected
                ? StudyCounts(ledger, range.clamped(to: 0..<test.count), voxels: test.observed.count) : nil
        }
        progress.began("Permutations", units: range.count)
        progress.advanced(by: kept.table.count)
        try await recount(&counts, upTo: kept.next, workers)
        while !kept.isComplete {
            let stretch = kept.next..<min(kept.next + Self.stretch, range.upperBound)
            var columns: [[NullDistribution.Maxima]] = []
            for (place, test) in prepared.enumerated() {
                let tally = try await test.tally(stretch, workers: workers)
                // A test that has fewer rearrangements has zeros where others go on.
                let none = [NullDistribution.Maxima](
                    repeating: NullDistribution.Maxima(positive: .zero, negative: .zero),
                    count: stretch.count - tally.maxima.count)
                columns.append(tally.maxima + none)
                if place == 0 { counts?.add(tally) }
            }
            try kept.append(table: stretch.indices.map { row in columns.map { $0[row - stretch.lowerBound] } })
            try counts?.save()
            progress.advanced(by: stretch.count)
        }
        progress.ended()
        return prepared.enumerated().map { place, test in
            let whole = StudyTally(range: range, maxima: kept.table.map { $0[place] }).clamped(to: 0..<test.count)
            return place == 0 ? whole.counted(by: counts?.tally) : whole
        }
    }

    /// Counts of rearrangements that are kept without them: the ledger was written last, or its counts were lost.
    @_optimize(none)
    private func recount(_ counts: inout StudyCounts?, upTo end: Int, _ workers: Workers) async throws {
        guard var made = counts, let test = prepared.first else { return }
        let end = min(end, made.range.upperBound)
        if made.next > end {
            // Counts of rearrangements that are not kept cannot be told apart from the others.
            made.remove()
            guard let ledger else { return }
            made = StudyCounts(ledger, made.range, voxels: test.observed.count)
        }
        while made.next < end {
            made.add(try await test.tally(made.next..<min(made.next + Self.stretch, end), workers: workers))
        }
        try made.save()
        counts = made
    }
}
