import Fuzzing
import TestSupport
import Testing

/// Inputs that once ended the program, or were read as what they are not, each with the reader that has to withstand it.
@Suite("Inputs of earlier faults")
struct EarlierFaultsTests {
    private func outcome(_ name: String, _ change: ([UInt8]) -> [UInt8]) throws -> FuzzedReader.Outcome {
        let reader = try #require(FuzzedReader.all.first { $0.name == name }, "no reader is called \(name)")
        let scratch = try Scratch()
        try reader.prepare(in: "\(scratch.path)/in")
        return reader.outcome(of: change(reader.sound), in: "\(scratch.path)/in")
    }

    private func words(_ outcome: FuzzedReader.Outcome) -> String {
        if case .refused(let words) = outcome { words } else { "\(outcome)" }
    }

    @Test("an atlas of 65,535 regions, the most there can be, is read")
    func fullAtlas() throws {
        let outcome = try outcome("atlas") { sound in
            // 41 × 41 × 39 whole numbers of four bytes, by the offsets of nifti1.h.
            var header = Array(sound.prefix(352))
            header.replaceSubrange(42..<48, with: [41, 0, 41, 0, 39, 0])
            header.replaceSubrange(70..<74, with: [8, 0, 32, 0])
            let voxels = (0..<41 * 41 * 39).map { UInt32(min($0, 65_535)) }
            return header + voxels.flatMap { value in (0..<4).map { UInt8(value >> ($0 * 8) & 0xFF) } }
        }
        #expect(outcome == .read)
    }

    @Test("a ledger whose header names no null distribution is damaged")
    func emptyLedger() throws {
        let outcome = try outcome("ledger of a permutation test") { sound in
            let text = String(decoding: sound, as: UTF8.self)
            let lines = text.split(separator: "\n").prefix(4) + ["permutation", "0", "# block af63ad4c86019caf"]
            return Array((lines.joined(separator: "\n") + "\n").utf8)
        }
        #expect(words(outcome).contains("header"), "\(outcome)")
    }

    @Test("an image of two volumes says nothing of where an experiment looked, nor one that is infinite")
    func severalVolumes() throws {
        let two = try outcome("where an experiment looked") { sound in
            var header = Array(sound.prefix(352))
            // dim[0] and dim[4].
            header.replaceSubrange(40..<42, with: [4, 0])
            header.replaceSubrange(48..<50, with: [2, 0])
            return header + sound.dropFirst(352) + sound.dropFirst(352)
        }
        #expect(words(two).contains("2 volumes"), "\(two)")
        let infinite = try outcome("where an experiment looked") { sound in
            var header = Array(sound.prefix(352))
            header.replaceSubrange(70..<74, with: [16, 0, 32, 0])
            return header + sound.dropFirst(352).flatMap { $0 == 0 ? [0, 0, 0, 0] : [0, 0, 0x80, 0x7F] }
        }
        #expect(words(infinite).contains("infinite"), "\(infinite)")
    }
}
