import Evidence
import Formats
import Foundation
import Imaging
import Inference
import PrimaryStudy
import Reporting
import Statistics
import TestSupport
import Testing

@Suite("A study of several numbers together, and its memory")
struct StudyNumbersTests {
    private static let ages: [Double] = [31, 45, 28, 52, 39, 60, 33, 47, 41, 36]
    private static let scores: [Double] = [12, 7, 19, 3, 14, 9, 21, 5, 11, 17]

    /// Ten people whose images at one place rise with age and fall with a score.
    private func analysis(
        _ correlate: String, covariates: String? = nil, choices: StudyChoices = StudyChoices(permutations: 400)
    ) throws -> StudyAnalysis {
        var text = "id\timage\tage\tscore\tiq\n"
        for n in 0..<10 { text += "p\(n)\t\(n).nii\t\(Self.ages[n])\t\(Self.scores[n])\t\(100 + n * n % 11)\n" }
        let table = try ParticipantTable(path: "table.tsv", bytes: Array(text.utf8))
        let design = try ParticipantDesign(
            StudyQuestion(correlate: correlate, covariates: covariates), table: table)
        let rows = (0..<10).map { n in
            StudyFixture.values(n, post: true, effect: (Self.ages[n] - 40) / 2 - (Self.scores[n] - 12))
        }
        let images = ParticipantImages(mask: Head.mask, values: rows, facts: [], inputFiles: [], notices: [])
        return StudyAnalysis(
            name: "numbers", design, table: table, images: images,
            area: StudyArea(kind: .wholeBrain, voxels: Head.mask.count, volume: 1000), choices: choices, places: .none)
    }

    @Test("F of two numbers is that of nested fits; maps, tables and a page say so, and how much they explain")
    func together() async throws {
        let result = try await analysis("age,score", covariates: "iq").run(workers: Workers(threads: 2))
        #expect(result.inference.contrast.isJoint)
        let finding = try #require(result.findings.first)
        let away = finding.cluster.peak.coordinate - StudyFixture.place
        #expect((away * away).sum() < 16 * 16)
        let voxel = finding.cluster.peak.position
        let y = result.participants.units.indices.map {
            Double(
                StudyFixture.values($0, post: true, effect: (Self.ages[$0] - 40) / 2 - (Self.scores[$0] - 12))[voxel])
        }
        func left(_ y: [Double], _ columns: [[Double]]) -> Double {
            let basis = ColumnBasis(Matrix(columns: columns))
            var rest = y
            for vector in basis.q {
                let along = zip(vector, y).reduce(0) { $0 + $1.0 * $1.1 }
                for n in rest.indices { rest[n] -= along * vector[n] }
            }
            return rest.reduce(0) { $0 + $1 * $1 }
        }
        let ones = [Double](repeating: 1, count: 10)
        let iq = (0..<10).map { Double(100 + $0 * $0 % 11) }
        let whole = left(y, [ones, iq, Self.ages, Self.scores])
        let f = (left(y, [ones, iq]) - whole) / 2 / (whole / 6)
        #expect(abs(finding.peak / f - 1) < 1e-4)
        #expect(result.limits == nil && result.effects == nil)
        // The share of what iq leaves of the finding's mean values that age and score take away.
        let size = try #require(finding.effect)
        let all = left(finding.values, [ones, iq, Self.ages, Self.scores])
        let explained = 1 - all / left(finding.values, [ones, iq])
        #expect(size.symbol == "partial R²")
        #expect(abs(size.value - explained) < 1e-5)
        #expect(size.lower < size.value && size.value < size.upper)
        #expect(finding.validated?.symbol == "partial R²")
        let clusters = try #require(StudyTables(result: result).files.first { $0.name == "clusters.tsv" }).table
        for column in ["with", "of"] {
            let place = try #require(clusters.header.firstIndex(of: column))
            #expect(clusters.rows[0][place] == "n/a", "signs of people say nothing of an F")
        }
        let map = try #require(StudyMaps(result: result).all.first { $0.name == "F" })
        #expect(map.intent == .fTest(numerator: 2, denominator: 6))
        let people = try #require(StudyTables(result: result).files.first { $0.name == "participants_values.tsv" })
            .table
        #expect(people.header.prefix(5) == ["participant_id", "session", "group", "age", "score"])
        let page = StudyReport(result, record: StudyFixture.record(result), template: nil).html
        #expect(page.contains("Images on age and score"))
        #expect(page.contains("any other&#39;s age and score") || page.contains("any other's age and score"))
        #expect(page.contains("the other numbers are not held constant in it"))
        #expect(page.contains("0.25 on average where nothing is explained"))
        #expect(page.contains("Smithson M."))
        #expect(StudyOutline(result).text.contains("goes with them"))
        let refused = #expect(throws: InputError.self) { try StudyExperiment(result, id: "f", run: "out") }
        #expect(refused?.remedy?.contains("--covariates") == true)
    }

    @Test("The conjunction of two numbers is where each has a slope while the other is held constant")
    func conjunction() async throws {
        let result = try await analysis(
            "age,score", choices: StudyChoices(permutations: 300, correction: .voxel, isConjunction: true)
        ).run(workers: Workers(threads: 2))
        let conjunction = try #require(result.conjunction)
        #expect(conjunction.contrasts == ["age", "score"])
        // The slopes have opposite signs: nowhere alike.
        #expect(conjunction.places.isEmpty)
        // Each is the test of one number with the other as covariate.
        let alone = try await analysis(
            "age", covariates: "score", choices: StudyChoices(permutations: 300, correction: .voxel)
        ).run(workers: Workers(threads: 2))
        let rows = (0..<10).map { n in
            StudyFixture.values(n, post: true, effect: (Self.ages[n] - 40) / 2 - (Self.scores[n] - 12))
        }
        let fit = try StudyFit(rows, design: result.design, contrast: result.design.contrasts[1])
        let voxel = try #require(alone.findings.first).cluster.peak.position
        #expect(abs(fit.statistic[voxel] - alone.fit.statistic[voxel]) < 1e-4 * abs(alone.fit.statistic[voxel]))
    }

    @Test("A robust F stands beside that of least squares; of more than two sessions it is refused with the reason")
    func robust() async throws {
        let result = try await analysis(
            "age,score", choices: StudyChoices(permutations: 100, isRobust: true)
        ).run(workers: Workers(threads: 2))
        let finding = try #require((result.findings + result.others).first)
        let voxel = finding.cluster.peak.position
        let y = (0..<10).map {
            Double(
                StudyFixture.values($0, post: true, effect: (Self.ages[$0] - 40) / 2 - (Self.scores[$0] - 12))[voxel])
        }
        let alone = try #require(RobustFit(y, result.design.matrix)).joint([1, 2])
        #expect(abs(try #require(result.robust(at: voxel)) - alone) < 1e-3 * alone)
        #expect(StudyMaps(result: result).all.contains { $0.name == "F_desc-robust" })
        let clusters = try #require(StudyTables(result: result).files.first { $0.name == "clusters.tsv" }).table
        let place = try #require(clusters.header.firstIndex(of: "robust_f"))
        #expect(abs(try #require(Double(clusters.rows[0][place])) - alone) < 1e-2 * alone)
        let page = StudyReport(result, record: StudyFixture.record(result), template: nil).html
        #expect(page.contains("Robust F at the peak"))

        var text = "id\tsession\timage\n"
        for person in 1...6 {
            for session in ["a", "b", "c"] { text += "p\(person)\t\(session)\t\(person)\(session).nii\n" }
        }
        let table = try ParticipantTable(path: "table.tsv", bytes: Array(text.utf8))
        let design = try ParticipantDesign(StudyQuestion(paired: "session=a,b,c"), table: table)
        let rows = design.rows.indices.map { StudyFixture.values($0, post: false, effect: 0) }
        let images = ParticipantImages(mask: Head.mask, values: rows, facts: [], inputFiles: [], notices: [])
        let sessions = StudyAnalysis(
            name: "sessions", design, table: table, images: images,
            area: StudyArea(kind: .wholeBrain, voxels: Head.mask.count, volume: 1000),
            choices: StudyChoices(isRobust: true), places: .none)
        let error = #expect(throws: StudyError.self) { try sessions.test() }
        #expect(error?.description.contains("a column of their own") == true)
    }

    @Test("Memory grows with images and threads, is told, and what does not fit is refused with a remedy")
    func memory() throws {
        let table = try StudyFixture.table()
        let design = try ParticipantDesign(StudyQuestion(paired: "session=pre,post"), table: table)
        func memory(_ voxels: Int, threads: Int, _ choices: StudyChoices = StudyChoices()) -> StudyMemory {
            StudyMemory(design, choices, grid: 4 * voxels, voxels: voxels, tested: voxels, threads: threads)
        }
        let base = memory(200_000, threads: 1)
        #expect(base.images == 20)
        // A map for each image, each difference, each residual and each person left out: 50 of them are the least there can be.
        #expect(base.bytes > 50 * 4 * 200_000)
        #expect(memory(200_000, threads: 2).bytes - base.bytes == 24 * 4 * 200_000)
        #expect(memory(400_000, threads: 1).bytes > base.bytes)
        #expect(memory(200_000, threads: 1, StudyChoices(isRobust: true)).bytes > base.bytes)
        #expect(base.words.hasSuffix("for 20 images of 200,000 voxels on 1 thread"))
        try base.check(base.bytes)
        try base.check(nil)
        let error = #expect(throws: InputError.self) { try base.check(base.bytes - 1) }
        #expect(error?.remedy?.contains("larger voxels") == true)
        let analysis = try StudyFixture.analysis()
        #expect(try StudyCheck(analysis, threads: 2).text.contains("MiB of memory for 20 images"))
    }
}
