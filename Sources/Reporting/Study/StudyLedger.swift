import Evidence
import Formats
import Foundation
import Imaging
import Inference
public import PrimaryStudy
package import SeedBasedMapping

/// Rearrangements that are done, kept on disk (``SeedBasedMapping/PermutationLedger``), so that an interrupted study goes on where it
/// was, and that several machines can share one.
///
/// The file names its test by a hash of images, design and choices.
public struct StudyLedger: Sendable {
    public let path: String
    let key: String

    /// - Parameter analysis: what the file must be of.
    public init(_ path: String, of analysis: StudyAnalysis) {
        self.path = path
        key = analysis.key
    }

    /// Of a range of a test's rearrangements: a new file, or what an interrupted run left behind.
    ///
    /// - Parameter tests: the question's, and one for each contrast of a conjunction; their largest values stand side by side.
    /// - Throws: `PermutationLedger.Problem` where the file is of another test, damaged, or cannot be written.
    package func open(_ range: Range<Int>, of count: Int, tests: Int = 1) throws -> PermutationLedger {
        try PermutationLedger.open(
            path,
            .init(
                key: key, permutations: count, range: range,
                nulls: [""] + (1..<max(tests, 1)).map { "contrast_\($0)_" }))
    }

    public func remove() {
        unlink(path)
        unlink("\(path).counts")
    }

    /// Whether some rearrangements of this test are kept.
    public var isStarted: Bool {
        guard FileManager.default.fileExists(atPath: path), let ledger = try? PermutationLedger.read(path).ledger else {
            return false
        }
        return ledger.header.key == key && !ledger.table.isEmpty
    }

    /// The parts that ``StudyAnalysis/permute(shard:of:into:workers:progress:)`` made, put together: a tally of the question, then one
    /// of each contrast of a conjunction.
    ///
    /// - Throws: `InputError` for a part of another study, one that is not finished or has not the counts that are asked for, a gap, or
    ///   one that is there twice.
    public static func parts(_ paths: [String], of analysis: StudyAnalysis) throws -> [StudyTally] {
        let key = analysis.key
        var parts: [[StudyTally]] = []
        for path in paths {
            let ledger = try PermutationLedger.read(path).ledger
            guard ledger.header.key == key else {
                throw InputError(
                    at: SourceLocation(file: path),
                    "is a part of another study (other input, options, seed or version).",
                    remedy: "Give the options that the part was made with (--conjunction too), and the same --seed.")
            }
            guard ledger.isComplete else {
                throw InputError(
                    at: SourceLocation(file: path),
                    "is not finished: \(ledger.table.count) of \(ledger.header.range.count) rearrangements are there.",
                    remedy: "Give its command again; it goes on where it was.")
            }
            if !ledger.header.range.isEmpty {
                let range = ledger.header.range
                var tallies = ledger.header.nulls.indices.map { null in
                    StudyTally(range: range, maxima: ledger.table.map { $0[null] })
                }
                if analysis.choices.countsFalseDiscoveries {
                    tallies[0] = tallies[0].counted(
                        by: try counts(StudyLedger(path, of: analysis), range, voxels: analysis.mask.count))
                }
                parts.append(tallies)
            }
        }
        let sorted = parts.sorted { $0[0].range.lowerBound < $1[0].range.lowerBound }
        let count = try paths.first.map { try PermutationLedger.read($0).ledger.header.permutations } ?? 0
        var next = 0
        for range in sorted.map(\.[0].range) {
            guard range.lowerBound == next else {
                throw InputError(
                    range.lowerBound < next
                        ? "rearrangements from \(range.lowerBound) on are there twice."
                        : "rearrangements \(next) to \(range.lowerBound - 1) are in no part.",
                    remedy: "Name every part once (--part).")
            }
            next = range.upperBound
        }
        guard next == count else {
            throw InputError(
                "rearrangements \(next) to \(count - 1) are in no part.", remedy: "Name every part once (--part).")
        }
        return (sorted.first ?? []).indices.compactMap { test in
            StudyTally.merging(sorted.compactMap { $0.indices.contains(test) ? $0[test] : nil })
        }
    }

    /// What a part counted at each voxel.
    private static func counts(_ ledger: StudyLedger, _ range: Range<Int>, voxels: Int) throws(InputError) -> StudyTally
    {
        let counts = StudyCounts(ledger, range, voxels: voxels)
        guard counts.isComplete else {
            throw InputError(
                at: SourceLocation(file: counts.path),
                "the part's counts for --fdr are not there, not finished or damaged.",
                remedy:
                    "Copy the file along with \(ledger.path). Where there is none, give the part's command again with --fdr: the counts alone are made then."
            )
        }
        return counts.tally
    }
}

extension StudyAnalysis {
    /// A hash of all that the rearrangements' maxima depend on.
    var key: String {
        // Not by what findings are called, nor what else is told: that may change between parts and their merging.
        let test = [
            "study 3", "\(choices.permutations)", "\(choices.seed)", "\(choices.statistic)", "\(choices.clusterP)",
            "\(choices.nuisance)", choices.minimumMaps.map(String.init) ?? "-", "\(participants.exchange)",
            "\(mask.count)", "\(mask.grid)", choices.isConjunction ? "conjunction" : "",
        ]
        var key = NullKey(test.joined(separator: " "))
        for column in participants.columns {
            key.add("\(column.name) \(column.isTested)")
            key.add(column.values)
        }
        for unit in units { key.add(unit) }
        return key.text
    }
}
