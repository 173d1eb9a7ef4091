import Evidence
import Formats
import Foundation
import Reporting
import Statistics
import Synthesis
import TestSupport
import Testing

@Suite("The folder of an outcome")
struct OutcomeFolderTests {
    static let table = """
        study,year,yi,sei,n,group,sessions
        Able,2001,0.62,0.21,90,a,8
        Baker,2003,0.35,0.18,120,a,12
        Cole,2004,0.10,0.25,60,b,6
        Dorn,2008,0.80,0.30,44,b,20
        Eder,2011,0.55,0.15,170,a,16
        "Fuß, ""the"" 漢字",2015,0.20,0.22,80,b,10

        """

    static func run(_ folder: String, _ csv: String = table, options: [String: [String]] = [:]) throws -> OutcomeRun {
        let scratch = try Scratch(["BDNF.csv": csv])
        let read = try OutcomeTableReader().read("\(scratch.path)/BDNF.csv")
        let plan = OutcomePlan(name: try #require(read.outcomes.first), options: options)
        let made = try TableSynthesis(read, plans: [plan])
        return OutcomeRun(
            name: "BDNF", findings: made.findings, notices: made.notices,
            inputs: [try ContentHash(of: "\(scratch.path)/BDNF.csv")], options: [],
            machine: MachineRecord(started: Date(), threads: 1, instructionSet: "baseline"))
    }

    private static let everything = [
        "measure": ["SMD"], "by": ["group"], "moderators": ["year"], "dose": ["sessions"], "smallest": ["0.2"],
    ]

    @Test("has its tables and figures, the page and the record, which counts every file")
    func folder() throws {
        let scratch = try Scratch()
        let path = "\(scratch.path)/out"
        let record: RunRecord
        do {
            let folder = try ResultFolder(path)
            record = try folder.write(try Self.run(path, options: Self.everything))
        }
        let outcome = try #require(record.result.outcomes?.first)
        #expect(outcome.folder == "outcomes/BDNF")
        #expect(outcome.settings["by"] == "group")
        let names = Set(outcome.files.map { String($0.path.dropFirst("outcomes/BDNF/".count)) })
        for name in [
            "effects.tsv", "pooled.tsv", "subgroups.tsv", "moderators.tsv", "dose.tsv", "bias.tsv", "influence.tsv",
            "cumulative.tsv", "posterior.tsv", "words.tsv", "figures/forest.svg", "figures/funnel.svg",
            "figures/dose-response.svg", "figures/prior-posterior.svg", "figures/bubble-year.svg",
        ] {
            #expect(names.contains(name), "\(name)")
        }
        for file in outcome.files {
            #expect(try ContentHash(of: file.path, at: "\(path)/\(file.path)") == file)
        }
        let page = try String(contentsOfFile: "\(path)/report.html", encoding: .utf8)
        for part in ["How sure", "Too good?", "What it hangs on", "How large"] {
            #expect(page.contains(part), "\(part)")
        }
        #expect(!page.contains("http-equiv") && !page.contains("src=\"http"))
        #expect(FileManager.default.fileExists(atPath: "\(path)/run.json"))
        // The record is read back as any run's.
        #expect(try StoredRun(path).record.result.outcomes?.first?.effects == 6)
    }

    @Test("the same table gives the same bytes again")
    func repeatable() throws {
        let scratch = try Scratch()
        for name in ["a", "b"] {
            let folder = try ResultFolder("\(scratch.path)/\(name)")
            _ = try folder.write(try Self.run("", options: Self.everything))
        }
        let files = try FileManager.default.subpathsOfDirectory(atPath: "\(scratch.path)/a/outcomes")
        #expect(files.count > 10)
        for file in files where file.contains(".") {
            let first = FileManager.default.contents(atPath: "\(scratch.path)/a/outcomes/\(file)")
            #expect(first == FileManager.default.contents(atPath: "\(scratch.path)/b/outcomes/\(file)"), "\(file)")
        }
    }

    @Test("tables have as many cells in every row, NA for what is not there, and no quotes")
    func tables() throws {
        let scratch = try Scratch()
        let folder = try ResultFolder("\(scratch.path)/out")
        let record = try folder.write(try Self.run("", options: Self.everything))
        for file in try #require(record.result.outcomes?.first).files where file.path.hasSuffix(".tsv") {
            let text = try String(contentsOfFile: "\(scratch.path)/out/\(file.path)", encoding: .utf8)
            let rows = text.split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
            #expect(Set(rows.map(\.count)).count == 1, "\(file.path)")
            #expect(!text.contains("\""), "\(file.path)")
            #expect(!rows.joined().contains { $0.isEmpty || $0 == "n/a" || $0 == "nan" }, "\(file.path)")
        }
    }

    @Test("without studies enough for a number, the number is not printed and the reason is")
    func few() throws {
        let two = "study,yi,sei\nAble,0.62,0.21\nBaker,0.35,0.18\n"
        let finding = try #require(try Self.run("", two).findings.first)
        #expect(finding.pooled.prediction == nil)
        #expect(finding.bias.rows.isEmpty)
        #expect(finding.influence.omissions.isEmpty)
        #expect(finding.withheld.contains { $0.what == "prediction interval" })

        let one = try #require(try Self.run("", "study,yi,sei\nAble,0.62,0.13\n").findings.first)
        #expect(one.pooled.estimate.value == 0.62)
        #expect(one.alternatives.isEmpty)
        #expect(one.posterior == nil)
        let text = OutcomeText(one).text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(text.contains("a single result, not a synthesis"))
    }

    @Test("a column that is not there, a word that is no choice and a row that cannot be are refused")
    func refusals() throws {
        #expect(problem { try Self.run("", options: ["by": ["grup"]]) }.contains("Did you mean \"group\"?"))
        #expect(problem { try Self.run("", options: ["estimator": ["REM"]]) }.contains("REML"))
        #expect(problem { try Self.run("", options: ["moderators": ["yeer"]]) }.contains("yeer"))
        #expect(problem { try Self.run("", "study,yi,sei\nAble,0.6,-0.2\nBaker,0.3,0.1\n") }.contains(":2"))
    }
}
