import Appraisal
import Evidence
import Figures
import SeedBasedMapping
import Statistics

/// The report's section on the plan's hypotheses about regions, over all its models: the same region side by side shows
/// whether an effect is specific.
struct RegionSection {
    private let models: [ModelFindings]
    private let regions: [RegionHypothesis]
    /// Of the plan, but without a finding in any model.
    private let skipped: [RegionHypothesis]

    /// nil where the plan has no regions.
    init?(_ run: RunResults) {
        guard !run.project.regions.isEmpty else { return nil }
        models = run.models.filter { !$0.regions.isEmpty }
        let found = Set(models.flatMap(\.regions).map(\.region.name))
        regions = run.project.regions.filter { found.contains($0.name) }
        skipped = run.project.regions.filter { !found.contains($0.name) }
    }

    static let identifier = "regions"
    static let title = "Region hypotheses"

    var html: HTML {
        guard !regions.isEmpty else { return HTML.element("p", [], left) }
        return HTML.element("p", [], introduction) + figure + joint + matrix + details
            + (skipped.isEmpty ? HTML() : HTML.element("p", [("class", "soft")], left))
    }

    private func finding(_ region: RegionHypothesis, in model: ModelFindings) -> RegionFinding? {
        model.regions.first { $0.region.name == region.name }
    }

    private var introduction: String {
        let scales = Set(regions.map(\.priorScale)).sorted().map(PrettyNumber.plain).joined(separator: " or ")
        return "The plan says of each region which way its effect should go. BF is the Bayes factor of that against no "
            + "effect (half-normal prior, scale \(scales)). Above 3 it is called moderate and above 10 strong evidence for "
            + "the hypothesis; below 1/3 and 1/10 it is evidence for no effect, unless most "
            + "experiments reported nothing in the region (silence is imputed near zero, and is not evidence); in between nothing is concluded, which is not "
            + "evidence of no effect. p is one-sided in the stated direction. Nothing is corrected for the number of "
            + "regions and models."
    }

    private var figure: HTML {
        let blocks = regions.map { region in
            RegionFigure.Block(
                region: region,
                lines: models.compactMap { model in
                    finding(region, in: model).map { (model.result.plan.name, $0) }
                })
        }
        guard let picture = RegionFigure(blocks) else { return HTML() }
        return HTML.element(
            "figure", [],
            picture.html
                + HTML.element(
                    "figcaption", [],
                    "Pooled effect of each region with its 95 % interval, a line per model. The arrow points where the "
                        + "hypothesis does. Filled: evidence for it; hollow: inconclusive; cross: against it."))
    }

    // MARK: - Together

    private var joint: HTML {
        let rows = models.flatMap { model in
            JointRegions.all(model.regions, asked: model.askedRegions).map { joint in
                [
                    model.result.plan.name, joint.groups.joined(separator: " and "), Self.verdict(joint),
                    "\(joint.parts.count { $0.verdict.isFor }) of \(joint.parts.count)",
                    String(joint.parts.count { $0.verdict.isAgainst }), PrettyNumber.p(joint.pValue),
                    RegionLabels(joint.weakest).bayesFactor, joint.weakest.region.name,
                ].map(HTML.text)
            }
        }
        guard !rows.isEmpty else { return HTML() }
        return HTML.element("h3", [], "Groups of regions together")
            + HTMLTable(
                caption: "A group holds only if each of its regions goes the way that was stated",
                columns: [
                    .init("Model", unbroken: true), .init("Group", unbroken: true), .init("Verdict"),
                    .init("Regions for", number: true), .init("against", number: true), .init("p", number: true),
                    .init("Smallest BF", number: true), .init("in", unbroken: true),
                ], rows: rows
            ).html
            + HTML.element(
                "p", [("class", "soft")],
                "p is the largest of the regions' p (intersection–union test); the smallest Bayes factor shows the weakest "
                    + "part. The regions share their studies, so Bayes factors are not multiplied, and the smallest is not a "
                    + "Bayes factor of the whole.")
    }

    private static func verdict(_ joint: JointRegions) -> String {
        switch joint.verdict {
        case .supported: "supported in every region"
        case .contradicted: "contradicted in at least one region"
        case .inconclusive: "inconclusive"
        case .incomplete: "not judged: nothing is known of \(joint.missing.joined(separator: ", "))"
        }
    }

    // MARK: - Tables

    private var matrix: HTML {
        let columns =
            [HTMLTable.Column("Region", unbroken: true), .init("Hypothesis", unbroken: true)]
            + models.map { .init("\($0.result.plan.name) (k = \($0.result.experiments.count))", unbroken: true) }
        let rows = regions.map { region -> [HTML] in
            [.text(region.name), .text("\(region.direction.arrow) \(region.direction.rawValue)")]
                + models.map { model in
                    guard let finding = finding(region, in: model) else { return .text("–") }
                    let labels = RegionLabels(finding)
                    // Four short lines: a plan has many models, and the table is to fit a page.
                    return HTML.element("strong", [], labels.effect)
                        + HTML.element("div", [("class", "small")], labels.interval)
                        + HTML.element("div", [], "BF \(labels.bayesFactor)") + EffectBasis(finding).html
                }
        }
        return HTML.element("h3", [], "The same region in every model")
            + HTMLTable(
                caption: "Hedges’ g, 95 % interval and Bayes factor of the hypothesis against no effect, by model",
                columns: columns, rows: rows
            ).html
    }

    private var details: HTML {
        let rows = regions.flatMap { region in
            models.compactMap { model -> [HTML]? in
                guard let finding = finding(region, in: model) else { return nil }
                let (words, labels) = (RegionWords(finding), RegionLabels(finding))
                return [
                    "\(region.name) \(region.direction.arrow)", model.result.plan.name,
                    PrettyNumber.count(finding.place.voxelCount), EffectBasis(finding).figures, labels.effect,
                    labels.interval,
                    EffectBasis(finding).restsOnImputation ? "withheld" : labels.prediction,
                    PrettyNumber.p(finding.pValue), labels.bayesFactor,
                    finding.overOpposite.map { PrettyNumber.bayesFactor($0) } ?? "–", words.fullVerdict,
                ].map(HTML.text)
            }
        }
        let table = HTMLTable(
            caption: "Each hypothesis in each model; experiments: measured / sign only / silent",
            columns: [
                .init("Region", unbroken: true), .init("Model", unbroken: true), .init("Voxels", number: true),
                .init("Measured / sign / silent", number: true), .init("g", number: true),
                .init("95 % CI", number: true),
                .init("Prediction interval", number: true), .init("p", number: true), .init("BF", number: true),
                .init("BF over opposite", number: true), .init("Verdict"),
            ], rows: rows)
        return HTML.element("details", [], HTML.element("summary", [], "Every hypothesis in detail") + table.html)
    }

    private var left: String {
        "Without a result: \(skipped.map(\.name).joined(separator: ", ")); see the notices. Hypotheses are judged in models "
            + "of changes, not in those of correlations."
    }
}
