import Evidence
import Formats
import Foundation
import Imaging
import Inference
import PrimaryStudy
import Reporting
import SeedBasedMapping
import TestSupport
import Testing

@Suite("The page of a study")
struct StudyReportTests {
    @Test("A change of all ten is found, told with its people, and kept without each of them")
    func found() async throws {
        let result = try await StudyFixture.analysis().run(workers: Workers(threads: 2))
        let first = try #require(result.findings.first)
        let away = first.cluster.peak.coordinate - StudyFixture.place
        #expect((away * away).sum() < 16 * 16)
        #expect(first.cluster.sign == 1)
        #expect(first.share == (10, 10))
        #expect(first.without.count == 10)
        #expect(first.carriers.isEmpty)
        #expect(first.trajectories.map(\.count) == Array(repeating: 2, count: 10))
        // The people's changes are what the lines show.
        let change = first.trajectories.map { $0[1] - $0[0] }
        #expect(zip(change, first.values).allSatisfy { abs($0 - $1) < 1e-4 })
        let page = StudyReport(result, record: StudyFixture.record(result), template: nil).html
        for text in [
            "Change from pre to post: ", "10 of 10 people go that way", "What 10 people can and cannot show",
            "too large, the voxels were chosen for it (circular)", "It stays whoever is left out.",
            "It is a change after, not because of.", "corrected, whole brain",
        ] {
            #expect(page.contains(text), "\(text)")
        }
        #expect(!page.contains("SVC only"))
        #expect(!page.contains("<script src"))
    }

    @Test("Nothing found is told as that, not as nothing there, and the uncorrected places as no findings")
    func nothing() async throws {
        let result = try await StudyFixture.analysis(effect: 0).run(workers: Workers(threads: 2))
        #expect(result.findings.isEmpty)
        #expect(!result.others.isEmpty)
        let page = StudyReport(result, record: StudyFixture.record(result), template: nil).html
        #expect(page.contains("That is not a finding that nothing is there"))
        #expect(page.contains("they are no findings"))
        #expect(page.contains("Where it came nearest"))
    }

    @Test("A small volume is never called the whole brain")
    func smallVolume() async throws {
        let result = try await StudyFixture.analysis(area: .smallVolume).run(workers: Workers(threads: 2))
        let page = StudyReport(result, record: StudyFixture.record(result), template: nil).html
        #expect(page.contains("SVC only, not whole-brain"))
        #expect(page.contains("a small volume (left amygdala)"))
        #expect(!page.contains("corrected, whole brain"))
        #expect(StudyOutline(result).text.contains("SVC only, not whole-brain"))
        #expect(throws: InputError.self) { try StudyExperiment(result, id: "a", run: "out") }
    }

    /// One data set shows nothing of an average: several, each one number, since places of one are not independent.
    @Test("On noise the size read from the chosen voxels is large, and the cross-validated one 0 on average")
    func circular() async throws {
        var own: [Double] = []
        var validated: [Double] = []
        for seed in UInt64(1)...12 {
            // Few flips: places below the cluster-forming p are looked at, corrected or not.
            let result = try await StudyFixture.analysis(
                effect: 0, choices: StudyChoices(permutations: 10, clusterP: 0.01, level: 0.001), seed: seed
            ).run(workers: Workers(threads: 2))
            let pairs = result.others.compactMap { finding -> (Double, Double)? in
                guard let own = finding.effect, let validated = finding.validated else { return nil }
                return (abs(own.value), Double(finding.cluster.sign) * validated.value)
            }
            guard !pairs.isEmpty else { continue }
            own.append(pairs.reduce(0) { $0 + $1.0 } / Double(pairs.count))
            validated.append(pairs.reduce(0) { $0 + $1.1 } / Double(pairs.count))
        }
        let n = Double(own.count)
        try #require(n >= 10)
        let (circular, honest) = (own.reduce(0, +) / n, validated.reduce(0, +) / n)
        let error = (validated.reduce(0) { $0 + ($1 - honest) * ($1 - honest) } / (n - 1) / n).squareRoot()
        #expect(circular > 0.8, "\(circular)")
        #expect(abs(honest) < 3 * error + 0.1 * circular, "\(circular), \(honest), \(error)")
        #expect(error < 0.2 * circular, "\(error)")
    }

    @Test("A correlation shows a scatter with the score, groups a panel each")
    func others() async throws {
        let correlation = try await StudyFixture.analysis(
            correlate: "change:score", choices: StudyChoices(permutations: 100)
        ).run(workers: Workers(threads: 2))
        #expect(correlation.isCorrelation)
        let first = StudyReport(correlation, record: StudyFixture.record(correlation), template: nil).html
        #expect(first.contains("against change of score of 10 people"))
        #expect(first.contains("With 10 people an observed r = 0.80 means anything from 0.34 to 0.95"))
        let groups = try await StudyFixture.analysis(groups: "group=a,b", choices: StudyChoices(permutations: 500)).run(
            workers: Workers(threads: 2))
        #expect(groups.inference.rearrangements.count == 252)
        #expect(StudyWords(groups).test.contains("The smallest p there can be is 0.0079."))
        let second = StudyReport(groups, record: StudyFixture.record(groups), template: nil).html
        #expect(second.contains("10 people (5 a, 5 b)"))
    }

    @Test("Of three groups F is that of an analysis of variance, of every division; its size is the share explained")
    func severalGroups() async throws {
        let labels = ["a", "a", "a", "b", "b", "b", "c", "c", "c"]
        var text = "id\timage\tgroup\n"
        for (n, label) in labels.enumerated() { text += "p\(n)\t\(n).nii\t\(label)\n" }
        let table = try ParticipantTable(path: "table.tsv", bytes: Array(text.utf8))
        let design = try ParticipantDesign(StudyQuestion(groups: "group=a,b,c"), table: table)
        let rows = labels.enumerated().map { StudyFixture.values($0, post: $1 == "c", effect: 5) }
        let images = ParticipantImages(mask: Head.mask, values: rows, facts: [], inputFiles: [], notices: [])
        let result = try await StudyAnalysis(
            name: "groups", design, table: table, images: images,
            area: StudyArea(kind: .wholeBrain, voxels: Head.mask.count, volume: 1000), choices: StudyChoices(),
            places: .none
        ).run(workers: Workers(threads: 2))
        // 9!/(3! 3! 3!) divisions; the 3! new namings of the groups say the same.
        #expect(result.inference.rearrangements.count == 1680)
        #expect(result.inference.smallestP(result.side) == 6.0 / 1680)
        #expect(result.inference.smallestP(result.side) == design.smallestP)
        let finding = try #require(result.findings.first)
        let voxel = finding.cluster.peak.position
        let values = rows.map { Double($0[voxel]) }
        let mean = values.reduce(0, +) / 9
        let means = [0, 3, 6].map { start in values[start..<start + 3].reduce(0, +) / 3 }
        let between = means.reduce(0) { $0 + 3 * ($1 - mean) * ($1 - mean) } / 2
        let within = values.enumerated().reduce(0) { $0 + ($1.1 - means[$1.0 / 3]) * ($1.1 - means[$1.0 / 3]) } / 6
        #expect(abs(finding.peak / (between / within) - 1) < 1e-4)
        #expect(finding.effect?.symbol == "partial R²")
        let page = StudyReport(result, record: StudyFixture.record(result), template: nil).html
        #expect(page.contains("Differences among a, b and c"))
        #expect(page.contains("9 people (3 a, 3 b, 3 c)"))
    }

    @Test("With a covariate the size told is that of the tested model: the partial correlation")
    func adjusted() async throws {
        let result = try await StudyFixture.analysis(
            correlate: "change:score", covariates: "group", choices: StudyChoices(permutations: 100)
        ).run(workers: Workers(threads: 2))
        let finding = try #require((result.findings + result.others).first)
        let effect = try #require(finding.effect)
        #expect(effect.symbol == "partial r")
        // Held constant is a group of two: each value less its group's mean.
        func within(_ x: [Double]) -> [Double] {
            x.indices.map { n in
                let own = x.indices.filter { ($0 < 5) == (n < 5) }
                return x[n] - own.reduce(0) { $0 + x[$1] } / Double(own.count)
            }
        }
        let score = try #require(result.participants.predictor).values
        let (a, b) = (within(finding.values), within(score))
        func product(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }
        let r = product(a, b) / (product(a, a) * product(b, b)).squareRoot()
        #expect(abs(effect.value - r) < 1e-5)
        // Fisher's z with one column more: variance 1/(10 − 3 − 1).
        let half = 1.959964 / 6.0.squareRoot()
        #expect(abs(effect.upper - tanh(atanh(r) + half)) < 1e-4)
    }

    @Test("The t that is said to be needed has a corrected p at the level, and without a corrected t none is told")
    func needed() async throws {
        let plain = try await StudyFixture.analysis(choices: StudyChoices(correction: .voxel)).run(
            workers: Workers(threads: 2))
        let critical = try #require(plain.limits?.rows.last?.critical)
        #expect(plain.limits?.isCorrected == true)
        #expect(plain.inference.correction(.voxel, .both)(Float(critical)) <= 0.05)
        let welch = try await StudyFixture.analysis(
            groups: "group=a,b", choices: StudyChoices(statistic: .unequalVariances, correction: .voxel)
        ).run(workers: Workers(threads: 2))
        #expect(welch.limits?.isCorrected == false)
        let scratch = try Scratch()
        _ = try StudyExperiment(welch, id: "welch", run: "out").add(to: "\(scratch.path)/project")
        let rows = try String(contentsOfFile: "\(scratch.path)/project/studies.tsv", encoding: .utf8).split(
            separator: "\n"
        ).map { $0.split(separator: "\t") }
        let place = try #require(rows[0].firstIndex(of: "t_thr"))
        #expect(rows[1][place] == "n/a")
    }

    @Test("Variances of regions, which are no neighbours, are not smoothed")
    func regionsHaveNoPseudoT() throws {
        let table = try StudyFixture.table()
        let design = try ParticipantDesign(StudyQuestion(paired: "session=pre,post"), table: table)
        let regions = try ParticipantRegions(["score"], of: design, table: table)
        let analysis = try #require(
            StudyAnalysis(
                name: "regions", design, table: table, regions: regions,
                choices: StudyChoices(statistic: .smoothedVariance(fwhm: 8))))
        #expect(throws: StudyError.self) { try analysis.test().prepare() }
    }

    @Test("A run that is interrupted goes on from its ledger, to the same end")
    @_optimize(none)
    func ledger() async throws {
        let scratch = try Scratch()
        let choices = StudyChoices(permutations: 4000)
        let analysis = try StudyFixture.analysis(correlate: "change:score", choices: choices)
        let prepared = try analysis.test().prepare()
        let ledger = StudyLedger("\(scratch.path)/study.permutations.tsv", of: analysis)
        #expect(!ledger.isStarted)
        let kept = try ledger.open(0..<prepared.count, of: prepared.count)
        try kept.append(try await prepared.tally(0..<400, workers: Workers(threads: 2)).maxima)
        #expect(ledger.isStarted)
        let resumed = try await StudyStretches(prepared: [prepared], ledger: ledger).run(
            workers: Workers(threads: 2), progress: SilentProgress())
        let whole = try await prepared.tally(0..<prepared.count, workers: Workers(threads: 2))
        #expect(resumed == [whole])
        // So do parts that were made one by one.
        var paths: [String] = []
        for part in 1...3 {
            paths.append("\(scratch.path)/part\(part).tsv")
            _ = try await analysis.permute(shard: part, of: 3, into: paths[part - 1], workers: Workers(threads: 2))
        }
        let parts = try StudyLedger.parts(paths.reversed(), of: analysis)
        #expect(parts == [whole])
        #expect(throws: InputError.self) { try StudyLedger.parts([paths[0], paths[2]], of: analysis) }
        #expect(throws: InputError.self) { try StudyLedger.parts(paths + [paths[1]], of: analysis) }
        // Another study does not take it.
        let other = StudyLedger(ledger.path, of: try StudyFixture.analysis(effect: 1, correlate: "change:score"))
        #expect(!other.isStarted)
        #expect(throws: PermutationLedger.Problem.self) { try other.open(0..<prepared.count, of: prepared.count) }
        ledger.remove()
        #expect(!ledger.isStarted)
    }
}
