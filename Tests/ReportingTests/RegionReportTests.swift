import Appraisal
import Evidence
import Foundation
import Reporting
import SeedBasedMapping
import Testing

@Suite("Hypotheses on regions in the report")
struct RegionReportTests {
    static func finding(
        _ name: String, _ direction: RegionHypothesis.Direction, _ effects: [Double], group: String? = nil
    ) throws -> RegionFinding {
        let region = RegionHypothesis(
            name: name, extent: .spheres(centres: [[0, 24, 30]], radius: 10), direction: direction, group: group)
        let sources: [StudyEffects.Source] = [.peak, .sign, .nothing]
        let place = StudyEffects(
            name: name, coordinate: [0, 24, 30], voxelCount: 123,
            studies: effects.enumerated().map { index, effect in
                StudyEffects.Study(
                    id: "e\(index)", sample: "e\(index)", n1: 20, n2: 0, source: sources[index % 3],
                    effects: [effect, effect], variances: [0.04, 0.04])
            })
        return try #require(try RegionFinding(region, place: place))
    }

    static func run() throws -> RunResults {
        var rest = Fixture.findings(Fixture.twoBlobs, name: "rest")
        rest.regions = [
            try finding("dl<PFC", .increase, [0.6, 0.7, 0.5, 0.6, 0.6], group: "control"),
            try finding("amygdala", .decrease, [0.6, 0.5, 0.7, 0.6, 0.6], group: "reactivity"),
        ]
        var task = Fixture.findings(Fixture.twoBlobs, name: "task")
        task.regions = [try finding("dl<PFC", .increase, [0.1, 0.2, 0.15], group: "control")]
        var project = Fixture.project()
        project.regions = rest.regions.map(\.region)
        project.regions.append(
            RegionHypothesis(
                name: "absent", extent: .atlas(name: "AAL", labels: [.init("Insula_L")]), direction: .either))
        return Fixture.run([rest, task], project: project)
    }

    @Test("regions.tsv has a row per hypothesis and a row per group; figures of two equal studies by hand")
    func table() throws {
        try Fixture.inTemporaryFolder { path in
            _ = try ResultFolder(path).write(try Self.run())
            let text = try String(contentsOfFile: "\(path)/rest/regions.tsv", encoding: .utf8)
            let rows = text.split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
            #expect(Set(rows.map(\.count)).count == 1)
            #expect(rows.count == 1 + 2 + 3)
            func cell(_ row: Int, _ name: String) -> String {
                rows[0].firstIndex(of: Substring(name)).map { String(rows[row][$0]) } ?? "?"
            }
            // Five studies of variance 0.04 and small spread: τ² = 0, se = √(0.04/5).
            #expect(cell(1, "region") == "dl<PFC" && cell(1, "g") == "0.6" && cell(1, "se") == "0.0894427")
            #expect(cell(1, "with_peak") == "2" && cell(1, "with_sign") == "2" && cell(1, "with_nothing") == "1")
            #expect(cell(1, "verdict") == "strong" && cell(2, "verdict") == "opposite")
            #expect(cell(5, "group") == "control and reactivity" && cell(5, "verdict") == "contradicted")
            #expect(FileManager.default.fileExists(atPath: "\(path)/task/regions.tsv"))
        }
    }

    @Test("the report has one section for all models: figure, groups, matrix, verdicts, and what was skipped")
    func section() throws {
        let page = try Fixture.inTemporaryFolder { path in
            _ = try ResultFolder(path).write(try Self.run())
            return try String(contentsOfFile: "\(path)/report.html", encoding: .utf8)
        }
        #expect(page.components(separatedBy: "<section id=\"regions\"").count == 2)
        #expect(page.contains("dl&lt;PFC") && !page.contains("dl<PFC"))
        #expect(page.components(separatedBy: "<svg class=\"regions\"").count == 2)
        // A dot for what is supported, hollow for what is open, a cross of two lines for what is contradicted.
        #expect(page.components(separatedBy: "class=\"dot\"").count == 2)
        #expect(page.components(separatedBy: "class=\"dot open\"").count == 2)
        #expect(page.components(separatedBy: "class=\"cross\"").count == 3)
        #expect(page.components(separatedBy: "class=\"tip\"").count == 3)
        #expect(page.contains("strong evidence for an increase"))
        #expect(page.contains("evidence for an increase, against the hypothesis"))
        #expect(page.contains("inconclusive; 3 experiments only"))
        #expect(page.contains("Without a result: absent"))
        #expect(page.contains("contradicted in at least one region"))
        #expect(page.contains("intersection–union principle (Berger, 1982)"))
    }

    @Test("a plan without regions has neither section nor table")
    func none() throws {
        try Fixture.inTemporaryFolder { path in
            _ = try ResultFolder(path).write(Fixture.run([Fixture.findings(Fixture.twoBlobs)]))
            let page = try String(contentsOfFile: "\(path)/report.html", encoding: .utf8)
            #expect(!page.contains("id=\"regions\"") && !page.contains("Dienes"))
            #expect(!FileManager.default.fileExists(atPath: "\(path)/mean/regions.tsv"))
        }
    }
}
