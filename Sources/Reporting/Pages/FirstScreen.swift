import Appraisal
import Evidence
import Figures
import Imaging
import Inference
import SeedBasedMapping
import Statistics

/// What a reader sees first: the verdict, what to doubt, a line for each model, one picture, and the plan's regions.
struct FirstScreen {
    private let run: RunResults
    private let answers: [ModelAnswer]
    private let verdict: RunVerdict
    private let scale: ReportScale

    init(_ run: RunResults, scale: ReportScale) {
        self.run = run
        self.scale = scale
        answers = run.all.map { ModelAnswer($0, places: run.places) }
        verdict = RunVerdict(answers)
    }

    var html: HTML {
        let left = HTML.element("p", [("class", "answer")], verdict.html) + doubt
        let right = picture
        return HTML.element("div", [("class", "top")], HTML.element("div", [], left) + HTML.element("div", [], right))
            + table + outcomes + regions + caution
    }

    /// `all`: of which model the picture shows the whole map, so that its section need not show it again; nil where it shows clusters.
    var modelShownWhole: String? {
        guard let headline = verdict.headline, headline.model.findings != nil, shownClusters(headline).isEmpty else {
            return nil
        }
        return headline.model.plan.name
    }

    private var doubt: HTML {
        guard let headline = verdict.headline else { return HTML() }
        return HTML.element(
            "p", [("class", "doubt")],
            HTML.element("b", [], "What to doubt. ") + HTML.text(MainDoubt(headline).sentence))
    }

    // MARK: - Models

    private var table: HTML {
        let rows = answers.enumerated().map { n, answer -> [HTML] in
            let anchor = answer.model.findings == nil ? "methods-\(n + 1)" : "model-\(n + 1)"
            let cells = [
                PrettyNumber.count(answer.model.experiments.count), answer.people,
                answer.surviving.map(PrettyNumber.count) ?? "–", answer.bestP, MainDoubt(answer).short,
            ]
            return [HTML.link("#\(anchor)", answer.question)] + cells.map(HTML.text)
        }
        return HTMLTable(
            caption: answers.count == 1 ? "The model" : "The models",
            columns: [
                .init("Question"), .init("Experiments", number: true), .init("People", number: true),
                .init("Clusters that survive", number: true), .init("Best p(FWE)", number: true), .init("Main doubt"),
            ], rows: rows
        ).html
    }

    /// Region-level results beside the maps.
    private var outcomes: HTML {
        run.outcomes.isEmpty ? HTML() : OutcomeOverview(run.outcomes, caption: "Region-level results").html
    }

    // MARK: - Picture

    /// Those that survive; of a run without a correction the exploratory ones.
    private func shownClusters(_ answer: ModelAnswer) -> [Cluster] {
        answer.words == nil ? answer.exploratory : answer.corrected
    }

    private var picture: HTML {
        guard let headline = verdict.headline, let findings = headline.model.findings else { return HTML() }
        let clusters = shownClusters(headline)
        return clusters.isEmpty ? whole(findings, headline) : slices(findings, clusters, headline)
    }

    private func slices(_ findings: ModelFindings, _ clusters: [Cluster], _ answer: ModelAnswer) -> HTML {
        let maps = findings.result.maps
        let peak = clusters[0].peak.coordinate
        let lowest = ReportModel.lowest(clusters, maps.z)
        let mosaic = SliceMosaic(
            z: maps.z, mask: maps.mask, clusters: clusters, threshold: lowest, background: run.template,
            rows: [.init(.sagittal, [peak.x]), .init(.coronal, [peak.y]), .init(.axial, [peak.z])],
            limit: scale.effects, sideBySide: true)
        var figure = BrainFigure(
            mosaic, identifier: "answer-slices",
            description:
                "Three slices through the strongest cluster of model \(answer.model.plan.name), clusters in colour.")
        figure.threshold = lowest
        let what =
            answer.words.map { "z of what survives \($0.criteria)" }
            ?? "z of \(Exploratory.criteria(answer.model.settings)), exploratory: nothing was corrected"
        return Self.figure(
            figure,
            "\(what), through the strongest peak (\(ReportSummary.place(peak))). Mark on the bar: the least |z| shown. L left, R right."
        )
    }

    private func whole(_ findings: ModelFindings, _ answer: ModelAnswer) -> HTML {
        let maps = findings.result.maps
        let glass = GlassBrain(z: maps.z, mask: maps.mask, background: run.template, limit: scale.effects)
        var figure = BrainFigure(
            glass, identifier: "answer-whole",
            description:
                "The whole z map of model \(answer.model.plan.name) without a threshold, seen through the brain from the side, "
                + "from behind and from above.")
        figure.threshold = -Normal.quantile(answer.model.settings.thresholdP)
        return Self.figure(
            figure,
            "Not a finding: the whole z map of “\(answer.model.plan.name)” without a threshold, as nothing survives. Strongest z along the "
                + "line of sight; mark on the bar: uncorrected p = \(NumberText.shortest(answer.model.settings.thresholdP)). "
                + "L left, R right.")
    }

    private static func figure(_ figure: BrainFigure, _ caption: String) -> HTML {
        HTML.element("figure", [], figure.svg + HTML.element("figcaption", [], caption))
    }

    // MARK: - Regions

    /// Hypotheses in the first model that judges them; all models are in their section.
    private var regions: HTML {
        guard let findings = run.models.first(where: { !$0.regions.isEmpty }) else { return HTML() }
        let rows = findings.regions.map { finding -> [HTML] in
            let labels = RegionLabels(finding)
            return [
                HTML.text("\(finding.region.name) \(finding.region.direction.arrow)"), HTML.text(labels.effect),
                HTML.text(labels.interval), EffectBasis(finding).html, HTML.text(labels.bayesFactor),
                HTML.text(RegionWords(finding).verdict),
            ]
        }
        let table = HTMLTable(
            caption:
                "Region hypotheses in “\(findings.result.plan.name)”; BF: Bayes factor against no effect, uncorrected",
            columns: [
                .init("Region and stated direction", unbroken: true), .init("g", number: true),
                .init("95 % CI", number: true),
                .init("Measured / sign / silent", unbroken: true), .init("BF", number: true), .init("Verdict"),
            ], rows: rows)
        let more = HTML.element(
            "p", [("class", "small")], HTML.link("#\(RegionSection.identifier)", "All models, and how"))
        return table.html + more
    }

    // MARK: - Caution

    /// What no number of the page can say; and of exploratory results only where there is nothing else.
    private var caution: HTML {
        let isCorrected = answers.contains { $0.words != nil }
        let exploratory =
            run.models.isEmpty || isCorrected
            ? HTML() : HTML.element("p", [], HTML.element("strong", [], Exploratory.caution))
        let text =
            "Measured: a map, or a peak with a statistic near. Sign only: such a peak without a statistic. Silent: nothing near, so the "
            + "effect is imputed. The maps show what published experiments have in common: an association, not a cause, nothing about any "
            + "single person, and only as complete as the literature that went in."
        return HTML.element(
            "div", [("class", "caution"), ("role", "note")], exploratory + HTML.element("p", [], text))
    }
}
