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

@Suite("What a study tells beside its test")
struct StudyAddendaTests {
    private func table(_ result: StudyResult, _ name: String) throws -> TextTable {
        try #require(StudyTables(result: result).files.first { $0.name == name }).table
    }

    private func column(_ table: TextTable, _ name: String) throws -> [String] {
        let place = try #require(table.header.firstIndex(of: name))
        return table.rows.map { $0[place] }
    }

    private func page(_ result: StudyResult) -> String {
        StudyReport(result, record: StudyFixture.record(result), template: nil).html
    }

    @Test("A change has d_av and r of the sessions beside d_z, and intervals by drawing people anew")
    func changes() async throws {
        let result = try await StudyFixture.analysis().run(workers: Workers(threads: 2))
        let finding = try #require(result.findings.first)
        let within = try #require(
            WithinSubjectEffect(
                first: finding.trajectories.map { $0[0] }, second: finding.trajectories.map { $0[1] }))
        let clusters = try table(result, "clusters.tsv")
        #expect(try column(clusters, "d_av")[0] == NumberText.fixed(within.dav, 4))
        #expect(try column(clusters, "r_sessions")[0] == NumberText.fixed(within.correlation, 4))
        let effect = try #require(finding.effect)
        #expect(abs(within.dz - effect.value) < 1e-5)
        let interval = try #require(effect.bootstrap)
        #expect(interval.lower < effect.value && effect.value < interval.upper)
        #expect(try column(clusters, "effect_bca_lower")[0] == NumberText.fixed(interval.lower, 4))
        #expect(page(result).contains("In spreads between people"))
        #expect(page(result).contains("95 % by drawing people anew"))
        // What was not asked for has no column.
        #expect(!clusters.header.contains("q_fdr") && !clusters.header.contains("robust_t"))
    }

    @Test("With Draper and Stoneman's method the tested column moves: the same t, other p, said on the page")
    func draperStoneman() async throws {
        func run(_ nuisance: ExchangeScheme.Nuisance) async throws -> StudyResult {
            try await StudyFixture.analysis(
                correlate: "change:score", covariates: "group",
                choices: StudyChoices(permutations: 200, nuisance: nuisance)
            ).run(workers: Workers(threads: 2))
        }
        let (residuals, columns) = try await (run(.freedmanLane), run(.draperStoneman))
        #expect(residuals.fit.statistic.filter { !$0.isNaN } == columns.fit.statistic.filter { !$0.isNaN })
        #expect(residuals.inference.null != columns.inference.null)
        #expect(page(columns).contains("Draper and Stoneman"))
        #expect(!page(columns).contains("Freedman and Lane"))
        #expect(page(residuals).contains("Freedman and Lane"))
    }

    @Test("q are those of Benjamini and Hochberg by p that were counted voxel by voxel")
    func falseDiscoveries() async throws {
        let result = try await StudyFixture.analysis(choices: StudyChoices(countsFalseDiscoveries: true)).run(
            workers: Workers(threads: 2))
        let q = try #require(result.falseDiscoveries)
        let p = try #require(result.inference.uncorrectedP(.both))
        let tested = p.indices.filter { !p[$0].isNaN }.sorted { p[$0] < p[$1] }
        var least = 1.0
        for (place, voxel) in tested.enumerated().reversed() {
            least = min(least, Double(p[voxel]) * Double(tested.count) / Double(place + 1))
            #expect(abs(Double(q[voxel]) - least) < 1e-5)
        }
        #expect(StudyMaps(result: result).all.contains { $0.name == "q_level-voxel_corr-FDR_method-montecarlo" })
        let clusters = try table(result, "clusters.tsv")
        #expect(try column(clusters, "q_fdr").allSatisfy { Double($0) != nil })
        #expect(page(result).contains("False discovery rate"))
    }

    @Test("A continued tail is marked; where all arrangements were made there is none")
    func tail() async throws {
        let drawn = try await StudyFixture.analysis(
            effect: 12, choices: StudyChoices(permutations: 400, correction: .voxel, continuesTail: true)
        ).run(workers: Workers(threads: 2))
        let clusters = try table(drawn, "clusters.tsv")
        let marks = try column(clusters, "p_tail_is")
        let values = try column(clusters, "p_tail")
        #expect(marks.allSatisfy { ["extrapolated", "counted"].contains($0) })
        #expect(zip(marks, values).allSatisfy { ($0 == "extrapolated") == (Double($1) != nil) })
        if let tail = drawn.tail, let first = drawn.findings.first, let p = first.tailP {
            #expect(marks[0] == "extrapolated")
            #expect(p <= Double(tail.exceedances) / Double(tail.permutations))
            #expect(page(drawn).contains("an extrapolation, not counted"))
        }
        let all = try await StudyFixture.analysis(choices: StudyChoices(continuesTail: true)).run(
            workers: Workers(threads: 2))
        #expect(all.tail == nil)
        #expect(try column(table(all, "clusters.tsv"), "p_tail_is").allSatisfy { $0 == "counted" })
        #expect(page(all).contains("there is no tail to continue"))
    }

    @Test("A robust fit stands beside least squares, with each person's weight")
    func robust() async throws {
        let result = try await StudyFixture.analysis(choices: StudyChoices(isRobust: true)).run(
            workers: Workers(threads: 2))
        let robust = try #require(result.robust)
        let finding = try #require(result.findings.first)
        let peak = finding.cluster.peak.position
        let alone = try #require(
            RobustFit(
                result.participants.units.map { unit in
                    unit.terms.reduce(0) {
                        $0
                            + $1.weight
                            * Double(
                                StudyFixture.values(
                                    Int(unit.subject.dropFirst()) ?? 0, post: $1.weight > 0, effect: 6)[peak])
                    }
                }, result.design.matrix))
        #expect(abs(Double(robust.t[0][peak]) - alone.t[0]) < 1e-3 * abs(alone.t[0]))
        #expect(try column(table(result, "robust_weights.tsv"), "participant_id").count == 10)
        let t = try #require(Double(try column(table(result, "clusters.tsv"), "robust_t")[0]))
        #expect(abs(t - alone.t[0]) < 1e-2)
        #expect(page(result).contains("Tukey&#39;s bisquare") || page(result).contains("Tukey's bisquare"))
    }

    @Test("Of three sessions the conjunction finds what both later ones have, and not what one has")
    func conjunction() async throws {
        var text = "id\tsession\timage\n"
        let sessions = ["pre", "mid", "post"]
        for person in 1...8 { for session in sessions { text += "p\(person)\t\(session)\t\(person)\(session).nii\n" } }
        let table = try ParticipantTable(path: "table.tsv", bytes: Array(text.utf8))
        let design = try ParticipantDesign(StudyQuestion(paired: "session=pre,mid,post"), table: table)
        let other: SIMD3<Double> = [2, -50, 32]
        let stream = Philox(seed: 5, name: "three sessions", purpose: 99)
        let rows = design.rows.enumerated().map { n, row in
            (0..<Head.mask.count).map { voxel -> Float in
                let place = Head.mask.world(at: voxel)
                func near(_ centre: SIMD3<Double>) -> Bool {
                    let away = place - centre
                    return (away * away).sum() < 14 * 14
                }
                let words = stream([UInt32(voxel), UInt32(n), 0, 0])
                let noise = (0..<4).reduce(0.0) { $0 + Double(words[$1]) / Double(UInt32.max) } - 2
                // One place in both later sessions, another in the last alone.
                let both = row.session != "pre" && near(StudyFixture.place) ? 4.0 : 0
                let last = row.session == "post" && near(other) ? 4.0 : 0
                return Float(noise * 1.7 + both + last + 0.01)
            }
        }
        let images = ParticipantImages(mask: Head.mask, values: rows, facts: [], inputFiles: [], notices: [])
        let analysis = StudyAnalysis(
            name: "sessions", design, table: table, images: images,
            area: StudyArea(kind: .wholeBrain, voxels: Head.mask.count, volume: 1000),
            choices: StudyChoices(permutations: 300, correction: .voxel, isConjunction: true), places: .none)
        let result = try await analysis.run(workers: Workers(threads: 2))
        let found = try #require(result.conjunction)
        #expect(found.contrasts == ["mid minus pre", "post minus pre"])
        func holds(_ centre: SIMD3<Double>) -> Bool {
            found.places.contains { place in
                let away = place.cluster.peak.coordinate - centre
                return place.cluster.sign == 1 && (away * away).sum() < 16 * 16
            }
        }
        #expect(holds(StudyFixture.place))
        #expect(!holds(other))
        #expect(page(result).contains("Conjunction of mid minus pre; post minus pre"))
        #expect(StudyOutline(result).text.contains("In all of mid minus pre; post minus pre"))
        let two = try StudyFixture.analysis(choices: StudyChoices(isConjunction: true))
        #expect(throws: StudyError.self) { try two.test() }
    }
}
