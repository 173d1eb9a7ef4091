import Evidence
import Formats
import Foundation
import Imaging
import Statistics
import TestSupport
import Testing

/// The cases on the reference shelf, each with what its README calls right.
@Suite("Cases of the shelf", .enabled(if: Shelf.file("cases") != nil, Shelf.absence))
struct ShelfCasesTests {
    private func path(_ name: String) throws -> String { try #require(Shelf.file("cases/\(name)")) }

    private func read(_ name: String, _ assumptions: ProjectReader.Assumptions = .init()) throws -> Project {
        try ProjectReader.read(try path(name), assuming: assumptions)
    }

    private func heights(_ project: Project) -> [SIMD3<Double>: Peak.Height] {
        Dictionary(
            project.experiments.flatMap(\.peaks).map { ($0.coordinate, $0.height) },
            uniquingKeysWith: { first, _ in first })
    }

    @Test("nimads-deactivation: the tick is a minus, with and without a value")
    func deactivation() throws {
        let withValues = heights(try read("nimads-deactivation/studyset.json"))
        #expect(withValues[[44, -16, -8]] == .t(-4.81))
        #expect(withValues.values.count { $0.sign > 0 } == 2)
        // --sign is about the rest.
        let assumed = heights(try read("nimads-deactivation/no_values.json", .init(sign: .positive)))
        #expect(assumed[[44, -16, -8]] == .negative)
        #expect(assumed.values.count { $0 == .positive } == 2)
        let unsaid = heights(try read("nimads-deactivation/no_values.json"))
        #expect(unsaid[[44, -16, -8]] == .negative && unsaid.values.count { $0 == .unknown } == 2)
    }

    @Test("nimads-url-and-filename: the file beside the studyset is used")
    func urlAndFilename() throws {
        let project = try read("nimads-url-and-filename/studyset.json")
        let maps = project.experiments.filter(\.hasMap)
        #expect(project.experiments.count == 2 && maps.count == 1)
        guard case .map(let map) = maps.first?.report else { return }
        #expect(map.kind == .t && map.path.hasSuffix("nimads-url-and-filename/ames_t.nii.gz"))
        #expect(!project.notices.contains { $0.code == "image-absent" || $0.code == "analysis-empty" })
    }

    @Test(
        "table-thousands: refused, with both readings and the line",
        arguments: [
            ("all", "studies.tsv:2: illness_days is \"2,190\", which can be 2190 or 2.19", 3),
            ("mixed", "studies.tsv:3: illness_days is \"1,250\", which can be 1250 or 1.25", 1),
            ("partly", "studies.tsv:3: illness_days is \"13,650\", which can be 13650 or 13.65", 2),
        ])
    func thousands(_ name: String, _ words: String, _ count: Int) throws {
        let told = problem { try read("table-thousands/\(name)") }
        #expect(told.contains(words))
        #expect(told.split(separator: "\n").count == count)
    }

    @Test("sleuth-two-sided: both files together are what merged/ is, and split/ is warned about")
    func twoSided() throws {
        let inputs = [
            try ProjectInput(commandLine: try path("sleuth-two-sided/inc.txt") + ":+"),
            try ProjectInput(commandLine: try path("sleuth-two-sided/dec.txt") + ":-"),
        ]
        let together = try ProjectReader.read(inputs)
        let merged = try read("sleuth-two-sided/merged")
        func table(_ project: Project) -> [String: Set<String>] {
            Dictionary(
                uniqueKeysWithValues: project.experiments.map { experiment in
                    ("\(experiment.id) \(experiment.n1)", Set(experiment.peaks.map { "\($0.coordinate) \($0.height)" }))
                })
        }
        #expect(table(together) == table(merged))
        #expect(ProjectCheck.run(merged).contains { $0.code == "one-group" })
        #expect(!ProjectCheck.run(merged).contains { $0.code == "directions-apart" })
        let split = ProjectCheck.run(try read("sleuth-two-sided/split"))
        #expect(
            split.contains {
                $0.code == "directions-apart" && $0.severity == .warning && $0.message.contains("Lee_2015_dec")
            })
        #expect(!ProjectCheck.run(try read("sleuth-two-sided/two")).contains { $0.code == "one-group" })
    }

    @Test("participants-double: 370 as the table says, 390 once it says that only the controls are shared")
    func participants() throws {
        let project = try read("participants-double/project")
        #expect(People(project.experiments).count == 370)
        #expect(ProjectCheck.run(project).contains { $0.code == "shares-controls-unsaid" })
        let scratch = try Scratch()
        for name in ["peaks.tsv", "cuneus.yaml"] {
            try scratch.write(
                name, try String(contentsOfFile: try path("participants-double/project/\(name)"), encoding: .utf8))
        }
        let lines = try String(contentsOfFile: try path("participants-double/project/studies.tsv"), encoding: .utf8)
            .split(separator: "\n")
        let said = lines.enumerated().map {
            "\($1)\t\($0 == 0 ? "shares_controls" : $1.hasPrefix("A_") ? "yes" : "no")"
        }
        try scratch.write("studies.tsv", said.joined(separator: "\n"))
        let told = try scratch.read()
        #expect(People(told.experiments).count == 390)
        #expect(!ProjectCheck.run(told).contains { $0.code == "shares-controls-unsaid" })
    }

    @Test("sleuth-excel-quotes: Ames 2011 (20), Boyd 2012 (24), 3 foci")
    func excelQuotes() throws {
        let project = try read("sleuth-excel-quotes/foci.txt")
        #expect(project.experiments.map(\.study) == ["Ames, 2011", "Boyd, 2012"])
        #expect(project.experiments.map(\.n1) == [20, 24])
        #expect(project.experiments.map(\.peaks.count) == [2, 1])
        #expect(project.experiments[1].covariates["contrast"] == .text("\"On\" > Off"))
    }

    @Test("sdm-ghost-rows: rows of separators are blank")
    func ghostRows() throws {
        let project = try read("sdm-ghost-rows/p")
        #expect(project.experiments[0].peaks.map(\.coordinate) == [[-4, 38, 20], [44, -16, -8]])
    }

    @Test("sleuth-rtf: named as what it is")
    func rtf() throws {
        let told = problem { try read("sleuth-rtf/foci.txt") }
        #expect(told.contains("is a rich-text document (RTF)") && told.contains("plain text"))
    }

    @Test(
        "sdm-old-suffix: read in the space that SDM's change log gives them, and said",
        arguments: [
            ("mni", CoordinateSpace.mni, [".spm_mni.txt", ".fsl_mni.txt", ".other_mni.txt"]),
            ("mni2tal", .brett, [".spm_brett.txt", ".fsl_brett.txt"]), ("tal", .talairach, [".other_tal.txt"]),
        ])
    func oldSuffix(_ name: String, _ space: CoordinateSpace, _ today: [String]) throws {
        let project = try read("sdm-old-suffix/\(name)")
        #expect(project.experiments[0].peaks.allSatisfy { $0.space == space })
        let note = try #require(project.notices.first { $0.code == "old-ending" })
        for ending in today { #expect(note.message.contains(ending)) }
        #expect(!note.message.contains("_tal.txt") || name == "tal")
    }
}
