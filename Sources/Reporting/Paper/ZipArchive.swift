import Imaging

/// Writes ZIP archives (PKWARE APPNOTE 6.3.10): entries stored or deflated, names in UTF-8, no extra fields.
///
/// The same files give the same bytes: entries are sorted by name and all have the date 1980-01-01 00:00. (Another version
/// of libdeflate may deflate to other bytes.)
public struct ZipArchive: Sendable {
    /// What the format cannot hold without its 64-bit extension.
    public struct TooLarge: Error, Hashable, Sendable, CustomStringConvertible {
        public var description: String { "more than 4 GiB or 65,535 files do not fit a ZIP archive" }
    }

    private var entries: [String: [UInt8]] = [:]

    public init() {}

    /// Adds a file, in place of one of the same name.
    public mutating func add(_ name: String, _ content: [UInt8]) { entries[name] = content }

    /// Names of the files, sorted.
    public var names: [String] { entries.keys.sorted() }

    /// The archive.
    public func bytes() throws(TooLarge) -> [UInt8] {
        let total = entries.reduce(0) { $0 + $1.value.count + 2 * $1.key.utf8.count + 128 }
        guard total < 0xFFFF_0000, entries.count < 0xFFFF else { throw TooLarge() }
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for name in names {
            let entry = Entry(name, entries[name] ?? [], offset: file.count)
            file += entry.header + entry.packed
            directory += entry.directory
        }
        let start = file.count
        file += directory
        file += Self.little(0x0605_4B50, 4) + Self.little(0, 4) + Self.little(entries.count, 2)
        file += Self.little(entries.count, 2) + Self.little(directory.count, 4) + Self.little(start, 4)
        file += Self.little(0, 2)
        return file
    }

    fileprivate static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}

extension ZipArchive {
    /// One file: its bytes as they are stored, and the two descriptions of it.
    private struct Entry {
        let name: [UInt8]
        let packed: [UInt8]
        let header: [UInt8]
        let directory: [UInt8]

        init(_ path: String, _ content: [UInt8], offset: Int) {
            name = Array(path.utf8)
            let deflated = Self.isPacked(path) ? nil : Self.deflated(content)
            let isSmaller = (deflated?.count ?? .max) < content.count
            packed = isSmaller ? deflated ?? content : content
            // Version 2.0 to extract, names in UTF-8, method, 00:00 of 1980-01-01, CRC-32, sizes, length of the name, nothing extra.
            let common =
                ZipArchive.little(20, 2) + ZipArchive.little(1 << 11, 2) + ZipArchive.little(isSmaller ? 8 : 0, 2)
                + ZipArchive.little(0, 2) + ZipArchive.little(0x0021, 2) + ZipArchive.little(Int(crc32(content)), 4)
                + ZipArchive.little(packed.count, 4) + ZipArchive.little(content.count, 4)
                + ZipArchive.little(name.count, 2) + ZipArchive.little(0, 2)
            header = ZipArchive.little(0x0403_4B50, 4) + common + name
            // Made by version 2.0 on MS-DOS; no comment, disk 0, no attributes.
            directory =
                ZipArchive.little(0x0201_4B50, 4) + ZipArchive.little(20, 2) + common + ZipArchive.little(0, 2)
                + ZipArchive.little(0, 2) + ZipArchive.little(0, 2) + ZipArchive.little(0, 4)
                + ZipArchive.little(offset, 4) + name
        }

        /// Deflating these again would cost time and save nothing.
        private static func isPacked(_ name: String) -> Bool {
            [".gz", ".png", ".zip", ".xlsx", ".jpg"].contains { name.hasSuffix($0) }
        }

        /// The deflate stream of a gzip file: behind its ten bytes of header, before its eight of checksum and size.
        private static func deflated(_ content: [UInt8]) -> [UInt8] {
            Array(Gzip.compress(content).dropFirst(10).dropLast(8))
        }
    }
}
