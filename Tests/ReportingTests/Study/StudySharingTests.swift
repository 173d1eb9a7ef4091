import Evidence
import Formats
import Foundation
import Imaging
import Inference
import PrimaryStudy
import Reporting
import SeedBasedMapping
import Statistics
import TestSupport
import Testing

@Suite("A study shared among machines, with q and what contrasts have in common")
struct StudySharingTests {
    private let workers = Workers(threads: 2)

    /// Nine people of three groups of three on a coarse head, the third of which has an effect.
    private func analysis(_ choices: StudyChoices) throws -> StudyAnalysis {
        let labels = ["a", "a", "a", "b", "b", "b", "c", "c", "c"]
        var text = "id\timage\tgroup\tage\n"
        for (n, label) in labels.enumerated() { text += "p\(n)\t\(n).nii\t\(label)\t\(30 + n * n % 7)\n" }
        let table = try ParticipantTable(path: "table.tsv", bytes: Array(text.utf8))
        let design = try ParticipantDesign(StudyQuestion(groups: "group=a,b,c", covariates: "age"), table: table)
        let rows = labels.enumerated().map { StudyFixture.values($0, post: $1 != "a", effect: 5) }
        let images = ParticipantImages(mask: Head.mask, values: rows, facts: [], inputFiles: [], notices: [])
        return StudyAnalysis(
            name: "groups", design, table: table, images: images,
            area: StudyArea(kind: .wholeBrain, voxels: Head.mask.count, volume: 1000), choices: choices, places: .none)
    }

    private func same(_ a: [Float]?, _ b: [Float]?) -> Bool {
        guard let a, let b, a.count == b.count else { return false }
        return zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern }
    }

    private func parts(_ analysis: StudyAnalysis, of count: Int, in scratch: Scratch) async throws -> [String] {
        var paths: [String] = []
        for part in 1...count {
            paths.append("\(scratch.path)/part\(part).tsv")
            _ = try await analysis.permute(shard: part, of: count, into: paths[part - 1], workers: workers)
        }
        return paths
    }

    @Test(
        "Parts give the bits of one run: corrected p, q and conjunction",
        arguments: [ExchangeScheme.Nuisance.freedmanLane, .draperStoneman])
    func parts(nuisance: ExchangeScheme.Nuisance) async throws {
        let scratch = try Scratch()
        // By Draper and Stoneman's method the groups have 1,680 divisions, a contrast of two of them 84, all of which are made.
        let analysis = try analysis(
            StudyChoices(
                permutations: 500, correction: .voxel, nuisance: nuisance, countsFalseDiscoveries: true,
                isConjunction: true))
        let paths = try await parts(analysis, of: 3, in: scratch)
        let merged = try await analysis.run(workers: workers, parts: StudyLedger.parts(paths, of: analysis))
        let whole = try await analysis.run(workers: workers)
        #expect(merged.inference.null == whole.inference.null)
        #expect(same(merged.falseDiscoveries, whole.falseDiscoveries))
        #expect(same(merged.conjunction?.maps.correctedP, whole.conjunction?.maps.correctedP))
        #expect(same(merged.conjunction?.maps.statistic, whole.conjunction?.maps.statistic))
        #expect(merged.conjunction?.contrasts == ["b minus a", "c minus a"])
        let least = try #require(whole.conjunction?.maps.correctedP.filter { !$0.isNaN }.min())
        #expect(least < 1)
        let (one, other) = (StudyTables(result: merged).files, StudyTables(result: whole).files)
        #expect(one.map(\.name) == other.map(\.name) && one.map(\.table.text) == other.map(\.table.text))
    }

    @Test("All sign flips counted in parts are those counted with their mirror images")
    func flips() async throws {
        let scratch = try Scratch()
        let analysis = try StudyFixture.analysis(choices: StudyChoices(countsFalseDiscoveries: true))
        let merged = try await analysis.run(
            workers: workers, parts: StudyLedger.parts(parts(analysis, of: 4, in: scratch), of: analysis))
        let whole = try await analysis.run(workers: workers)
        #expect(whole.inference.rearrangements.count == 1024)
        #expect(same(merged.falseDiscoveries, whole.falseDiscoveries))
        for side in [StudyInference.Side.positive, .negative, .both] {
            #expect(same(merged.inference.uncorrectedP(side), whole.inference.uncorrectedP(side)))
        }
    }

    @Test("A part without its counts, or with damaged ones, is told, and its command makes the counts alone anew")
    func counts() async throws {
        let scratch = try Scratch()
        let analysis = try analysis(StudyChoices(permutations: 500, countsFalseDiscoveries: true))
        let paths = try await parts(analysis, of: 2, in: scratch)
        let file = "\(paths[1]).counts"
        let sound = try Data(contentsOf: URL(fileURLWithPath: file))
        let ledger = try Data(contentsOf: URL(fileURLWithPath: paths[1]))
        var damaged = sound
        damaged[damaged.count / 2] ^= 1
        for bytes in [Data(), damaged, Data(sound.dropLast(5))] {
            try bytes.write(to: URL(fileURLWithPath: file))
            let error = #expect(throws: InputError.self) { try StudyLedger.parts(paths, of: analysis) }
            #expect(error?.location?.file == file)
            #expect(error?.remedy?.contains("Copy the file along") == true)
        }
        _ = try await analysis.permute(shard: 2, of: 2, into: paths[1], workers: workers)
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == sound)
        #expect(try Data(contentsOf: URL(fileURLWithPath: paths[1])) == ledger)
        // Where q is not asked for they are not needed.
        try FileManager.default.removeItem(atPath: file)
        let plain = try self.analysis(StudyChoices(permutations: 500))
        #expect(try StudyLedger.parts(paths, of: plain).count == 1)
        // A part without the contrasts of a conjunction is of another study.
        let common = try self.analysis(StudyChoices(permutations: 500, isConjunction: true))
        #expect(throws: InputError.self) { try StudyLedger.parts(paths, of: common) }
    }

    @Test("An interrupted run goes on with its counts and contrasts, wherever it stopped")
    func resumed() async throws {
        let scratch = try Scratch()
        let analysis = try analysis(
            StudyChoices(permutations: 600, countsFalseDiscoveries: true, isConjunction: true))
        let prepared = try analysis.tests().map { test throws(StudyError) in try test.prepare() }
        let ledger = StudyLedger("\(scratch.path)/study.tsv", of: analysis)
        func run() async throws -> [StudyTally] {
            try await StudyStretches(prepared: prepared, ledger: ledger, range: 0..<600).run(
                workers: workers, progress: SilentProgress())
        }
        let whole = try await run()
        let counts = try Data(contentsOf: URL(fileURLWithPath: "\(ledger.path).counts"))
        // Stopped after the ledger's second stretch was written and before its counts were: those of the first are there.
        let kept = try PermutationLedger.read(ledger.path).ledger
        ledger.remove()
        let again = try ledger.open(0..<600, of: 600, tests: 3)
        try again.append(table: Array(kept.table[..<200]))
        var first = StudyCounts(ledger, 0..<600, voxels: Head.mask.count)
        first.add(try await prepared[0].tally(0..<200, workers: workers))
        try first.save()
        try again.append(table: Array(kept.table[200..<400]))
        #expect(try await run() == whole)
        #expect(try Data(contentsOf: URL(fileURLWithPath: "\(ledger.path).counts")) == counts)
        // Counts of more than the ledger has are not believed.
        unlink(ledger.path)
        #expect(try await run() == whole)
        ledger.remove()
        #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/study.tsv.counts") && !ledger.isStarted)
    }
}
