import Foundation
import Imaging
public import Inference

/// The maxima of the permutations done so far, on disk: what an interrupted test resumes from, and what a shard is.
///
/// A text file: a header that says what was permuted (`key`, a hash of everything the result depends on) and which
/// permutations belong to it, then blocks of rows, each closed by a line with its checksum. A block is written and
/// flushed in one go; a block cut off by a crash has no closing line and is dropped when the file is read again.
public final class PermutationLedger: @unchecked Sendable {
    /// What the file must agree with.
    public struct Header: Hashable, Sendable {
        /// Hash of inputs and settings.
        public var key: String
        /// Permutations of the whole test.
        public var permutations: Int
        /// Those of this file.
        public var range: Range<Int>
        /// The null distributions that stand side by side, as the beginnings of their columns' names.
        public var nulls: [String]

        public init(key: String, permutations: Int, range: Range<Int>, nulls: [String] = [""]) {
            self.key = key
            self.permutations = permutations
            self.range = range
            self.nulls = nulls
        }

        fileprivate static let columns = [
            "z", "tfce", "size", "mass", "z_negative", "tfce_negative", "size_negative", "mass_negative",
        ]

        fileprivate var lines: [String] {
            [
                "# cuneus permutation ledger 1", "# key \(key)", "# permutations \(permutations)",
                "# range \(range.lowerBound) \(range.upperBound)",
                (["permutation"] + nulls.flatMap { null in Self.columns.map { null + $0 } }).joined(separator: "\t"),
            ]
        }
    }

    /// Why a ledger cannot be used.
    public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        public var path: String
        public var line: Int?
        public var reason: String
        public var remedy: String
        /// Whether the ledger could not be written: the place is at fault, not what stands in it.
        public var isOutput = false

        public var description: String {
            "\(path)\(line.map { ":\($0)" } ?? ""): \(reason) \(remedy)"
        }
    }

    public let path: String
    public let header: Header
    /// By permutation, from the start of the range, without gaps: the maxima of every null.
    public private(set) var table: [[NullDistribution.Maxima]]

    /// The maxima of the first null.
    public var rows: [NullDistribution.Maxima] { table.map { $0[0] } }

    /// The first permutation not yet in it.
    public var next: Int { header.range.lowerBound + table.count }
    public var isComplete: Bool { next >= header.range.upperBound }

    private init(path: String, header: Header, table: [[NullDistribution.Maxima]]) {
        self.path = path
        self.header = header
        self.table = table
    }

    /// Opens the ledger of a test: a new one, or what an interrupted run left behind.
    /// - Throws: ``Problem`` when the file belongs to another test or is damaged.
    public static func open(_ path: String, _ header: Header) throws -> PermutationLedger {
        guard FileManager.default.fileExists(atPath: path) else {
            let ledger = PermutationLedger(path: path, header: header, table: [])
            try ledger.replace(with: header.lines.joined(separator: "\n") + "\n")
            return ledger
        }
        let (ledger, isTorn) = try read(path)
        guard ledger.header == header else {
            let reason =
                ledger.header.key != header.key
                ? "it belongs to another analysis (other input, settings, seed or version)."
                : "it is for permutations \(ledger.header.range) of \(ledger.header.permutations), not \(header.range) of \(header.permutations)."
            throw Problem(
                path: path, reason: reason, remedy: "Remove it, or choose another --out, to start from the beginning.")
        }
        if isTorn { try ledger.replace(with: ledger.text) }
        return ledger
    }

    /// Reads a ledger.
    /// - Returns: the ledger, and whether a block at its end was cut off and dropped.
    public static func read(_ path: String) throws -> (ledger: PermutationLedger, isTorn: Bool) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Problem(path: path, reason: "it cannot be read.", remedy: "Check the path.")
        }
        func damaged(_ line: Int, _ what: String) -> Problem {
            Problem(
                path: path, line: line, reason: "the ledger is damaged: \(what).",
                remedy: "Remove it to start from the beginning.")
        }
        let endsWhole = data.last == UInt8(ascii: "\n")
        var lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
        // After the last line feed: nothing, or a line cut short.
        if !lines.isEmpty { lines.removeLast() }
        guard let header = header(lines) else { throw damaged(1, "its header is not that of a permutation ledger") }
        var rows: [[NullDistribution.Maxima]] = []
        var block: [(line: Int, text: String)] = []
        for (index, text) in lines.enumerated().dropFirst(header.lines.count) {
            guard text.hasPrefix("# block ") else {
                block.append((index + 1, text))
                continue
            }
            let body = block.map(\.text).joined(separator: "\n")
            guard text == "# block \(checksum(body))" else {
                throw damaged(index + 1, "the checksum of the rows above does not agree")
            }
            for (line, text) in block {
                guard let (permutation, maxima) = parse(text, nulls: header.nulls.count),
                    permutation == header.range.lowerBound + rows.count
                else {
                    throw damaged(line, "row '\(text.prefix(60))' is not the next permutation")
                }
                rows.append(maxima)
            }
            block = []
        }
        guard rows.count <= header.range.count else {
            throw damaged(lines.count, "there are more rows than it should have")
        }
        let ledger = PermutationLedger(path: path, header: header, table: rows)
        return (ledger, !block.isEmpty || !endsWhole)
    }

    /// Adds the next permutations, and waits until the disk has them.
    public func append(_ maxima: [NullDistribution.Maxima]) throws { try append(table: maxima.map { [$0] }) }

    /// The same, of several nulls.
    public func append(table added: [[NullDistribution.Maxima]]) throws {
        let text = Self.block(added, from: next)
        do {
            try AtomicFile.append(Array(text.utf8), to: path)
        } catch {
            throw Problem(error)
        }
        table += added
    }

    public func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// The permutations of one of `count` equal parts of a test.
    ///
    /// - Parameter part: from 1 to `count`.
    public static func range(part: Int, of count: Int, permutations: Int) -> Range<Int> {
        // The product may have more than 64 bits, the quotient has not.
        func bound(_ parts: Int) -> Int {
            count.dividingFullWidth(parts.multipliedFullWidth(by: permutations)).quotient
        }
        return bound(part - 1)..<bound(part)
    }

    private var text: String {
        header.lines.joined(separator: "\n") + "\n"
            + (table.isEmpty ? "" : Self.block(table, from: header.range.lowerBound))
    }

    private func replace(with text: String) throws {
        do {
            try AtomicFile.write(Array(text.utf8), to: path, isDurable: true)
        } catch {
            throw Problem(error)
        }
    }

    private static func block(_ table: [[NullDistribution.Maxima]], from first: Int) -> String {
        let rows = table.enumerated().map { index, row in
            let values = row.flatMap { [$0.positive, $0.negative] }.flatMap { side in (0..<4).map { "\(side[$0])" } }
            return "\(first + index)\t" + values.joined(separator: "\t")
        }.joined(separator: "\n")
        return rows + "\n# block \(checksum(rows))\n"
    }

    private static func parse(_ text: String, nulls: Int) -> (Int, [NullDistribution.Maxima])? {
        let cells = text.split(separator: "\t", omittingEmptySubsequences: false)
        guard cells.count == 1 + 8 * nulls, let permutation = Int(cells[0]) else { return nil }
        let values = cells.dropFirst().compactMap { Float($0) }
        guard values.count == 8 * nulls else { return nil }
        let row = stride(from: 0, to: values.count, by: 8).map { first in
            NullDistribution.Maxima(
                positive: SIMD4(values[first..<first + 4]), negative: SIMD4(values[first + 4..<first + 8]))
        }
        return (permutation, row)
    }

    private static func header(_ lines: [String]) -> Header? {
        guard lines.count >= 5 else { return nil }
        func value(_ index: Int, _ name: String) -> String? {
            lines[index].hasPrefix("# \(name) ") ? String(lines[index].dropFirst(name.count + 3)) : nil
        }
        guard let key = value(1, "key"), let count = value(2, "permutations").flatMap({ Int($0) }),
            let range = value(3, "range")?.split(separator: " ").compactMap({ Int($0) }), range.count == 2,
            0 <= range[0], range[0] <= range[1], range[1] <= count
        else { return nil }
        // The first column of each null is its name and z.
        let names = lines[4].split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        let nulls = stride(from: 1, to: names.count, by: Header.columns.count).map { String(names[$0].dropLast()) }
        guard !nulls.isEmpty else { return nil }
        let header = Header(key: key, permutations: count, range: range[0]..<range[1], nulls: nulls)
        return Array(lines[..<5]) == header.lines ? header : nil
    }

    /// FNV-1a, 64 bits: finds damage, not malice.
    private static func checksum(_ text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }
}

extension PermutationLedger.Problem {
    init(_ failure: AtomicFile.Failure) {
        self.init(path: failure.path, reason: "cannot \(failure.action): \(failure.reason).", remedy: failure.remedy)
        isOutput = true
    }
}
