import Evidence
import Formats
import Imaging
import TestSupport
import Testing

@Suite("Texts that would take more memory than they are worth")
struct TextLimitsTests {
    private func error(_ bytes: [UInt8]) -> InputError? {
        #expect(throws: InputError.self) { try TextFile(path: "a.tsv", bytes: bytes) }
    }

    @Test("five million lines are read, one more is refused with what to do")
    func lines() throws {
        let most = [UInt8](repeating: UInt8(ascii: "\n"), count: TextFile.lineLimit)
        #expect(try TextFile(path: "a.tsv", bytes: most).lines.count == TextFile.lineLimit)
        #expect(error(most + [UInt8(ascii: "\n")])?.remedy != nil)
        #expect(error(most + most + most) != nil)
    }

    @Test("a table of a gzip file is read, one character repeated beyond all measure is not")
    func ratio() throws {
        let scratch = try Scratch(nativeFiles)
        let table = Array(nativeFiles["studies.tsv", default: ""].utf8)
        try scratch.write("studies.tsv", bytes: Gzip.compress(table))
        #expect(try scratch.read().experiments.count == 3)
        try scratch.write("studies.tsv", bytes: Gzip.compress(table + [UInt8](repeating: 10, count: 40 << 20)))
        let error = #expect(throws: InputError.self) { try scratch.read() }
        #expect(error?.message.contains("times its size") == true, "\(String(describing: error))")
    }

    @Test("what was read is known by its hash, that of the text itself where the file is gzip")
    func contents() throws {
        let scratch = try Scratch(nativeFiles)
        let plain = try scratch.read().contents
        #expect(plain.count == 3 && plain.values.allSatisfy(\.isParsed))
        try scratch.write("peaks.tsv", bytes: Gzip.compress(Array(nativeFiles["peaks.tsv", default: ""].utf8)))
        #expect(try scratch.read().contents == plain)
        // FIPS 180-2, appendix B.1: SHA-256 of "abc"; a text that is no project, but that is read.
        try scratch.write("cuneus.yaml", "name: abc\n")
        let other = try scratch.read().contents
        #expect(other["\(scratch.path)/cuneus.yaml"]?.bytes == 10)
        #expect(other["\(scratch.path)/cuneus.yaml"] != plain["\(scratch.path)/cuneus.yaml"])
    }
}
