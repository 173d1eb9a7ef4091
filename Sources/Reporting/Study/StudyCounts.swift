import Formats
import Foundation
import Imaging
package import PrimaryStudy

/// How often rearrangements passed the data at each voxel (for q of the false discovery rate), kept in a file beside their
/// ``StudyLedger``: a few numbers for each voxel, however many rearrangements they are of.
///
/// A line that says of which test and which rearrangements it is, the three counts as little-endian 32-bit numbers, and the
/// SHA-256 of all before it. What is missing or damaged is no loss but of time: counts can be made anew.
package struct StudyCounts: Sendable {
    let path: String
    private let key: String
    let range: Range<Int>
    /// The first rearrangement that is not counted yet.
    private(set) var next: Int
    private var counts: StudyTally

    /// Those that are kept, else none yet.
    ///
    /// - Parameters:
    ///   - ledger: of the rearrangements.
    ///   - range: rearrangements that are to be counted.
    package init(_ ledger: StudyLedger, _ range: Range<Int>, voxels: Int) {
        path = "\(ledger.path).counts"
        key = ledger.key
        self.range = range
        next = range.lowerBound
        let none = [Int32](repeating: 0, count: voxels)
        counts = StudyTally(
            range: range.lowerBound..<range.lowerBound, maxima: [], notBelow: none, notAbove: none, notInside: none)
        if let kept = read() { (next, counts) = (kept.range.upperBound, kept) }
    }

    var isComplete: Bool { next >= range.upperBound }

    /// What is counted, without largest values.
    var tally: StudyTally { counts }

    /// The next rearrangements.
    package mutating func add(_ tally: StudyTally) {
        precondition(tally.range.lowerBound == next, "counted twice, or left out")
        next = tally.range.upperBound
        counts = StudyTally(
            range: range.lowerBound..<next, maxima: [], notBelow: zip(counts.notBelow, tally.notBelow).map { $0 + $1 },
            notAbove: zip(counts.notAbove, tally.notAbove).map { $0 + $1 },
            notInside: zip(counts.notInside, tally.notInside).map { $0 + $1 })
    }

    /// - Throws: `AtomicFile.Failure`.
    package func save() throws {
        var bytes = Array("\(head) \(next)\n".utf8)
        for list in [counts.notBelow, counts.notAbove, counts.notInside] {
            for count in list { withUnsafeBytes(of: count.littleEndian) { bytes += $0 } }
        }
        bytes += Array(ContentDigest.sha256(bytes).utf8)
        try AtomicFile.write(bytes, to: path, isDurable: true)
    }

    func remove() { unlink(path) }

    private var head: String { "cuneus study counts 1 \(key) \(range.lowerBound) \(range.upperBound)" }

    /// nil where there is no file, or one of another test, of other rearrangements or damaged.
    private func read() -> StudyTally? {
        let voxels = counts.notBelow.count
        let most = head.utf8.count + 32 + 12 * voxels + Self.digits
        guard let size = try? AtomicFile.size(of: path), size <= most,
            let bytes = try? AtomicFile.read(path, count: size), let end = bytes.firstIndex(of: UInt8(ascii: "\n"))
        else { return nil }
        let start = end + 1
        guard bytes.count == start + 12 * voxels + Self.digits else { return nil }
        let line = String(decoding: bytes[..<end], as: UTF8.self)
        guard line.hasPrefix("\(head) "), let next = Int(line.dropFirst(head.count + 1)),
            (range.lowerBound...range.upperBound).contains(next),
            ContentDigest.sha256(Array(bytes.dropLast(Self.digits)))
                == String(decoding: bytes.suffix(Self.digits), as: UTF8.self)
        else { return nil }
        let lists = (0..<3).map { list in
            (0..<voxels).map { voxel in
                let place = start + 4 * (list * voxels + voxel)
                let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }
                return Int32(bitPattern: bits)
            }
        }
        return StudyTally(
            range: range.lowerBound..<next, maxima: [], notBelow: lists[0], notAbove: lists[1], notInside: lists[2])
    }

    /// Of a SHA-256.
    private static let digits = 64
}
