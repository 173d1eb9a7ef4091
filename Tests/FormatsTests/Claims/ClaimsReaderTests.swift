import Evidence
import Formats
import Testing

@Suite("claims.yaml")
struct ClaimsReaderTests {
    static func project() -> Project {
        func experiment(_ id: String, _ study: String, _ disorder: String, _ therapy: String) -> Experiment {
            Experiment(
                id: id, study: study, sample: id, n1: 20, report: .peaks([]),
                covariates: ["disorder": .text(disorder), "therapy": .text(therapy), "modality": .text("fMRI")],
                source: SourceLocation(file: "studies.tsv", line: 2))
        }
        return Project(
            name: "p", format: .native,
            experiments: [
                experiment("Sakai2006_prepost", "Sakai2006", "panic disorder", "CBT"),
                experiment("Goldin2014_CBT", "Goldin2014", "SAD", "drumming circle"),
            ],
            covariateNames: ["disorder", "therapy", "modality"],
            regions: [
                RegionHypothesis(
                    name: "dlPFC", extent: .spheres(centres: [[-40, 34, 30]], radius: 10), direction: .increase)
            ])
    }

    static let good = """
        title: What holds?
        columns: {population: disorder, treatment: therapy}
        bayes: {prior_scale: 0.3}
        claims:
          - name: a
            sentence: CBT calms the amygdala.
            said_by: {who: A paper, link: 10.1016/j.x.2018.1, quote: calms the amygdala}
            region: {name: amygdala, sphere: [[-22, -4, -18], [24, -2, -18]], radius: 8}
            direction: decrease
            population: SAD
            treatment: CBT
            comparison: waiting-list
            cites: [Sakai2006, Goldin2014_CBT]
            nearest: [{study: X 2016, found: something, differs: elsewhere}]
          - name: b
            sentence: It connects.
            said_by: {who: A paper}
            pair: [amygdala, PFC]
            outcome: connectivity
            direction: either
            bayes: {prior_scale: 1}
          - name: c
            sentence: All of these.
            said_by: {who: A paper}
            regions: [dlPFC, {name: Insula, direction: decrease}, sgACC]
            direction: increase

        """

    private func read(_ text: String) throws(InputError) -> ClaimLedger {
        try ClaimsReader.read(text: text, for: Self.project()).ledger
    }

    @Test("a whole ledger is read with its parts, defaults and places")
    func whole() throws {
        let ledger = try read(Self.good)
        #expect(ledger.title == "What holds?" && ledger.claims.map(\.name) == ["a", "b", "c"])
        let (a, b, c) = (ledger.claims[0], ledger.claims[1], ledger.claims[2])
        #expect(a.saying.link == "https://doi.org/10.1016/j.x.2018.1" && a.saying.quote == "calms the amygdala")
        #expect(a.regions.first?.extent == .spheres(centres: [[-22, -4, -18], [24, -2, -18]], radius: 8))
        #expect(a.direction == .decrease && a.comparison == .waitingList && a.outcome == "activity")
        #expect(a.priorScale == 0.3 && b.priorScale == 1)
        #expect(a.citations.map(\.study) == ["Sakai2006", "Goldin2014_CBT"] && a.nearest.first?.differs == "elsewhere")
        #expect(a.source?.line == 5)
        #expect(b.isPair && b.regions.map(\.name) == ["amygdala", "PFC"])
        // The plan's own region, a label of AAL, and a word that has no voxels.
        #expect(c.regions[0].extent == .spheres(centres: [[-40, 34, 30]], radius: 10))
        #expect(c.regions[1].extent != nil && c.regions[1].direction == .decrease)
        #expect(c.regions[2].extent == nil)
    }

    /// What is wrong, the line it is told at, and words of the message.
    @Test(
        "what is wrong is told with file, line and the way to mend it",
        arguments: [
            ("    direction: decrease", "", 5, ["has no direction", "increase, decrease or either"]),
            ("  - name: b", "  - name: a", 15, ["two claims are called \"a\"", "claims.yaml:5"]),
            ("direction: decrease", "direction: down", 9, ["direction is \"down\""]),
            (
                "[Sakai2006, Goldin2014_CBT]", "[Sakay2006]", 13,
                ["is not in the project", "Did you mean \"Sakai2006\"?"]
            ),
            ("[dlPFC, {name: Insula", "[dlPCF, {name: Insula", 25, ["region \"dlPCF\" is not known", "dlPFC"]),
            ("population: SAD", "population: pannic disorder", 10, ["is not in the vocabulary", "panic disorder"]),
            (
                "columns: {population: disorder", "columns: {population: disorders", 2,
                ["no column \"disorders\"", "disorder"]
            ),
            ("comparison: waiting-list", "comparison: wait-list", 12, ["waiting-list"]),
            ("quote: calms the amygdala}", "quote: \(String(repeating: "w ", count: 26))}", 7, ["26 words"]),
            ("link: 10.1016/j.x.2018.1", "link: \"javascript:alert(1)\"", 7, ["a web address or a DOI"]),
            ("- name: c", "- name: ../c", 22, ["the name is that of a file"]),
            ("pair: [amygdala, PFC]", "pair: [amygdala]", 18, ["pair has 1 regions"]),
            (
                "    pair: [amygdala, PFC]", "    pair: [amygdala, PFC]\n    region: amygdala", 19,
                ["both pair and region"]
            ),
            ("outcome: connectivity", "outcome: conectivity", 19, ["is not in the vocabulary", "connectivity"]),
            ("radius: 8}", "radius: -8}", 8, ["radius is -8"]),
            ("comparison: waiting-list", "comparison: dose-response", 12, ["does not say of what"]),
            ("sentence: It connects.", "sentense: It connects.", 16, ["no key \"sentense\"", "sentence"]),
            ("population: SAD", "population: [SAD, OCD]", 10, ["population is a list", "a claim of each"]),
            ("population: SAD", "population: people without SAD", 10, ["what it is not (social anxiety disorder)"]),
            ("direction: decrease", "direction: [increase, decrease]", 9, ["direction is a list", "either"]),
            ("comparison: waiting-list", "comparison: waitlist", 12, ["Did you mean \"waiting-list\"?"]),
            ("said_by: {who: A paper}", "said_by: A paper", 17, ["said_by: {who:"]),
            (
                "outcome: connectivity", "outcome: activity and volume", 19,
                ["more than one quantity", "a claim of each"]
            ),
            (
                "    region: {name: amygdala, sphere: [[-22, -4, -18], [24, -2, -18]], radius: 8}", "    region:", 8,
                ["region is empty"]
            ),
            (
                "{name: amygdala, sphere: [[-22, -4, -18], [24, -2, -18]], radius: 8}", "[amygdala, insula]", 8,
                ["regions: for several", "pair:"]
            ),
            (
                "{name: amygdala, sphere: [[-22, -4, -18], [24, -2, -18]], radius: 8}",
                "{name: amygdala, atlas: AAL, labels: [Amigdala_L]}", 8,
                ["no label \"Amigdala_L\"", "Did you mean \"Amygdala_L\"?"]
            ),
            ("[dlPFC, {name: Insula", "[dlPFC, dorsolateral prefrontal cortex, {name: Insula", 25, ["are one region"]),
            ("pair: [amygdala, PFC]", "pair: amygdala, PFC", 18, ["Write pair: [amygdala, PFC]."]),
            (
                "pair: [amygdala, PFC]", "pair: [amygdala, {name: PFC, direction: increase}]", 18,
                ["has a direction", "direction: either"]
            ),
            ("    region: {name: amygdala", "\tregion: {name: amygdala", 8, ["tab"]),
            (", found: something", "", 14, ["needs study and found"]),
        ] as [(String, String, Int, [String])])
    func wrong(_ part: String, _ replacement: String, _ line: Int, _ told: [String]) {
        let text = Self.good.replacing(part, with: replacement, maxReplacements: 1)
        #expect(text != Self.good)
        do throws(InputError) {
            _ = try read(text)
            Issue.record("\(replacement) was read")
        } catch {
            #expect(error.location?.file == "claims.yaml" && error.location?.line == line, "\(error)")
            for words in told { #expect(error.description.contains(words), "\(error)") }
        }
    }

    @Test("what a claim denies is not what it is about; an empty list is no ledger")
    func denied() throws {
        let text = Self.good.replacing("population: SAD", with: "population: SAD without panic disorder")
        #expect(try read(text).claims[0].population == "SAD without panic disorder")
        let words = ClaimVocabulary()
        #expect(words.nearness(of: "SAD", to: "SAD without panic disorder", .disorder) == .exact)
        #expect(words.nearness(of: "panic disorder", to: "SAD without panic disorder", .disorder) == .other)
        do throws(InputError) {
            _ = try read("claims: []\n")
            Issue.record("was read")
        } catch {
            #expect(error.location?.line == 1 && error.description.contains("--new"), "\(error)")
        }
    }

    @Test("a dose that no column holds is told with the nearest column")
    func dose() throws {
        let text = Self.good.replacing("comparison: waiting-list", with: "comparison: dose-response\n    dose: sesions")
        var project = Self.project()
        project.covariateNames.append("sessions")
        let notices = try ClaimsReader.read(text: text, for: project).notices
        #expect(notices.map(\.code) == ["claim-column"])
        #expect(notices.first?.location?.line == 12 && notices.first?.remedy?.contains("\"sessions\"") == true)
    }

    @Test("all claims that are wrong are told together")
    func together() {
        let text = Self.good.replacing("direction: decrease\n", with: "\n").replacing("direction: either", with: "")
        do throws(InputError) {
            _ = try read(text)
            Issue.record("was read")
        } catch {
            #expect(error.parts.count == 2, "\(error)")
        }
    }

    @Test("a value that a study has is a word too")
    func own() throws {
        let text = Self.good.replacing("treatment: CBT", with: "treatment: drumming circle")
        #expect(try read(text).claims[0].treatment == "drumming circle")
    }

    @Test("a column that a claim needs and the table lacks is a warning that says what to do")
    func column() throws {
        var project = Self.project()
        project.covariateNames = ["therapy", "modality"]
        let text = Self.good.replacing("columns: {population: disorder, treatment: therapy}", with: "columns: {}")
        let notices = try ClaimsReader.read(text: text, for: project).notices
        let notice = try #require(notices.first)
        #expect(notices.count == 1 && notice.severity == .warning && notice.location?.line == 10)
        #expect(notice.message.contains("population") && notice.remedy?.contains("columns: {population:") == true)
        let common = text.replacing("bayes: {prior_scale: 0.3}", with: "all_studies: {population: SAD}")
        #expect(try ClaimsReader.read(text: common, for: project).notices.isEmpty)
        // Without a word on what was measured no experiment would be held against any claim.
        project.covariateNames = ["disorder", "therapy"]
        let unsaid = try ClaimsReader.read(text: Self.good, for: project).notices
        #expect(unsaid.count == 1 && unsaid.first?.remedy?.contains("all_studies: {outcome: activity}") == true)
    }

    @Test("the project's own words add to the shipped ones; a broader term that is not there is an error")
    func vocabulary() throws {
        let text = """
            disorder:
              misophonia: {synonyms: [sound sensitivity], broader: [mental disorder]}
            region:
              habenula: {synonyms: [Hb], labels: [Thalamus_L]}

            """
        let words = try VocabularyReader.read(text: text, path: "vocabulary.yaml", onto: ClaimVocabulary())
        #expect(words.nearness(of: "Sound sensitivity", to: "mental disorder", .disorder) == .narrower)
        #expect(words.term("Hb", .region)?.labels == ["Thalamus_L"])
        #expect(words.term("CBT", .treatment) != nil)
        do throws(InputError) {
            _ = try VocabularyReader.read(
                text: text.replacing("mental disorder", with: "mental disordr"), path: "vocabulary.yaml",
                onto: ClaimVocabulary())
            Issue.record("was read")
        } catch {
            #expect(error.location?.line == 2 && error.description.contains("mental disorder"), "\(error)")
        }
    }
}
