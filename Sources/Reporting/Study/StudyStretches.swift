import Inference
import PrimaryStudy

/// The rearrangements of a study in stretches, each kept as soon as it is done.
struct StudyStretches {
    let prepared: PreparedStudyTest
    let ledger: StudyLedger?

    private static let stretch = 200

    @_optimize(none)
    func run(workers: Workers, progress: any ProgressObserver) async throws -> StudyTally {
        // Few are done at once, all flips with their mirror images.
        guard prepared.count > 4 * Self.stretch * 4, let ledger else {
            return try await prepared.tally(0..<prepared.count, workers: workers, progress: progress)
        }
        try ledger.begin()
        var done: [Int: StudyTally] = [:]
        for tally in ledger.read() where tally.range.upperBound <= prepared.count {
            done[tally.range.lowerBound] = tally
        }
        progress.began("Permutations", units: prepared.count)
        var parts: [StudyTally] = []
        var start = 0
        while start < prepared.count {
            let end = min(start + Self.stretch, prepared.count)
            if let known = done[start], known.range.upperBound == end {
                parts.append(known)
            } else {
                let tally = try await prepared.tally(start..<end, workers: workers)
                try ledger.add(tally)
                parts.append(tally)
            }
            progress.advanced(by: end - start)
            start = end
        }
        progress.ended()
        guard let whole = StudyTally.merging(parts) else {
            throw StudyError.data("The stretches of rearrangements do not follow each other.")
        }
        return whole
    }
}
