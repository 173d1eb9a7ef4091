import Appraisal
import Figures

/// The fold "More plots" of a finding's card: Baujat, orchard, and the effect as the evidence came in.
struct TrustPlots {
    let finding: FindingCard
    /// What experiments are called, by id.
    var names: [String: String] = [:]
    /// Unique on the page.
    let identifier: String

    private var assessment: PlaceAssessment { finding.assessment }

    /// Nothing where there is no plot to show.
    var html: HTML {
        let parts = [baujat, orchard, cumulative].filter { !$0.source.isEmpty }
        guard !parts.isEmpty else { return HTML() }
        return HTML.element("details", [], HTML.element("summary", [], "More plots: \(contents)") + parts.joined())
    }

    private var contents: String {
        var words: [String] = []
        if !baujat.source.isEmpty { words.append("Baujat") }
        if !orchard.source.isEmpty { words.append("orchard") }
        if !cumulative.source.isEmpty { words.append("by year") }
        return words.joined(separator: ", ")
    }

    /// The plots without their captions, by the kind that `cuneus figure` calls them; only those with something to show.
    var pictures: [(String, HTML)] {
        let all: [(String, HTML)] = [
            ("baujat", baujatPlot), ("orchard", orchardPlot), ("cumulative", cumulativePlot),
        ]
        return all.filter { !$0.1.source.isEmpty }
    }

    private var baujatPlot: HTML {
        BaujatPlot(assessment.baujat, names: names, identifier: "\(identifier)-baujat").html
    }

    private var orchardPlot: HTML {
        let unit = EffectWords(assessment).studyAxisName
        return OrchardPlot(orchardGroups, unit: unit, identifier: "\(identifier)-orchard").html
    }

    /// Nothing where a year is missing.
    private var cumulativePlot: HTML {
        guard let effect = assessment.posterior?.cumulative, effect.undated.isEmpty else { return HTML() }
        return CumulativePlot(
            effect, measure: assessment.measure, names: names, identifier: "\(identifier)-cumulative"
        ).html
    }

    private var baujat: HTML {
        let plot = baujatPlot
        guard !plot.source.isEmpty else { return HTML() }
        return TrustCard.figure(
            plot,
            "Baujat plot, of the experiments’ means over imputations. To the right: what an experiment adds to Cochran’s Q "
                + "(fixed effects); upwards: how far the pooled effect moves without it, squared, over the variance it then has. "
                + "Open: imputed. Who is far out on both sides makes the heterogeneity and the result.",
            isCompact: true)
    }

    private var orchard: HTML {
        let plot = orchardPlot
        guard !plot.source.isEmpty else { return HTML() }
        return TrustCard.figure(
            plot,
            "Orchard plot. Circles: experiments, area by precision (open: imputed). Thick: 95 % interval of the mean; thin: 95 % "
                + "prediction interval of a new study."
                + (finding.elsewhere.isEmpty
                    ? "" : " Below the finding’s own model, others that ask for a mean at the same place."))
    }

    /// The groups of a model that has some, else its mean; then the other models that ask for a mean here, as subgroups do.
    private var orchardGroups: [OrchardPlot.Group] {
        let levels = OrchardPlot.Group.levels(assessment)
        guard levels.isEmpty else { return levels }
        guard assessment.design.isMean else { return [] }
        let others = finding.elsewhere.compactMap { other -> OrchardPlot.Group? in
            guard let found = other.appraisal?.assessment, found.design.isMean, found.measure == assessment.measure
            else {
                return nil
            }
            return OrchardPlot.Group(found, name: other.model)
        }
        return [OrchardPlot.Group(assessment, name: "this model")] + others
    }

    private var cumulative: HTML {
        guard let effect = assessment.posterior?.cumulative else { return HTML() }
        guard effect.undated.isEmpty else {
            let count = effect.undated.count
            let some = effect.undated.prefix(3).joined(separator: ", ") + (count > 3 ? " and \(count - 3) others" : "")
            return HTML.element(
                "p", [("class", "soft")],
                "The effect by year is left out: the year of \(some) is not known. A column “year” in the study table says it."
            )
        }
        let plot = cumulativePlot
        guard !plot.source.isEmpty else { return HTML() }
        return TrustCard.figure(
            plot,
            "The effect as the evidence came in: posterior mean and 95 % interval after each experiment, by year (of one year by "
                + "name). The last is the finding’s own. Looking after every experiment is not corrected for.")
    }
}
