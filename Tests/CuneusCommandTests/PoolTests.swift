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

    @Test(
        "several outcomes together, treatments compared, arms of doses: tables of their own, and words in the terminal")
    func beyondOneMean() throws {
        let scratch = try Scratch([
            "two.csv": """
            study,outcome,yi,vi
            a,x,0.1,0.02
            a,y,0.3,0.02
            b,x,0.2,0.02
            b,y,0.2,0.02
            c,x,0.4,0.02
            c,y,0.5,0.02

            """,
            "net.csv": "study,arm1,arm2,yi,vi\na,x,z,0.4,0.02\nb,y,z,0.3,0.02\nc,x,y,0.2,0.02\nd,x,z,0.5,0.03\n",
            "arms.csv": "study,mg,mean,sd,n\na,0,4,2,30\na,10,5,2,30\na,20,6,2,30\nb,0,3,2,40\nb,15,5,2,40\n",
        ])
        let two = try pool(scratch, "two.csv", "--together")
        #expect(two.code == 0)
        #expect(two.output.contains("The outcomes together"))
        #expect(scratch.files("cuneus-out/two/outcomes").contains("together/differences.tsv"))
        #expect(scratch.text("cuneus-out/two/outcomes/together/together.tsv").hasPrefix("outcome\tstudies\testimate"))
        #expect(scratch.text("cuneus-out/two/report.html").contains("The outcomes together"))
        // Into the same folder: what it wrote is its own.
        #expect(try pool(scratch, "two.csv", "--together").code == 0)

        let network = try pool(scratch, "net.csv", "--compare", "arm1,arm2")
        #expect(network.code == 0)
        #expect(network.output.contains("each shown"))
        #expect(scratch.text("cuneus-out/net/outcomes/net/treatments.tsv").contains("\nx\tz\t"))

        let arms = try pool(scratch, "arms.csv", "--arms", "--dose", "mg", "--measure", "MD")
        #expect(arms.code == 0)
        #expect(scratch.text("cuneus-out/arms/outcomes/arms/arms.tsv").contains("linear\tcoefficient dose"))

        #expect(try pool(scratch, "arms.csv", "--arms").code == 64)
        #expect(try pool(scratch, "net.csv", "--compare", "arm1").code == 64)
        #expect(try pool(scratch, "two.csv", "--together", "--structure", "XY").code == 64)
        #expect(try pool(scratch, "net.csv", "--together").code == 2)
    }

    @Test("--no-folder prints only")
    func printsOnly() throws {
        let scratch = try Scratch(["BDNF.csv": Self.table])
        let outcome = try pool(scratch, "BDNF.csv", "--no-folder")
        #expect(outcome.code == 0)
        #expect(scratch.files("cuneus-out").isEmpty)
    }
}
