import Evidence
import Formats
import TestSupport
import Testing

@Suite("All errors in one go")
struct AllErrorsTests {
    @Test("of a native project, in the plan and both tables")
    func native() throws {
        let scratch = try Scratch(nativeFiles)
        try scratch.write("cuneus.yaml", "modells: {}\n")
        try scratch.write("studies.tsv", "experiment\tn1\tt_thr\nA\t20\tthree\nB\tx\t\nC\t12\t3\n")
        try scratch.write(
            "peaks.tsv",
            "experiment\tx\ty\tz\tspace\tstat\tvalue\nA\tq\t2\t3\tmni\tt\t4\nC\t1\t2\t3\tmars\tt\t4\nD\t1\t2\t3\tmni\tt\t4\n"
        )
        let told = problem { try scratch.read() }
        for place in ["cuneus.yaml:1", "studies.tsv:3", "peaks.tsv:2", "peaks.tsv:3", "peaks.tsv:4"] {
            #expect(told.contains(place), "\(told)")
        }
        #expect(told.split(separator: "\n").count == 5)
    }

    @Test("of an SDM folder, in the table and the peak files")
    func sdm() throws {
        let scratch = try Scratch([
            "sdm_table.txt": "study\tn1\nA\t20\nB\tx\nC\t12\nD\t9\n", "A.spm_mni.txt": "1,2,3\n1,2\n4,5,6,7\nq,2,3,4\n",
            "B.spm_mni.txt": "1,2,3,4\n", "C.spm_mni.txt": "1,2,3,4\n",
        ])
        let told = problem { try scratch.read() }
        for place in ["A.spm_mni.txt:2", "A.spm_mni.txt:4", "sdm_table.txt:3", "sdm_table.txt:5"] {
            #expect(told.contains(place), "\(told)")
        }
    }

    @Test("of a Sleuth text, what is wrong once for the file told once")
    func sleuth() throws {
        let text = "//A, 2001: x\n//Subjects=none\n1 2\n3 4 5\nq 1 2\n\n//B, 2002: y\n//Subjects=12\n1,5 2 3\n"
        let scratch = try Scratch(["f.txt": text])
        let lines = problem { try scratch.read("f.txt") }.split(separator: "\n")
        #expect(lines.filter { $0.contains("space is not said") }.count == 1, "\(lines)")
        let spaced = try Scratch(["f.txt": "//Reference=MNI\n" + text])
        let told = problem { try spaced.read("f.txt") }
        for place in ["f.txt:3", "f.txt:4", "f.txt:6", "f.txt:10"] { #expect(told.contains(place), "\(told)") }
    }

    @Test("never more than a screen can hold")
    func limit() throws {
        let rows = (0..<500).map { "A\tq\($0)\t2\t3\tmni\tt\t4\n" }.joined()
        let scratch = try Scratch([
            "studies.tsv": "experiment\tn1\nA\t20\n", "peaks.tsv": "experiment\tx\ty\tz\tspace\tstat\tvalue\n" + rows,
        ])
        #expect(problem { try scratch.read() }.split(separator: "\n").count <= ErrorCollector.most)
    }
}
