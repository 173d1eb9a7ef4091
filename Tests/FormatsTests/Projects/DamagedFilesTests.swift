import Evidence
import Formats
import Foundation
import TestSupport
import Testing

@Suite("Damaged files")
struct DamagedFilesTests {
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
        var damage = Damage(seed: UInt64(kind))
        var (read, refused) = (0, 0)
        for round in 0..<700 {
            let victim = names[round % names.count]
            let original = files[victim] ?? ""
            try scratch.write(victim, bytes: damage(Array(original.utf8)))
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
