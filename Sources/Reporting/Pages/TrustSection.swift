public import Appraisal
import Evidence
public import Figures
public import SeedBasedMapping
import Statistics

/// "How far to trust each finding": a card for each finding of a model, in the report.
public struct TrustSection: Sendable {
    /// Findings with a card; a report with more would not be read.
    public static let mostFindings = 10

    let findings: [FindingCard]
    let settings: Settings
    /// Unique on the page.
    let identifier: String

    var html: HTML {
        guard !findings.isEmpty else { return HTML() }
        let cards = findings.enumerated().map { n, finding in
            TrustCard(finding, settings: settings, number: n + 1, identifier: "\(identifier)-\(n + 1)").html
        }
        return HTML.element("h3", [], "How far to trust each finding")
            + HTML.element("p", [], Self.introduction + held) + table + matrix + cards.joined()
    }

    private static let introduction =
        "Every number below is for one place. A peak is the highest of many thousands of voxels, so its effect is likely "
        + "to be overestimated; p values are two-sided and not corrected for that search unless they are called corrected. "
        + "The tests for bias are weak with few studies: that they find none does not show that there is none."

    /// Who holds which finding up: the jackknife of all, in a fold.
    private var matrix: HTML {
        let columns = findings.enumerated().compactMap { n, finding in
            finding.jackknife.map { JackknifeMatrix.Column(name: String(n + 1), runs: $0) }
        }
        let plot = JackknifeMatrix(columns, names: findings.first?.names ?? [:], identifier: "\(identifier)-matrix")
            .html
        guard !plot.source.isEmpty else { return HTML() }
        let figure = TrustCard.figure(
            plot,
            "z of each finding (numbered as in the table) when one experiment is left out, those that take most first. The darker, "
                + "the larger the share of z that goes; in a frame and bold: the finding is lost (uncorrected threshold)."
        )
        return HTML.element(
            "details", [], HTML.element("summary", [], "Which experiment holds up which finding (jackknife)") + figure)
    }

    private var held: String { findings.contains { $0.assessment.restsOnImputation } ? " \(EffectBasis.withheld)" : "" }

    /// All findings side by side.
    private var table: HTML {
        let rows = findings.enumerated().map { n, finding -> [HTML] in
            let assessment = finding.assessment
            let words = EffectWords(assessment)
            let isHeld = assessment.restsOnImputation
            let prediction = isHeld ? "withheld" : assessment.predictionInterval().map(words.range) ?? "–"
            let bias = assessment.smallStudies.map { EffectWords.p($0.asymmetry.pValue) } ?? "–"
            let jackknife = finding.jackknife.map { "\($0.kept) of \($0.done)" } ?? "–"
            let corrected = finding.corrected.map { PrettyNumber.correctedP($0.value, step: finding.smallestP) } ?? "–"
            let cells = [
                finding.standing.value, EffectWords.p(assessment.pValue), corrected, prediction,
                isHeld ? "withheld" : "\(PrettyNumber.fixed(100 * assessment.i2, 0)) %", bias,
                EffectWords.p(assessment.excess.pValue), jackknife, finding.basis.share,
            ]
            let name = "\(n + 1).\u{A0}\(finding.region.isEmpty ? finding.assessment.place.name : finding.region)"
            let interval = HTML.element("div", [("class", "small")], words.briefInterval)
            return [HTML.link("#\(identifier)-\(n + 1)", name), HTML.text(words.brief) + interval, finding.basis.html]
                + cells.map(HTML.text)
        }
        return HTMLTable(
            caption: "The findings and how firm they are",
            columns: [
                .init("Finding"), .init("Effect (95 % CI)", number: true),
                .init("Measured / sign / silent", unbroken: true),
                .init("Class", unbroken: true), .init("p", number: true), .init("p(FWE)", number: true),
                .init("Prediction interval", number: true), .init("I²", number: true),
                .init("Small studies, p", number: true),
                .init("Excess, p", number: true), .init("Jackknife", number: true), .init("Imputed", number: true),
            ], rows: rows
        ).html
    }
}
