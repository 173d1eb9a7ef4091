import Imaging
import Reporting
import Testing

@Suite("ZIP archives")
struct ZipArchiveTests {
    @Test("what goes in comes out: empty, short, long, packed before, with names in UTF-8")
    func contents() throws {
        var archive = ZipArchive()
        let files: [String: [UInt8]] = [
            "b/long.txt": Array(String(repeating: "the same again; ", count: 5000).utf8), "a/ü.txt": Array("abc".utf8),
            "empty.txt": [], "map.nii.gz": Gzip.compress([1, 2, 3]),
        ]
        for (name, bytes) in files { archive.add(name, bytes) }
        let bytes = try archive.bytes()
        let zip = try Unzipped(bytes)
        #expect(zip.files == files)
        #expect(zip.names == ["a/ü.txt", "b/long.txt", "empty.txt", "map.nii.gz"])
        // 80,000 bytes of one sentence deflate to next to nothing.
        #expect(bytes.count < 2000)
    }

    @Test("the same files give the same bytes, in whatever order they were added; no entry knows the time")
    func deterministic() throws {
        var (one, other) = (ZipArchive(), ZipArchive())
        for name in ["a", "b", "c"] { one.add(name, Array(name.utf8)) }
        for name in ["c", "a", "b"] { other.add(name, Array(name.utf8)) }
        #expect(try one.bytes() == other.bytes())
        // 1980-01-01 00:00: date 0x0021 above time 0.
        #expect(try Unzipped(try one.bytes()).times == [0x0021_0000])
    }

    @Test("an archive of nothing is one")
    func empty() throws { #expect(try Unzipped(try ZipArchive().bytes()).names.isEmpty) }
}
