import Evidence

/// A sound ledger of claims, and the project that it is held against.
extension SoundFiles {
    static let claims = bytes([
        "claims.yaml": """
        title: What holds?
        caution: A test.
        columns: {population: disorder, treatment: therapy}
        all_studies: {outcome: activity}
        bayes: {prior_scale: 0.3}
        claims:
          - name: a
            sentence: CBT calms the amygdala.
            said_by: {who: A paper, place: p. 1, link: 10.1016/j.x.2018.1, quote: calms the amygdala}
            region: {name: amygdala, sphere: [[-22, -4, -18], [24, -2, -18]], radius: 8}
            direction: decrease
            population: social anxiety
            treatment: CBT
            comparison: waiting-list
            cites: [Sakai2006, Goldin2014_CBT]
            nearest: [{study: X 2016, found: something, differs: elsewhere, link: "https://example.org"}]
          - name: b
            sentence: It connects.
            said_by: {who: A paper}
            pair: [amygdala, PFC]
            outcome: connectivity
            modality: fMRI
            direction: either
            bayes: {prior_scale: 1}
          - name: c
            sentence: All of these, the more the better.
            said_by: {who: A paper}
            regions: [dlPFC, {name: Insula, direction: decrease}, habenula, {name: s, atlas: AAL, labels: [Insula_L]}]
            direction: increase
            population: misophonia
            comparison: dose-response
            dose: sessions

        """,
        "vocabulary.yaml": """
        disorder:
          misophonia: {synonyms: [sound sensitivity], broader: [mental disorder]}
        treatment:
          drumming:
        modality:
          near-infrared: {synonyms: [NIRS], means: activity}
        comparison:
          against a list: {means: waiting-list}
        region:
          habenula: {synonyms: [Hb], labels: [Thalamus_L, Thalamus_R]}

        """,
    ])

    static let judged: Project = {
        func experiment(_ id: String, _ study: String, _ disorder: String, _ therapy: String) -> Experiment {
            Experiment(
                id: id, study: study, sample: id, n1: 20, report: .peaks([]),
                covariates: [
                    "disorder": .text(disorder), "therapy": .text(therapy), "modality": .text("fMRI"),
                    "sessions": .number(12),
                ], source: SourceLocation(file: "studies.tsv", line: 2))
        }
        return Project(
            name: "p", format: .native,
            experiments: [
                experiment("Sakai2006_prepost", "Sakai2006", "panic disorder without agoraphobia", "CBT"),
                experiment("Goldin2014_CBT", "Goldin2014", "social anxiety disorder", "CBT + medication"),
            ],
            covariateNames: ["disorder", "therapy", "modality", "sessions"],
            regions: [
                RegionHypothesis(
                    name: "dlPFC", extent: .spheres(centres: [[-40, 34, 30]], radius: 10), direction: .increase)
            ])
    }()
}
