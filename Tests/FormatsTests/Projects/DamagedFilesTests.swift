import Evidence
import Formats
import Foundation
import TestSupport
import Testing

@Suite("Damaged files")
struct DamagedFilesTests {
    /// SplitMix64: the same damage in every run.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private static let scraps: [String] = [
        "", " ", "\t", ",", ";", "\"", "'", "\n", "\r", "\r\n", "//", "//Subjects=", "//Reference=", "NA", "nan", "inf",
        "1e999", "-1e-999", "99999999999999999999", "-", "\u{2212}", "\u{FEFF}", "é", "0x10", "p", "n", "#", ": ", "{",
        "[",
        "]", "- ", "&a", "*a", "<<: *a", "|", "1,5", "../..", "\u{0}", String(repeating: "(", count: 300), "%", "!!",
        "?",
    ]

    private func damage(_ text: String, _ random: inout Generator) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            guard !bytes.isEmpty else { break }
            let position = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes.remove(at: position)
            case 1: bytes[position] = UInt8.random(in: 0...255, using: &random)
            case 2:
                let scrap = Self.scraps.randomElement(using: &random) ?? ""
                bytes.insert(contentsOf: Array(scrap.utf8), at: position)
            case 3: bytes.removeSubrange(position...)
            case 4:
                let end = min(bytes.count, position + Int.random(in: 1...40, using: &random))
                bytes.insert(contentsOf: Array(bytes[position..<end]), at: position)
            default:
                var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                lines.shuffle(using: &random)
                bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
            }
        }
        return bytes
    }

    private static let sdm = [
        "sdm_table.txt": "study\tn1\tn2\tt_thr\tage\nA\t20\t21\t3.5\t30\nB\t10\t0\tNA\t31,5\n",
        "A.other_mni.txt": "1,2,3,p\n-1.5,2,3,n\n0,0,0,-4.25\n", "B.spm_brett.txt": "1 2 3 4\n5;6;7;8,5\n",
    ]

    private static let sleuth = [
        "foci.txt":
            "//Reference=Talairach\n// A, 2001: x\n// Subjects = 12\n1 2 3\n4\t5\t6\n\n//B: y\n//Subjects=3\n7 8 9\n"
    ]

    @Test("are read or refused, never a trap; what is read can be checked and written", arguments: 0..<3)
    func damaged(_ kind: Int) throws {
        let files = [nativeFiles, Self.sdm, Self.sleuth][kind]
        let name = kind == 2 ? "foci.txt" : ""
        let scratch = try Scratch(files)
        let names = files.keys.sorted()
        var random = Generator(state: UInt64(kind))
        var (read, refused) = (0, 0)
        for round in 0..<700 {
            let victim = names[round % names.count]
            let original = files[victim] ?? ""
            try scratch.write(victim, bytes: damage(original, &random))
            do {
                let project = try scratch.read(name)
                read += 1
                _ = NoticeReport(ProjectCheck.run(project)).text
                let out = "\(scratch.path)/.out"
                if (try? ProjectWriter.write(project, as: .native, to: out)) != nil {
                    let back = try ProjectReader.read(out)
                    #expect(back.experiments.count == project.experiments.count)
                    #expect(back.experiments.map(\.peaks.count) == project.experiments.map(\.peaks.count))
                    try FileManager.default.removeItem(atPath: out)
                }
            } catch let error as InputError {
                refused += 1
                #expect(error.location != nil, "\(error)")
            }
            try scratch.write(victim, original)
        }
        // Both happen, or the damage is no test.
        #expect(read > 50 && refused > 50)
    }

    @Test("a plan nested without end is refused, not followed", arguments: ["[", "{a: ", "- ", "? "])
    func deepPlan(_ opening: String) throws {
        let scratch = try Scratch(nativeFiles)
        try scratch.write("cuneus.yaml", "question: " + String(repeating: opening, count: 50_000))
        #expect(problem { try scratch.read() }.contains("cuneus.yaml"))
        try scratch.write("cuneus.yaml", String(repeating: opening, count: 50_000))
        #expect(problem { try scratch.read() }.contains("cuneus.yaml"))
    }
}
