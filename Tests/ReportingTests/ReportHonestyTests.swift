import Appraisal
import Evidence
import Figures
import Foundation
import Imaging
import Inference
import Reporting
import SeedBasedMapping
import Testing

/// What the report must not claim: effects nobody measured, classes that were not earned, p that are too small, two numbers for one thing.
@Suite("What the report claims")
struct ReportHonestyTests {
    /// Fourteen experiments, none of which gave a statistic here: signs and silence.
    private static func imputed() -> StudyEffects {
        var place = TrustReportTests.place()
        for index in place.studies.indices { place.studies[index].source = index < 3 ? .sign : .nothing }
        return place
    }

    private func page(_ findings: [FindingCard], _ change: (inout ModelFindings) -> Void = { _ in }) throws -> String {
        var model = Fixture.findings(Fixture.twoBlobs)
        model.trust = findings
        change(&model)
        return try FirstScreenTests.page(Fixture.run([model]))
    }

    @Test("beside every g: measured, sign only, silent, in one wording, and the share imputed")
    func basis() throws {
        let card = try TrustReportTests.finding()
        let share = card.assessment.weight(of: [.sign, .nothing])
        let page = try page([card]) { model in
            for cluster in model.clusters { model.bases[cluster.peak.position] = EffectBasis(card.assessment) }
        }
        let label = "aria-label=\"6 measured, 2 sign only, 6 silent\""
        // Two clusters in the table, a row of the findings, and the card's own line.
        #expect(page.components(separatedBy: label).count - 1 == 4)
        #expect(page.contains("; 6 measured, 2 sign only, 6 silent)"), "the verdict's g has what it rests on")
        #expect(page.contains("Forest plot (6 measured, 2 sign only, 6 silent)"))
        let percent = Int((100 * share).rounded())
        #expect(page.contains("carry \(percent) % of the weight") && page.contains("<td class=\"n\">\(percent) %</td>"))
        for old in ["reported a statistic here", "Measured, near, silent", "Reported there"] {
            #expect(!page.contains(old), "\(old)")
        }
    }

    @Test("clusters.tsv counts as the page does")
    func table() throws {
        let card = try TrustReportTests.finding()
        var model = Fixture.findings(Fixture.twoBlobs)
        model.bases[model.clusters[0].peak.position] = EffectBasis(card.assessment)
        let table = ClusterTables(model, places: .none).clusters
        let first = try #require(table.header.firstIndex(of: "measured"))
        #expect(Array(table.header[first...first + 3]) == ["measured", "sign_only", "silent", "imputed_share"])
        #expect(Array(table.rows[0][first...first + 2]) == ["6", "2", "6"])
        #expect(table.rows[1][first] == "n/a", "a peak that was not looked at has no counts")
    }

    @Test("I², prediction interval and class are withheld, with the reason, where no experiment measured the effect")
    func withheld() throws {
        let card = try TrustReportTests.finding(Self.imputed())
        #expect(card.assessment.restsOnImputation && card.assessment.predictionInterval() != nil)
        let page = try page([card]) { model in
            model.bases[model.clusters[0].peak.position] = EffectBasis(card.assessment)
        }
        #expect(page.contains("evidence class withheld"))
        #expect(page.contains("no experiment measured the effect here, so that they would describe what was imputed"))
        #expect(!page.contains("95 % prediction interval)") && !page.contains("I² = "))
        #expect(page.contains(">withheld</span>"), "I² of the table of clusters")
        #expect(!page.contains("A new study (95 % prediction interval)"), "the forest plot draws one all the same")
        #expect(!page.contains("evidence class IV"))
        let trust = TrustTables([card]).trust
        for column in ["pi_low", "pi_high", "I2", "H2"] {
            #expect(trust.rows[0][trust.header.firstIndex(of: column) ?? 0] == "n/a", "\(column)")
        }
        #expect(trust.rows[0][trust.header.firstIndex(of: "class") ?? 0] == "withheld")
    }

    @Test("no class above weak for what does not survive the correction")
    func lowered() throws {
        // 1,400 people and a strong effect, which the criteria alone call convincing or suggestive.
        var place = TrustReportTests.place()
        for index in place.studies.indices {
            place.studies[index].n1 = 100
            place.studies[index].source = .peak
            let effect = -0.5 - 0.01 * Double(index % 3)
            place.studies[index].effects = [effect, effect]
            place.studies[index].variances = [0.01, 0.01]
        }
        var card = try TrustReportTests.finding(place)
        let earned = card.grade.evidenceClass
        try #require(earned != .weak && earned != .notSignificant, "the example has to be strong")
        func shown(_ card: FindingCard) -> String {
            let trust = TrustTables([card]).trust
            return trust.rows[0][trust.header.firstIndex(of: "class") ?? 0]
        }
        #expect(shown(card) == "IV", "nothing was corrected")
        card.corrected = .init(value: 0.06)
        #expect(shown(card) == "IV", "it does not survive")
        let page = try page([card])
        #expect(
            page.contains("evidence class IV (weak)")
                && page.contains("does not survive the correction for the whole brain"))
        card.corrected = .init(value: 0.05)
        #expect(shown(card) == earned.rawValue, "it survives")
    }

    @Test("most influential and jackknife tell one leave-one-out number, the re-imputed one")
    func influence() throws {
        var card = try TrustReportTests.finding()
        let old = try #require(card.assessment.mostInfluential?.id)
        card.jackknife = JackknifeRuns(
            runs: card.assessment.studies.map {
                .init(leftOut: $0.id, g: $0.id == "Author & Co 2016" ? -0.11 : -0.37, z: -3, isSignificant: true)
            }, threshold: 2.58, z: -3.3)
        try #require(old != "Author & Co 2016", "the example has to differ")
        let page = try page([card])
        #expect(page.contains("Most influential: Author &amp; Co 2016; without it the effect is −0.11."))
        #expect(page.components(separatedBy: "without it the effect is").count == 2, "a second number")
        let trust = TrustTables([card]).trust
        #expect(trust.rows[0][trust.header.firstIndex(of: "effect_without") ?? 0] == "-0.11")
    }

    @Test("p(FWE) has the decimals its permutations allow and is never rounded down, nor 1.00")
    func correctedP() {
        let cases: [(Double, Double, String)] = [
            (0.315, 0.01, "0.32"), (0.315, 0.001, "0.315"), (Double(Float(0.315)), 0.001, "0.315"),
            (Double(Float(0.05)), 0.05, "0.05"), (0.001, 0.001, "0.001"), (0.0001, 0.0001, "0.0001"),
            (0.125, 0.125, "0.13"),
            (0.9996, 0.01, "> 0.99"), (1, 0.001, "1"), (.nan, 0.001, "–"),
        ]
        for (value, step, text) in cases {
            #expect(PrettyNumber.correctedP(value, step: step) == text, "\(value) of \(step)")
        }
    }

    @Test("the page calls corrected p p(FWE), and never prints 1.0000")
    func names() throws {
        let model = Fixture.tested(Fixture.twoBlobs, permutations: 20)
        let page = try FirstScreenTests.page(Fixture.run([model]))
        #expect(page.contains("<th scope=\"col\" class=\"n\">p(FWE)</th>"))
        #expect(!page.contains("1.0000") && !page.contains("corrected p ≤"))
        #expect(page.contains("smallest p(FWE) above zero: 0.05 by voxel height z"))
    }

    @Test("an observed maximum below every permutation is told as that, not as p = 1")
    func belowChance() throws {
        // Permutations' largest z above zero are 1.1 to 2.9, of TFCE 10 to 190: a map of at most 0.5 is below all.
        let model = Fixture.tested(Fixture.blob(0.5, at: .zero), permutations: 20)
        let page = try FirstScreenTests.page(Fixture.run([model]))
        #expect(page.contains("below all of chance"))
        #expect(page.contains("is smaller than in every single permutation: the null does not describe these data"))
        let usual = try FirstScreenTests.page(Fixture.run([Fixture.tested(Fixture.twoBlobs, permutations: 20)]))
        #expect(!usual.contains("the null does not describe these data"))
    }

    @Test("pictures of one report have one scale of z, with the threshold marked on its bar")
    func colours() throws {
        let strong = Fixture.findings(Fixture.blob(7.3, at: [-30, -2, -14]), name: "strong")
        let weak = Fixture.findings(Fixture.blob(1.4, at: .zero), name: "weak")
        let page = try FirstScreenTests.page(Fixture.run([strong, weak]))
        let bars = page.matches(of: /class="tick">(\d+\.\d\d)<\/text>/).compactMap { Double($0.1) }
        // 7.3 at the blob's centre, less at the nearest voxel; rounded up to a half.
        let limit = try #require(bars.max())
        #expect(limit > 5 && limit <= 7.5 && (2 * limit).rounded() == 2 * limit)
        let pictures = page.components(separatedBy: "<svg class=\"brain").dropFirst()
        #expect(pictures.count == 4)
        for picture in pictures {
            let shown = picture.components(separatedBy: "</svg>")[0]
            #expect(shown.contains(">\(PrettyNumber.fixed(limit, 2))</text>"), "its scale ends elsewhere")
            #expect(shown.contains("class=\"level\""), "no threshold on the bar")
        }
    }

    @Test("forest rows carry names and years where the study table has them")
    func studyNames() throws {
        let place = TrustReportTests.place(count: 3, id: { ["Sakai2006_prepost", "x1", "x2"][$0] })
        let experiments = [
            Fixture.experiment("Sakai2006_prepost"),
            Fixture.experiment("x1", covariates: ["Author": .text("Soravia"), "year": .number(2016)]),
            Fixture.experiment("x2"),
        ].enumerated().map { n, experiment in
            var experiment = experiment
            experiment.study = ["Sakai2006", "ignored", "Amir_2009"][n]
            return experiment
        }
        var model = Fixture.findings(Fixture.twoBlobs)
        model.result.experiments = experiments
        model.appraise(ClusterEvidence(peaks: [place, place], jackknife: nil), places: .none)
        let page = try FirstScreenTests.page(Fixture.run([model]))
        for name in ["Sakai 2006", "Soravia 2016", "Amir 2009"] { #expect(page.contains(">\(name)</text>"), "\(name)") }
        #expect(!page.contains(">Sakai2006_prepost</text>"))
        // What the peaks rest on was noted with the cards.
        #expect(model.bases.count == 2 && model.peaksWithoutBasis.isEmpty)
    }
}
