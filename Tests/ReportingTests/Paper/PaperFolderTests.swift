import Evidence
import Figures
import Foundation
import Imaging
import Inference
import Reporting
import SeedBasedMapping
import Testing

@Suite("What goes into a paper, from the folder of a run")
struct PaperFolderTests {
    /// A run with two models on disk: one whose clusters survive, one without a test.
    private static func stored(_ folder: String, _ change: (inout RunResults) -> Void = { _ in }) throws -> StoredRun {
        var project = Fixture.project()
        var flow = PrismaFlow()
        flow.databases = [PrismaFlow.Count(name: "PubMed <1>", count: 40)]
        flow.duplicates = 10
        flow.screened = 30
        project.prisma = flow
        var run = Fixture.run(
            [
                Fixture.tested(Fixture.twoBlobs, name: "tested", permutations: 20),
                Fixture.findings(Fixture.twoBlobs, name: "plain"),
            ], project: project)
        change(&run)
        _ = try ResultFolder(folder).write(run)
        return try StoredRun(folder)
    }

    private static func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    @Test("tables in every form, text, references, flow and checklist; a second time the same")
    func files() throws {
        try Fixture.inTemporaryFolder { folder in
            let run = try Self.stored(folder + "/out")
            let names = try PaperFolder(run).write()
            for table in ["characteristics", "covariates", "clusters_tested", "clusters_plain", "checklist"] {
                for ending in ["tsv", "md", "tex", "html"] { #expect(names.contains("\(table).\(ending)"), "\(table)") }
            }
            let others = [
                "tables.xlsx", "text.md", "references.txt", "references.bib", "references.ris", "prisma.svg",
                "prisma.txt",
            ]
            #expect(Set(others).isSubset(of: Set(names)))
            let first = try PaperFolder(run).contents().map(\.bytes)
            let second = try PaperFolder(run).contents().map(\.bytes)
            #expect(first == second)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/out/paper").count == names.count)
            // What the run itself wrote stays as it is.
            _ = try StoredRun(folder + "/out")
        }
    }

    @Test("tables for a paper of an earlier run are set aside: they would stand beside other results")
    func earlier() throws {
        try Fixture.inTemporaryFolder { folder in
            try PaperFolder(try Self.stored(folder + "/out")).write()
            _ = try Self.stored(folder + "/out")
            let files = FileManager.default
            #expect(!files.fileExists(atPath: folder + "/out/paper/text.md"))
            let moved = try files.contentsOfDirectory(atPath: folder + "/out").first { $0.hasPrefix("previous-") }
            #expect(files.fileExists(atPath: "\(folder)/out/\(moved ?? "")/paper/text.md"))
        }
    }

    @Test("numbers of the cluster table are those of the run's table; what is not corrected says so")
    func clusters() throws {
        try Fixture.inTemporaryFolder { folder in
            let run = try Self.stored(folder + "/out") { run in
                for peak in run.models[0].result.correctedClusters().compactMap(\.peaks.first) {
                    run.models[0].bases[peak.position] = EffectBasis(measured: 2, signOnly: 1, silent: 4)
                }
            }
            let tables = try PaperTables(run).all()
            let corrected = try #require(tables.first { $0.name == "clusters_tested" })
            let source = try #require(try run.table("tested/clusters_corr-FWE.tsv"))
            // z of 5 and −4 lie above all 20 permutations' maxima: both clusters survive.
            #expect(source.rows.count == 2 && corrected.rows.count == 2)
            for (row, own) in zip(corrected.rows, source.rows) {
                #expect(row[2] == source.cell(own, "voxels"))
                #expect(Double(row[3].replacing("\u{2212}", with: "-")) == Double(source.cell(own, "x_mm")))
                #expect(row[9] == source.cell(own, "p_fwe_voxel"))
            }
            #expect(corrected.columns[9].heading == "p (FWE)")
            // Counts of experiments have three columns in the run's table; none may stand empty between two others.
            #expect(corrected.columns[11].heading == "Measured / sign only / silent")
            #expect(corrected.rows.allSatisfy { $0[11] == "2 / 1 / 4" }, "\(corrected.rows.map { $0[11] })")
            #expect(corrected.notes.joined().contains("corrected p ≤ 0.05 (voxel height"))
            let plain = try #require(tables.first { $0.name == "clusters_plain" })
            #expect(plain.title.hasPrefix("Exploratory clusters"))
            #expect(plain.rows.allSatisfy { $0[11].isEmpty }, "peaks that were not looked at have no counts")
            #expect(plain.columns[9].heading == "p" && plain.notes.joined().contains("not corrected"))
            // The break-down counts every voxel of the cluster once.
            let breakdown = try #require(corrected.rows[0].last)
            let sum = breakdown.matches(of: /(\d+)(?:,|$)/).compactMap { Int($0.output.1) }.reduce(0, +)
            #expect(String(sum) == corrected.rows[0][2], "\(breakdown)")
        }
    }

    @Test("characteristics: every experiment once, groups, assumed thresholds marked, covariates apart")
    func characteristics() throws {
        try Fixture.inTemporaryFolder { folder in
            let tables = try PaperTables(try Self.stored(folder + "/out")).all()
            let table = try #require(tables.first { $0.name == "characteristics" })
            #expect(table.rows.map { $0[0] } == ["a1", "b2", "c3"])
            #expect(table.rows.map { $0[2] } == ["20", "12 + 14", "30"])
            #expect(table.rows.map { $0[3] } == ["3.58", "3.58*", "3.58"])
            #expect(table.rows.allSatisfy { $0.last == "tested, plain" })
            #expect(table.notes.contains { $0.hasPrefix("* assumed") })
            let covariates = try #require(tables.first { $0.name == "covariates" })
            #expect(covariates.columns.map(\.heading) == ["Experiment", "pmid", "task"])
            #expect(covariates.rows[0] == ["a1", "12345678", "rest"])
        }
    }

    @Test("methods and supplement are there apart, with the sentences of the report; results say what was corrected")
    func methods() throws {
        try Fixture.inTemporaryFolder { folder in
            let run = try Self.stored(folder + "/out")
            let words = try #require(run.record.result.words)
            #expect(!words.methods.isEmpty && !words.supplement.isEmpty)
            #expect(words.methods.contains("in the supplement"))
            #expect(words.references.contains { $0.mark.hasPrefix("Albajes") })
            #expect(words.prisma?.screened == 30)
            #expect(words.spaces == ["mni": 2])
            let text = try Self.text(try Self.written(run) + "/text.md")
            #expect(text.contains("## Results") && text.contains("2 clusters survived the correction"))
            #expect(text.contains("## Supplement") && text.contains("no correction for multiple comparisons was made"))
            // The report has the same sentences.
            let page = try Self.text(folder + "/out/report.html")
            let paragraph = try #require(words.methods.components(separatedBy: "\n\n").first)
            for sentence in paragraph.components(separatedBy: ". ").prefix(3) {
                #expect(page.contains(HTML.escape(sentence)), "\(sentence)")
            }
        }
    }

    private static func written(_ run: StoredRun) throws -> String {
        try PaperFolder(run).write()
        return PaperFolder(run).path
    }

    @Test("the flow of studies is drawn with selectable text, escaped; boxes without a number say so")
    func flow() throws {
        try Fixture.inTemporaryFolder { folder in
            let path = try Self.written(try Self.stored(folder + "/out"))
            let svg = try Self.text(path + "/prisma.svg")
            #expect(svg.contains("PubMed &lt;1&gt; (n = 40)</text>") && !svg.contains("<1>"))
            #expect(svg.contains("Records screened (n = 30)</text>"))
            #expect(svg.contains("Studies included in review (n not stated)"))
            let lines = try Self.text(path + "/prisma.txt")
            #expect(lines.contains("Duplicate records (n = 10)"))
        }
    }

    @Test("the checklist has ten rules; what the run cannot know is open")
    func checklist() throws {
        try Fixture.inTemporaryFolder { folder in
            let path = try Self.written(try Self.stored(folder + "/out"))
            let rows = try Self.text(path + "/checklist.tsv").split(separator: "\n").dropFirst().map {
                $0.split(separator: "\t").map(String.init)
            }
            #expect(Set(rows.map { $0[0] }).isSuperset(of: (1...10).map(String.init) + ["COBIDAS"]))
            #expect(rows.contains { $0[1].hasPrefix("A specific question") && $0[2].contains("What changes?") })
            #expect(rows.contains { $0[1].hasPrefix("Inclusion") && $0[2].contains("to be filled in") })
        }
    }

    @Test("a folder that holds no run is refused with what to do")
    func noRun() throws {
        try Fixture.inTemporaryFolder { folder in
            let error = #expect(throws: ReportingError.self) { try StoredRun(folder) }
            #expect(error?.reason.contains("no run.json") == true && error?.remedy != nil)
        }
    }

    // MARK: - Bundle

    @Test("an archive has every file of the run with its SHA-256, and is the same bytes again")
    func bundle() throws {
        try Fixture.inTemporaryFolder { folder in
            let run = try Self.stored(folder + "/out")
            try PaperFolder(run).write()
            try "rest".write(toFile: folder + "/out/.hidden", atomically: true, encoding: .utf8)
            try "{}".write(toFile: folder + "/out/run.previous.json", atomically: true, encoding: .utf8)
            let count = try RunBundle(run).write(to: folder + "/one.zip")
            try RunBundle(run).write(to: folder + "/two.zip")
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/one.zip")))
            #expect(bytes == Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/two.zip"))))
            let zip = try Unzipped(bytes)
            #expect(zip.names.count == count + 2)
            #expect(!zip.names.contains { $0.contains("hidden") || $0.contains("previous") })
            for file in run.record.result.models.flatMap({ $0.files.map(\.path) }) + ["run.json", "report.html"] {
                #expect(zip.files["Fixture/\(file)"] != nil, "\(file)")
            }
            let sums = zip.text("Fixture/SHA256SUMS").split(separator: "\n")
            #expect(sums.count == count)
            #expect(sums.map { String($0.dropFirst(66)) } == sums.map { String($0.dropFirst(66)) }.sorted())
            // Of text, the sum is that of run.json, which was made when the run was written.
            let tables = run.record.result.models.flatMap(\.files).filter { $0.path.hasSuffix(".tsv") }
            #expect(!tables.isEmpty)
            for table in tables { #expect(sums.contains("\(table.sha256)  \(table.path)"), "\(table.path)") }
        }
    }

    // MARK: - Two runs

    @Test("two runs of the same are told to be the same")
    func same() throws {
        try Fixture.inTemporaryFolder { folder in
            let difference = try RunDifference(try Self.stored(folder + "/a"), try Self.stored(folder + "/b"))
            #expect(difference.sections.isEmpty, "\(difference.text)")
            #expect(difference.text.contains("Nothing changed") && difference.page.contains("Nothing changed"))
        }
    }

    @Test("what changed: a setting, an experiment, a cluster that goes, one whose numbers change, a model")
    func changed() throws {
        try Fixture.inTemporaryFolder { folder in
            let first = try Self.stored(folder + "/a")
            let second = try Self.stored(folder + "/b") { run in
                var settings = Settings.sdmPSI
                settings.thresholdP = 0.01
                // The cluster below zero goes, the one above is lower.
                run.models[1] = Fixture.findings(
                    Fixture.blob(4, at: [-30, -2, -14]), name: "plain", settings: settings)
                run.models[1].result.experiments.removeLast()
                run.models.remove(at: 0)
            }
            let difference = try RunDifference(first, second)
            #expect(difference.sections.map(\.title) == ["Model “tested”", "Model “plain”"], "\(difference.text)")
            #expect(difference.sections[0].lines == ["only in the first run"])
            let lines = difference.sections[1].lines
            #expect(lines.contains("threshold_p: 0.005 → 0.01"))
            #expect(lines.contains("experiments gone: c3"))
            #expect(lines.contains("exploratory clusters: 2 → 1"))
            #expect(lines.contains { $0.hasPrefix("exploratory cluster at") && $0.contains("is gone") })
            #expect(lines.contains { $0.hasPrefix("exploratory cluster at") && $0.contains(" z ") && $0.contains("→") })
            #expect(difference.page.contains("<li>threshold_p: 0.005 → 0.01</li>"))
        }
    }
}
