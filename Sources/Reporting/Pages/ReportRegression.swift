import Figures
import Inference
import SeedBasedMapping

/// What a model with covariates says at the peaks of its clusters.
struct ReportRegression {
    private let words: RegressionWords
    private let clusters: [Cluster]

    /// Clusters whose peaks are shown.
    private static let shown = 5

    init?(_ findings: ModelFindings) {
        guard let words = RegressionWords(findings.result) else { return nil }
        self.words = words
        clusters = Array(findings.clusters.prefix(Self.shown))
    }

    /// What is asked of the data.
    var question: HTML {
        var text = "Tested: whether \(words.test). "
        text +=
            words.isJoint
            ? "The maps show the z of the joint test's p, which has no direction. "
            : "Effect g in figures and tables is the tested combination, per unit of its covariate. "
        if !words.covariates.isEmpty { text += "Covariates: \(words.covariates.joined(separator: "; "))." }
        return HTML.element("p", [], text)
    }

    /// Coefficients, means and predictions at the peaks.
    var table: HTML {
        guard !clusters.isEmpty else { return HTML() }
        let rows = clusters.enumerated().flatMap { number, cluster -> [[HTML]] in
            guard let peak = cluster.peaks.first else { return [] }
            return words.values(at: peak.position).map { value in
                [
                    String(number + 1), ReportSummary.place(peak.coordinate), value.kind.words.lowercased(), value.name,
                    PrettyNumber.fixed(value.estimate, 3),
                    "\(PrettyNumber.fixed(value.interval.low, 3)) to \(PrettyNumber.fixed(value.interval.high, 3))",
                    PrettyNumber.fixed(value.z, 2),
                ].map(HTML.text)
            }
        }
        return HTML.element("h3", [], "The model at the peaks")
            + HTMLTable(
                caption:
                    "Coefficients, adjusted means and predictions at the peaks of the first clusters (Hedges' g; "
                    + "intervals are not corrected for the choice of the peak, and so too narrow)",
                columns: [
                    .init("No.", number: true), .init("Peak (MNI mm)", number: true), .init("Kind", unbroken: true),
                    .init("Name"), .init("Estimate", number: true), .init("95 % CI", number: true),
                    .init("z", number: true),
                ], rows: rows
            ).html
    }
}
