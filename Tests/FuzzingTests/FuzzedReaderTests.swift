import Fuzzing
import TestSupport
import Testing

/// The short seeded pass of what `make fuzz` does for as long as one likes: the same damage in every run. A trap ends the test run.
@Suite("Every reader, every kind of damage")
struct FuzzedReaderTests {
    private static let rounds = 150

    @Test("sound files are read: otherwise the damage tests nothing", arguments: FuzzedReader.all.indices)
    func sound(_ place: Int) throws {
        let reader = FuzzedReader.all[place]
        let scratch = try Scratch()
        try reader.prepare(in: "\(scratch.path)/in")
        #expect(reader.outcome(of: reader.sound, in: "\(scratch.path)/in") == .read, "\(reader.name)")
    }

    @Test(
        "damaged files are read or refused in words; a fault is a trap, an error without place or remedy, or a project that is not what was read",
        .timeLimit(.minutes(30)), arguments: FuzzedReader.all.indices)
    func damaged(_ place: Int) throws {
        let reader = FuzzedReader.all[place]
        let scratch = try Scratch()
        let folder = "\(scratch.path)/in"
        try reader.prepare(in: folder)
        var damage = Damage(seed: UInt64(place))
        var (read, refused) = (0, 0)
        for round in 0..<Self.rounds {
            // Most of an image is values; its header is where the traps would be.
            let bytes = round % 2 == 0 ? damage(reader.sound) : damage.inFirst(348, of: reader.sound)
            switch reader.outcome(of: bytes, in: folder) {
            case .read: read += 1
            case .refused(let words):
                refused += 1
                #expect(!words.isEmpty)
            case .fault(let words): Issue.record("\(reader.name), round \(round): \(words)")
            }
        }
        // Both happen, or the damage is no test. (One wrong byte breaks any gzip.)
        #expect(refused > 0 && (read > 0 || reader.victim.hasSuffix(".gz")), "\(read) read, \(refused) refused")
    }

    @Test(
        "an empty file and one of zeros are refused or read, whatever reads them", arguments: FuzzedReader.all.indices)
    func empty(_ place: Int) throws {
        let reader = FuzzedReader.all[place]
        let scratch = try Scratch()
        let folder = "\(scratch.path)/in"
        try reader.prepare(in: folder)
        for bytes in [[], [0], [UInt8](repeating: 0, count: 4096), [UInt8](repeating: 0xff, count: 4096)] {
            if case .fault(let words) = reader.outcome(of: bytes, in: folder) {
                Issue.record("\(reader.name), \(bytes.count) bytes: \(words)")
            }
        }
    }
}
