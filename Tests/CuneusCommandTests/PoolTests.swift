import Foundation
import Testing

@Suite("cuneus pool")
struct PoolTests {
    private static let table = """
        study,year,yi,sei,n
        Able,2001,0.62,0.21,90
        Baker,2003,0.35,0.18,120
        Cole,2004,0.10,0.25,60

        """

    private func pool(_ scratch: Scratch, _ arguments: String...) throws -> Command.Outcome {
        try Command(["pool"] + arguments, in: scratch.path).wait()
    }

    @Test("prints the answer and a forest plot, and writes a folder")
    func folder() throws {
        let scratch = try Scratch(["BDNF.csv": Self.table])
        let outcome = try pool(scratch, "BDNF.csv", "--measure", "SMD")
        #expect(outcome.code == 0)
        #expect(outcome.output.contains("◆"))
        #expect(outcome.output.contains("cuneus-out/BDNF/report.html"))
        for line in outcome.output.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
        let files = scratch.files("cuneus-out/BDNF")
        #expect(files.contains("report.html") && files.contains("run.json"))
        #expect(scratch.text("cuneus-out/BDNF/outcomes/BDNF/pooled.tsv").hasPrefix("model\t"))
        // Again into the same folder: it is a run's.
        #expect(try pool(scratch, "BDNF.csv", "--measure", "SMD").code == 0)
    }

    @Test("ends with 2 and the place where the table cannot be used")
    func refusal() throws {
        let scratch = try Scratch(["bad.csv": "study,yi,sei\nAble,0.6,-0.2\nBaker,0.3,0.1\n", "t.csv": Self.table])
        let outcome = try pool(scratch, "bad.csv")
        #expect(outcome.code == 2)
        #expect(outcome.complaint.contains("bad.csv:2"))
        #expect(scratch.files("cuneus-out").isEmpty)
        #expect(try pool(scratch, "t.csv", "--by", "nothing").code == 2)
        #expect(try pool(scratch, "t.csv", "--columns", "yi").code == 64)
        #expect(try pool(scratch, "none.csv").code == 2)
    }

    @Test("--no-folder prints only")
    func printsOnly() throws {
        let scratch = try Scratch(["BDNF.csv": Self.table])
        let outcome = try pool(scratch, "BDNF.csv", "--no-folder")
        #expect(outcome.code == 0)
        #expect(scratch.files("cuneus-out").isEmpty)
    }
}
