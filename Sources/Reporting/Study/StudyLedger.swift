import Formats
import Foundation
import Imaging
import Inference
public import PrimaryStudy

/// Rearrangements that are done, kept on disk, so that an interrupted study goes on where it was.
///
/// A text file: a line that names the test by a hash of its images, design and choices, then for every stretch of rearrangements its
/// numbers and the maxima. A file of another test is not used; a last line that is cut off is dropped.
public struct StudyLedger: Sendable {
    public let path: String
    let key: String

    /// - Parameter analysis: what the file must be of.
    public init(_ path: String, of analysis: StudyAnalysis) {
        self.path = path
        key = analysis.key
    }

    private static let head = "cuneus-study-permutations 1"

    /// What is there of this test.
    func read() -> [StudyTally] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.first.map(String.init) == "\(Self.head)\t\(key)" else { return [] }
        // The last piece is empty where the file ends with a line end.
        return lines.dropFirst().dropLast().compactMap { Self.tally(String($0)) }
    }

    func begin() throws(ReportingError) {
        if !read().isEmpty { return }
        do {
            try AtomicFile.write(Array("\(Self.head)\t\(key)\n".utf8), to: path)
        } catch {
            throw ReportingError(error)
        }
    }

    func add(_ tally: StudyTally) throws(ReportingError) {
        let numbers = tally.maxima.flatMap { maxima in
            (0..<4).map { String(maxima.positive[$0].bitPattern, radix: 16) }
                + (0..<4).map { String(maxima.negative[$0].bitPattern, radix: 16) }
        }
        let line = "\(tally.range.lowerBound)\t\(tally.range.upperBound)\t\(numbers.joined(separator: " "))\n"
        do {
            try AtomicFile.append(Array(line.utf8), to: path)
        } catch {
            throw ReportingError(error)
        }
    }

    public func remove() { unlink(path) }

    /// Whether some rearrangements are kept.
    public var isStarted: Bool { !read().isEmpty }

    private static func tally(_ line: String) -> StudyTally? {
        let parts = line.split(separator: "\t")
        guard parts.count == 3, let first = Int(parts[0]), let last = Int(parts[1]), first >= 0, first < last else {
            return nil
        }
        let numbers = parts[2].split(separator: " ").compactMap { UInt32($0, radix: 16) }.map { Float(bitPattern: $0) }
        guard numbers.count == 8 * (last - first) else { return nil }
        return StudyTally(
            range: first..<last,
            maxima: (0..<last - first).map { row in
                let start = 8 * row
                return NullDistribution.Maxima(
                    positive: [numbers[start], numbers[start + 1], numbers[start + 2], numbers[start + 3]],
                    negative: [numbers[start + 4], numbers[start + 5], numbers[start + 6], numbers[start + 7]])
            })
    }
}

extension StudyAnalysis {
    /// A hash of all that the rearrangements' maxima depend on.
    var key: String {
        var bytes: [UInt8] = Array("\(choices)\(participants.exchange)\(mask.count)\(mask.grid)".utf8)
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
