public import Evidence
public import Formats
import Foundation
import Imaging

/// What the parts of permutation tests would each compute before their first permutation, in one file for a project's models:
/// what `cuneus prepare` writes and `cuneus permute --prepared` reads (Docs/clusters.md).
///
/// Binary, little-endian: eight bytes that say what it is, the number of the format and the CRC-32 of the header (four bytes each), the
/// header's length (eight bytes), the header (JSON: program, and of every model its hashes and sections), then the sections, each from
/// a multiple of 64 bytes on. Sections are arrays of numbers, each with its CRC-32. The file is mapped: what is not needed is not read.
///
///     let content = try await analysis.preparedTest(plan, experiments: experiments, source: source, options: options)
///     try PreparedFile.write([content], program: "1.0", to: "prepared.cuneus")
///     let prepared = try PreparedFile("prepared.cuneus", program: "1.0").test(of: plan.name, source: source)
public struct PreparedFile: Sendable {
    /// What goes into a file of one model's test.
    public struct Content: Sendable {
        var name: String
        /// ``PreparedSource/digest``
        var source: String
        /// That of the test's ledgers.
        var key: String
        var numbers: NumberSections
    }

    private struct Header: Codable {
        struct Section: Codable {
            var name: String
            /// From the first section's first byte.
            var offset: Int
            var bytes: Int
            var checksum: UInt32
        }
        struct Model: Codable {
            var name: String
            var source: String
            var key: String
            var sections: [Section]
        }
        var program: String
        var models: [Model]
    }

    public let path: String
    private let file: MappedFile
    private let header: Header
    /// Where sections begin.
    private let start: Int

    private static let mark = Array("cuneusP\n".utf8)
    private static let format: UInt32 = 1
    /// Mark, format, checksum and length.
    private static let preamble = 24
    private static let alignment = 64

    private static func padded(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }

    static func remedy(_ path: String) -> String {
        "Make it anew: cuneus prepare PROJECT --out \(path), with the options that the parts are given; or leave --prepared out."
    }

    /// - Parameter program: the version that writes; another version computes other numbers.
    /// - Returns: bytes of the file.
    /// - Throws: `OutputError`.
    public static func write(_ contents: [Content], program: String, to path: String) throws(OutputError) -> Int {
        var header = Header(program: program, models: [])
        var pieces: [[UInt8]] = []
        var offset = 0
        for content in contents {
            var model = Header.Model(name: content.name, source: content.source, key: content.key, sections: [])
            for section in content.numbers.sections {
                let count = section.bytes.count
                model.sections.append(
                    Header.Section(
                        name: section.name, offset: offset, bytes: count, checksum: crc32(section.bytes)))
                pieces.append(section.bytes)
                pieces.append([UInt8](repeating: 0, count: padded(count) - count))
                offset += padded(count)
            }
            header.models.append(model)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let text = try? encoder.encode(header) else { preconditionFailure("names and numbers are JSON") }
        var head = mark
        withUnsafeBytes(of: format.littleEndian) { head += $0 }
        withUnsafeBytes(of: crc32(Array(text)).littleEndian) { head += $0 }
        withUnsafeBytes(of: UInt64(text.count).littleEndian) { head += $0 }
        head += text
        head += [UInt8](repeating: 0, count: padded(head.count) - head.count)
        do throws(AtomicFile.Failure) {
            try AtomicFile.write(pieces: [head] + pieces, to: path, isDurable: true)
        } catch {
            throw OutputError(path: path, reason: "it cannot be written: \(error.reason).", remedy: error.remedy)
        }
        return head.count + offset
    }

    /// Opens a file; of its sections nothing is read yet.
    ///
    /// - Parameter program: the version that reads.
    /// - Throws: `InputError` for a file that is none of these, is damaged, or was made by another version.
    public init(_ path: String, program: String) throws(InputError) {
        do throws(AtomicFile.Failure) {
            file = try MappedFile(path)
        } catch {
            throw InputError(
                at: SourceLocation(file: path), "the prepared file cannot be read: \(error.reason).",
                remedy: Self.remedy(path))
        }
        self.path = path
        let bytes = file.bytes
        func refused(_ what: String) -> InputError {
            InputError(at: SourceLocation(file: path), what, remedy: Self.remedy(path))
        }
        guard bytes.count >= Self.preamble, bytes.prefix(Self.mark.count).elementsEqual(Self.mark) else {
            throw refused("this is no file of cuneus prepare: it does not begin with 'cuneusP' and a line feed.")
        }
        let format = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
        guard format == Self.format else {
            throw refused("the prepared file has format \(format), and this program reads format \(Self.format).")
        }
        let checksum = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
        let length = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
        guard length <= UInt64(bytes.count - Self.preamble) else {
            throw MappedSections.damaged(path, "it ends at byte \(bytes.count), within a header of \(length)")
        }
        let text = Array(bytes[Self.preamble..<Self.preamble + Int(length)])
        guard crc32(text) == checksum, let header = try? JSONDecoder().decode(Header.self, from: Data(text)) else {
            throw MappedSections.damaged(path, "its header has the checksum \(crc32(text)), not \(checksum)")
        }
        guard header.program == program else {
            throw refused("the prepared file was made by cuneus \(header.program), and this is cuneus \(program).")
        }
        self.header = header
        start = Self.padded(Self.preamble + Int(length))
    }

    /// Names of the models in it.
    public var models: [String] { header.models.map(\.name) }

    /// A model's test, if it is that of the same input and settings; its sections are read to be checked.
    ///
    /// - Throws: `InputError` where the file has no such model, or one of other input or settings, or is damaged.
    public func test(of model: String, source: PreparedSource) throws(InputError) -> PreparedTest {
        func refused(_ what: String) -> InputError {
            InputError(at: SourceLocation(file: path), what, remedy: Self.remedy(path))
        }
        guard let found = header.models.first(where: { $0.name == model }) else {
            let names = models.map { "'\($0)'" }.joined(separator: ", ")
            throw refused("the prepared file has no model '\(model)'; it has \(names).")
        }
        guard found.source == source.digest else {
            throw refused(
                "the prepared file was made of other input or settings: its model '\(model)' has the hash \(found.source.prefix(16))…, what was asked for has \(source.digest.prefix(16))…."
            )
        }
        var places: [String: Range<Int>] = [:]
        let last = file.bytes.count - start
        for section in found.sections {
            let isWithin = section.offset >= 0 && section.bytes >= 0 && section.offset <= last
            guard isWithin, section.bytes <= last - section.offset else {
                throw MappedSections.damaged(
                    path, "it ends at byte \(file.bytes.count), within or before section '\(section.name)'")
            }
            let place = start + section.offset..<start + section.offset + section.bytes
            let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[place])
            let checksum = crc32(bytes.assumingMemoryBound(to: UInt8.self))
            guard checksum == section.checksum else {
                throw MappedSections.damaged(
                    path, "section '\(section.name)' has the checksum \(checksum), not \(section.checksum)")
            }
            places[section.name] = place
        }
        return try PreparedTest(MappedSections(file, places: places), key: found.key)
    }
}
