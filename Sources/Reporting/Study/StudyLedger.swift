import Evidence
import Formats
import Foundation
import Imaging
import Inference
public import PrimaryStudy
import SeedBasedMapping

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
    /// - Throws: `PermutationLedger.Problem` where the file is of another test, damaged, or cannot be written.
    func open(_ range: Range<Int>, of count: Int) throws -> PermutationLedger {
        try PermutationLedger.open(path, .init(key: key, permutations: count, range: range))
    }

    public func remove() { unlink(path) }

    /// Whether some rearrangements of this test are kept.
    public var isStarted: Bool {
        guard FileManager.default.fileExists(atPath: path), let ledger = try? PermutationLedger.read(path).ledger else {
            return false
        }
        return ledger.header.key == key && !ledger.table.isEmpty
    }

    /// The parts that ``StudyAnalysis/permute(shard:of:into:workers:progress:)`` made.
    /// - Throws: `InputError` for a part of another study, one that is not finished, a gap, or one that is there twice.
    public static func parts(_ paths: [String], of analysis: StudyAnalysis) throws -> [StudyTally] {
        let key = analysis.key
        var parts: [StudyTally] = []
        for path in paths {
            let ledger = try PermutationLedger.read(path).ledger
            guard ledger.header.key == key else {
                throw InputError(
                    at: SourceLocation(file: path),
                    "is a part of another study (other input, options, seed or version).",
                    remedy: "Give the options that the part was made with, and the same --seed.")
            }
            guard ledger.isComplete else {
                throw InputError(
                    at: SourceLocation(file: path),
                    "is not finished: \(ledger.table.count) of \(ledger.header.range.count) rearrangements are there.",
                    remedy: "Give its command again; it goes on where it was.")
            }
            if !ledger.header.range.isEmpty {
                parts.append(StudyTally(range: ledger.header.range, maxima: ledger.rows))
            }
        }
        let sorted = parts.sorted { $0.range.lowerBound < $1.range.lowerBound }
        let count = try paths.first.map { try PermutationLedger.read($0).ledger.header.permutations } ?? 0
        var next = 0
        for part in sorted {
            guard part.range.lowerBound == next else {
                throw InputError(
                    part.range.lowerBound < next
                        ? "rearrangements from \(part.range.lowerBound) on are there twice."
                        : "rearrangements \(next) to \(part.range.lowerBound - 1) are in no part.",
                    remedy: "Name every part once (--part).")
            }
            next = part.range.upperBound
        }
        guard next == count else {
            throw InputError(
                "rearrangements \(next) to \(count - 1) are in no part.", remedy: "Name every part once (--part).")
        }
        return sorted
    }
}

extension StudyAnalysis {
    /// A hash of all that the rearrangements' maxima depend on.
    var key: String {
        // Not by what findings are called, nor what else is told: that may change between parts and their merging.
        let test = [
            "study 2", "\(choices.permutations)", "\(choices.seed)", "\(choices.statistic)", "\(choices.clusterP)",
            "\(choices.nuisance)", choices.minimumMaps.map(String.init) ?? "-", "\(participants.exchange)",
            "\(mask.count)", "\(mask.grid)",
        ]
        var bytes: [UInt8] = Array(test.joined(separator: " ").utf8)
        for column in participants.columns {
            bytes += Array(column.name.utf8)
            for value in column.values { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 } }
        }
        for unit in units {
            for value in unit { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 } }
        }
        return ContentHash(path: "", content: bytes).sha256
    }
}
