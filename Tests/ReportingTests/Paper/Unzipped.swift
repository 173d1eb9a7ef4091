import Foundation
import Imaging
import Testing

/// The files of a ZIP archive, read by its central directory; a plain second opinion on ``ZipArchive``.
///
/// Deflated entries are put into a gzip frame, so that libdeflate checks their CRC-32 and size.
struct Unzipped {
    var names: [String] = []
    var files: [String: [UInt8]] = [:]
    /// DOS date and time of every entry.
    var times: Set<Int> = []

    private struct NoArchive: Error {}

    init(_ bytes: [UInt8]) throws {
        func number(_ place: Int, _ count: Int) throws -> Int {
            guard place >= 0, place + count <= bytes.count else { throw NoArchive() }
            return (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
        }
        // Without a comment the end record is the last 22 bytes.
        let end = bytes.count - 22
        guard try number(end, 4) == 0x0605_4B50 else { throw NoArchive() }
        var place = try number(end + 16, 4)
        #expect(try number(end + 12, 4) == end - place, "the directory should fill the room up to its end record")
        for _ in 0..<(try number(end + 10, 2)) {
            guard try number(place, 4) == 0x0201_4B50 else { throw NoArchive() }
            let method = try number(place + 10, 2)
            times.insert(try number(place + 12, 4))
            let crc = bytes[(place + 16)..<(place + 20)]
            let (packed, size) = (try number(place + 20, 4), try number(place + 24, 4))
            let length = try number(place + 28, 2)
            let name = String(decoding: bytes[(place + 46)..<(place + 46 + length)], as: UTF8.self)
            let local = try number(place + 42, 4)
            guard try number(local, 4) == 0x0403_4B50 else { throw NoArchive() }
            let start = local + 30 + (try number(local + 26, 2)) + (try number(local + 28, 2))
            let content = Array(bytes[start..<(start + packed)])
            names.append(name)
            if method == 8 {
                let tail = Array(crc) + (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) }
                files[name] = try Gzip.decompress([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3] + content + tail)
            } else {
                #expect(method == 0 && packed == size, "\(name)")
                files[name] = content
            }
            place += 46 + length + (try number(place + 30, 2)) + (try number(place + 32, 2))
        }
    }

    func text(_ name: String) -> String { String(decoding: files[name] ?? [], as: UTF8.self) }
}
