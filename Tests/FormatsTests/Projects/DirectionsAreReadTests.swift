import Evidence
import Formats
import Foundation
import TestSupport
import Testing

@Suite("What a table was to show is read and written")
struct DirectionsAreReadTests {
    private static let studies = """
        experiment\tn1\tt_thr\tDirection\ttask
        Able2001\t20\t3.58\tincreases\trest
        Baker2002\t28\t3.4\tBoth\ttask
        Cole2003\t22\t3.5\tn/a\trest
        Dorn2004\t22\t3.5\tDecrease\trest

        """
    private static let files = [
        "studies.tsv": studies,
        "peaks.tsv": """
        experiment\tx\ty\tz\tspace\tstat\tvalue
        Able2001\t-42\t26\t0\tmni\tt\t5.5
        Baker2002\t-44\t24\t4\tmni\tsign\tn
        Cole2003\t-40\t28\t-2\tmni\tt\t4
        Dorn2004\t-40\t28\t-2\tmni\tsign\tn

        """,
    ]
    private static let expected: [ReportedDirection?] = [.increases, .both, nil, .decreases]

    private func project(_ word: String? = nil) throws -> Project {
        var files = Self.files
        if let word { files["studies.tsv"] = Self.studies.replacing("increases", with: word) }
        return try Scratch(files).read()
    }

    @Test("from the column direction of studies.tsv, which is no covariate; empty is not known")
    func native() throws {
        let project = try project()
        #expect(project.experiments.map(\.direction) == Self.expected)
        #expect(project.covariateNames == ["task"])
        #expect(try Scratch(nativeFiles).read().experiments.allSatisfy { $0.direction == nil })
    }

    @Test("a filter may ask for it")
    func filter() throws {
        let filter = try FilterExpression(parsing: "direction == \"both\"")
        #expect(try project().experiments.filter { filter.matches($0) }.map(\.id) == ["Baker2002"])
    }

    @Test(
        "in the words people use, whatever their letter case",
        arguments: [
            ("both", ReportedDirection.both), ("BOTH", .both), ("two-sided", .both), ("Two sided", .both),
            ("two_tailed", .both), ("increase", .increases), ("Positive", .increases), ("UP", .increases),
            ("activations", .increases), ("decreases", .decreases), ("negative", .decreases), ("down", .decreases),
            ("De-activation", .decreases),
        ])
    func words(_ word: String, _ direction: ReportedDirection) throws {
        #expect(try project(word).experiments[0].direction == direction)
    }

    @Test(
        "another word is refused at its row, with what to write", arguments: ["sideways", "-", "n", "1", "increaces"])
    func refused(_ word: String) {
        let text = problem { try project(word) }
        #expect(
            text.contains("studies.tsv:2: direction is \"\(word)\"; both, increases or decreases was expected."))
        #expect(text.contains(word == "increaces" ? "Did you mean \"increases\"?" : "leave the cell empty"))
    }

    @Test("native, NIMADS and SDM keep it", arguments: [Project.Format.native, .nimads, .sdm])
    func kept(_ format: Project.Format) throws {
        let project = try project()
        let folder = try Scratch()
        let notices = try ProjectWriter.write(project, as: format, to: "\(folder.path)/out")
        let back = try folder.read("out")
        #expect(back.experiments.map(\.direction) == Self.expected)
        #expect(back.covariateNames == ["task"])
        #expect(!notices.contains { $0.message.contains("signs") })
        // And from there to native.
        try ProjectWriter.write(back, as: .native, to: "\(folder.path)/native")
        #expect(try folder.read("native").experiments.map(\.direction) == Self.expected)
    }

    @Test("where nobody says it, no format gets a column", arguments: [Project.Format.native, .nimads, .sdm])
    func absent(_ format: Project.Format) throws {
        let folder = try Scratch()
        try ProjectWriter.write(try Scratch(nativeFiles).read(), as: format, to: "\(folder.path)/out")
        for name in try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/out") {
            let text = try String(contentsOfFile: "\(folder.path)/out/\(name)", encoding: .utf8)
            #expect(!text.contains("direction"), "\(name)")
        }
    }

    @Test("studies.json says what the column means")
    func dictionary() throws {
        let folder = try Scratch()
        try ProjectWriter.write(try project(), as: .native, to: "\(folder.path)/out")
        let text = try String(contentsOfFile: "\(folder.path)/out/studies.json", encoding: .utf8)
        #expect(text.contains("\"direction\"") && text.contains("Which signs the paper's table was to show"))
    }

    @Test("formats of bare coordinates say that it is lost", arguments: [Project.Format.sleuth, .neurosynth])
    func lost(_ format: Project.Format) throws {
        let folder = try Scratch()
        let notices = try ProjectWriter.write(try project(), as: format, to: "\(folder.path)/out")
        #expect(notices.contains { $0.message.contains("which signs a table was to show") })
    }

    @Test(
        "an SDM column direction of the user's own stays a covariate; with one direction in it, it must hold directions"
    )
    func sdm() throws {
        func files(_ first: String, _ second: String) -> [String: String] {
            [
                "sdm_table.txt": "study\tn1\tt_thr\tdirection\nAble\t20\t3.5\t\(first)\nBaker\t21\t3.5\t\(second)\n",
                "Able.other_mni.txt": "-42,26,0,5.5\n", "Baker.no_peaks.txt": "",
            ]
        }
        let own = try Scratch(files("1", "0")).read()
        #expect(own.covariateNames == ["direction"] && own.experiments[0].direction == nil)
        #expect(own.experiments[0].value(ofColumn: "direction") == .number(1))
        let ours = try Scratch(files("both", "NA")).read()
        #expect(ours.covariateNames.isEmpty && ours.experiments.map(\.direction) == [.both, nil])
        #expect(
            problem { try Scratch(files("both", "decreasses")).read() }
                .contains("sdm_table.txt:3: direction is \"decreasses\"; both, increases or decreases was expected."))
    }

    @Test("an SDM table cannot hold a direction and a covariate of that name")
    func sdmConflict() throws {
        var project = try project()
        project.covariateNames.append("direction")
        let folder = try Scratch()
        #expect(
            problem { try ProjectWriter.write(project, as: .sdm, to: "\(folder.path)/out") }
                .contains("column \"direction\" has a meaning of its own in an SDM table."))
    }

    @Test("in a studyset, a word that is no direction is told and passed over")
    func studyset() throws {
        let folder = try Scratch()
        try ProjectWriter.write(try project(), as: .nimads, to: "\(folder.path)/x.json")
        let text = try String(contentsOfFile: "\(folder.path)/x.json", encoding: .utf8)
        let old = "\"direction\": \"increases\""
        #expect(text.contains(old))
        try folder.write("x.json", text.replacing(old, with: "\"direction\": \"sideways\""))
        let back = try folder.read("x.json")
        #expect(back.experiments.map(\.direction) == [nil, .both, nil, .decreases])
        let notice = try #require(back.notices.first { $0.code == "direction-unknown" })
        #expect(notice.severity == .warning && notice.message.contains("the direction \"sideways\""))
    }
}
