import Foundation
import Imaging
import Testing

@Suite("Gzip and zlib")
struct GzipTests {
    private static let fox = Array(String(repeating: "the quick brown fox ", count: 3).utf8)

    @Test(
        "files by another program are read, with and without a file name",
        // Python: gzip.compress(b'the quick brown fox ' * 3, 9, mtime=0); GzipFile('name.txt', …, mtime=123456).
        arguments: [
            "H4sIAAAAAAACAyvJSFUoLM1MzlZIKsovz1NIy69QKCFSDABTfwEhPAAAAA==",
            "H4sICEDiAQAC/25hbWUudHh0ACvJSFUoLM1MzlZIKsovz1NIy69QKCFSDABTfwEhPAAAAA==",
        ])
    func foreign(_ base64: String) throws {
        let bytes = [UInt8](try #require(Data(base64Encoded: base64)))
        #expect(try Gzip.decompress(bytes) == Self.fox)
        #expect(try Gzip.decompress(bytes + bytes) == Self.fox + Self.fox)
    }

    @Test("content of any size comes back", arguments: [0, 1, 2, 1000, 65535, 65536, 1_000_003], [0, 1, 6, 12])
    func roundTrip(count: Int, level: Int) throws {
        let content = (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }
        #expect(try Gzip.decompress(Gzip.compress(content, level: level)) == content)
    }

    @Test("equal content gives equal bytes without a time stamp")
    func deterministic() {
        let bytes = Gzip.compress(Self.fox)
        #expect(bytes == Gzip.compress(Self.fox))
        // RFC 1952: magic, deflate, flags (no name), four bytes of modification time.
        #expect(bytes[..<8] == [0x1f, 0x8b, 8, 0, 0, 0, 0, 0])
    }

    @Test("content above the limit is refused; at the limit it is read")
    func limit() throws {
        let bytes = Gzip.compress([UInt8](repeating: 7, count: 10_000))
        #expect(throws: GzipError.tooLarge(limit: 9_999)) { try Gzip.decompress(bytes, limit: 9_999) }
        #expect(try Gzip.decompress(bytes, limit: 10_000).count == 10_000)
    }

    @Test(
        "the beginning alone is what the whole begins with, for stored, fixed and dynamic blocks",
        arguments: [0, 1, 6, 12])
    func prefix(level: Int) {
        let random = (0..<70_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }
        let text = (0..<3000).flatMap { Array("voxel \($0 % 91), ".utf8) }
        for content in [Self.fox, random, text, [UInt8](repeating: 0, count: 100_000), Self.fox + random, []] {
            let member = Gzip.compress(content, level: level)
            for count in [0, 1, 17, 540, 60, 66_000, 300_000] {
                #expect(Gzip.prefix(of: member, count: count) == Array(content.prefix(count)))
                // Over the seam of two members.
                let twice = Array((content + content).prefix(count))
                #expect(Gzip.prefix(of: member + member, count: count) == twice)
            }
        }
    }

    @Test("damage is refused")
    func damage() {
        var bytes = Gzip.compress(Self.fox)
        #expect(throws: GzipError.damaged(member: 0)) { try Gzip.decompress(bytes.dropLast()) }
        #expect(throws: GzipError.damaged(member: 0)) { try Gzip.decompress([]) }
        #expect(throws: GzipError.damaged(member: bytes.count)) { try Gzip.decompress(bytes + Array("rubbish".utf8)) }
        bytes[bytes.count - 6] ^= 1
        #expect(throws: GzipError.damaged(member: 0)) { try Gzip.decompress(bytes) }
    }

    @Test("CRC-32 and zlib framing are those of the standards")
    func zlib() {
        // The check value of CRC-32/ISO-HDLC.
        #expect(crc32(Array("123456789".utf8)) == 0xcbf4_3926)
        #expect(crc32("123456789".utf8) == 0xcbf4_3926)
        #expect(crc32(Array("6789".utf8), continuing: crc32(Array("12345".utf8))) == 0xcbf4_3926)
        let bytes = Zlib.compress(Self.fox)
        // RFC 1950: deflate with a 32 KiB window, header a multiple of 31, Adler-32 (zlib.adler32 in Python).
        #expect(bytes[0] == 0x78)
        #expect((Int(bytes[0]) << 8 | Int(bytes[1])) % 31 == 0)
        #expect(bytes.suffix(4) == adler32(Self.fox))
    }

    private func adler32(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        var (a, b): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            a = (a + UInt32(byte)) % 65521
            b = (b + a) % 65521
        }
        return [UInt8(b >> 8), UInt8(b & 255), UInt8(a >> 8), UInt8(a & 255)]
    }
}
