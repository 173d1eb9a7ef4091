import Inference
import PrimaryStudy
import SeedBasedMapping

/// The rearrangements of a study in stretches, each kept as soon as it is done.
struct StudyStretches {
    let prepared: PreparedStudyTest
    let ledger: StudyLedger?
    /// Those of a part; nil: all.
    var range: Range<Int>?

    private static let stretch = 200
    /// Fewer are done at once, all flips with their mirror images.
    private static let few = 3_200

    @_optimize(none)
    func run(workers: Workers, progress: any ProgressObserver) async throws -> StudyTally {
        let range = range ?? 0..<prepared.count
        guard let ledger, self.range != nil || prepared.count > Self.few else {
            return try await prepared.tally(range, workers: workers, progress: progress)
        }
        let kept = try ledger.open(range, of: prepared.count)
        progress.began("Permutations", units: range.count)
        progress.advanced(by: kept.table.count)
        while !kept.isComplete {
            let stretch = kept.next..<min(kept.next + Self.stretch, range.upperBound)
            try kept.append(try await prepared.tally(stretch, workers: workers).maxima)
            progress.advanced(by: stretch.count)
        }
        progress.ended()
        return StudyTally(range: range, maxima: kept.rows)
    }
}
