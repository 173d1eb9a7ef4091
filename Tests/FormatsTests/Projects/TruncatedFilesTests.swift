import Evidence
import Formats
import Foundation
import Imaging
import Statistics
import TestSupport
import Testing

/// Cut off at every length, and with bytes changed: each file is read or refused with an `InputError`; anything else fails the
/// test, a trap ends it.
@Suite("Truncated and mutated files")
struct TruncatedFilesTests {
    private static let studyset = """
        {"name": "Set", "description": "d", "studies": [
          {"id": "s1", "name": "F\\u00eate \\ud83d\\ude00", "authors": "Roe B", "year": 2001, "metadata": {"sample_size": 12.5},
           "analyses": [{"id": "a1", "name": "x", "points": [
             {"coordinates": [1, -2.5, 3e0], "space": "MNI", "values": [{"kind": "T", "value": 4.5}]},
             {"coordinates": [1, 2], "space": null}], "images": [{"url": "t.nii.gz", "value_type": "T"}],
             "annotations": {"a": true, "b": NaN}, "metadata": {"sample_sizes": [9, 8], "cuneus": {"t_thr": 3}}}]},
          {"id": 5, "analyses": []}]}
        """
    private static let annotation = """
        {"note_keys": {"include": "boolean"}, "notes": [{"study": "s1", "analysis": "a1", "note": {"include": true}}]}
        """
    private static let dataset = """
        {"p": {"contrasts": {"1": {"coords": {"space": "MNI", "x": [1, 2], "y": [3, 4], "z": [5, 6]},
          "images": {"t": "t.nii.gz"}, "metadata": {"sample_sizes": [25]}, "labels": {"a": 0.5}}}}}
        """
    private static let sleuth =
        "\u{FEFF}//Reference=Talairach\r\n// Ménard, 2001: x\r\n// Subjects = 12.5\r\n//DOI=10.1/x\r\n1 2 3\r\n4\t5\t6\r\n\r\n//B; y\n//Subjects=3\n7,8,9"
    private static let metadata = "id\tdoi\tspace\ttitle\n7\t10.1/x\tMNI\tT\n8\tn/a\tUNKNOWN\t\"U\"\n"
    private static let coordinates =
        "id\ttable_id\ttable_num\tpeak_id\tx\ty\tz\n7\t1\t2\t1\t1\t2\t3\n8\t1\t1.\t1\t-4.5\t5\t6\n"

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var files: [String: [UInt8]]
        /// The one that is damaged, and the one that is opened.
        var victim: String
        var opened: String
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "studyset", files: ["a.json": bytes(studyset)], victim: "a.json", opened: "a.json"),
        Case(
            name: "studyset, gzip", files: ["a.json.gz": Gzip.compress(bytes(studyset))], victim: "a.json.gz",
            opened: "a.json.gz"),
        Case(
            name: "annotation", files: ["a.json": bytes(studyset), "a_annotation.json": bytes(annotation)],
            victim: "a_annotation.json", opened: "a.json"),
        Case(name: "dataset", files: ["d.json": bytes(dataset)], victim: "d.json", opened: "d.json"),
        Case(name: "Sleuth", files: ["f.txt": bytes(sleuth)], victim: "f.txt", opened: "f.txt"),
        Case(
            name: "coordinates", files: ["metadata.tsv": bytes(metadata), "coordinates.tsv": bytes(coordinates)],
            victim: "coordinates.tsv", opened: ""),
        Case(
            name: "metadata",
            files: ["metadata.tsv": bytes(metadata), "coordinates.tsv.gz": Gzip.compress(bytes(coordinates))],
            victim: "metadata.tsv", opened: "coordinates.tsv.gz"),
    ]

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// - Returns: whether it was read.
    private func survives(_ scratch: Scratch, _ test: Case, _ damaged: [UInt8]) throws -> Bool {
        try scratch.write(test.victim, bytes: damaged)
        do {
            let project = try scratch.read(test.opened)
            _ = NoticeReport(ProjectCheck.run(project)).text
            return true
        } catch let error as InputError {
            #expect(error.location != nil, "\(error)")
            return false
        }
    }

    private func scratch(_ test: Case) throws -> Scratch {
        let scratch = try Scratch()
        for (name, bytes) in test.files { try scratch.write(name, bytes: bytes) }
        return scratch
    }

    @Test("whole, and cut off at every byte", arguments: cases)
    func truncated(_ test: Case) throws {
        let scratch = try scratch(test)
        let whole = try #require(test.files[test.victim])
        #expect(try survives(scratch, test, whole))
        var refused = 0
        for length in 0..<whole.count where try !survives(scratch, test, Array(whole[..<length])) { refused += 1 }
        #expect(refused > 10)
    }

    @Test("with one to three bytes changed, taken out or doubled", arguments: cases)
    func mutated(_ test: Case) throws {
        let scratch = try scratch(test)
        let whole = try #require(test.files[test.victim])
        let random = Philox(seed: 5, name: test.name, purpose: 1)
        var (read, refused) = (0, 0)
        for round in 0..<600 as Range<UInt32> {
            var bytes = whole
            for change in 0...(random([round, 0, 0, 0]).x % 3) {
                let words = random([round, change, 1, 0])
                let place = Int(words.x) % max(bytes.count, 1)
                switch words.y % 4 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: words.z)
                case 1: bytes[place] ^= 1 << UInt8(words.z % 8)
                case 2: bytes.remove(at: place)
                default: bytes.insert(Array("0-,:.\"[]{}\\/\n\t\re9".utf8)[Int(words.z % 17)], at: place)
                }
            }
            if try survives(scratch, test, bytes) { read += 1 } else { refused += 1 }
        }
        // Both happen, or the damage is no test. (One wrong byte breaks any gzip.)
        #expect(refused > 20 && (read > 20 || test.victim.hasSuffix(".gz")), "\(read) read, \(refused) refused")
    }

    @Test(
        "files of the shelf, cut off at 100 places and with 100 bytes changed",
        .enabled(if: Shelf.isHere, Shelf.absence),
        arguments: [
            "data/nimads/nimads_studyset.json", "data/nimads/sample_size_nimads_studyset.json",
            "data/pain21/nidm_pain_dset.json", "data/sleuth/nback-owen.txt",
        ])
    func shelf(_ file: String) throws {
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: try #require(Shelf.file(file)))))
        let name = (file as NSString).lastPathComponent
        let test = Case(name: file, files: [name: whole], victim: name, opened: name)
        let scratch = try scratch(test)
        let random = Philox(seed: 5, name: file, purpose: 2)
        for round in 0..<100 as Range<UInt32> {
            let words = random([round, 0, 0, 0])
            _ = try survives(scratch, test, Array(whole[..<(Int(words.x) % whole.count)]))
            var bytes = whole
            bytes[Int(words.y) % whole.count] = UInt8(truncatingIfNeeded: words.z)
            _ = try survives(scratch, test, bytes)
        }
    }
}
