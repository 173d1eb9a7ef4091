public import Appraisal
import Figures

/// What an effect at a place rests on. One definition and one wording wherever an effect is printed (Docs/report.md).
///
/// *Measured*: a statistic map covers the place, or a peak with a statistic lies near, where its kernel is at least half as high as at
/// its centre. *Sign only*: such a peak of which only the direction is known. *Silent*: nothing near; the effect there is imputed.
public struct EffectBasis: Hashable, Sendable {
    public var measured: Int
    public var signOnly: Int
    public var silent: Int
    /// Share of the pooled effect's weight that rests on experiments without a statistic here, 0…1; not a number where unknown.
    public var imputedShare: Double

    public init(measured: Int, signOnly: Int, silent: Int, imputedShare: Double = .nan) {
        self.measured = measured
        self.signOnly = signOnly
        self.silent = silent
        self.imputedShare = imputedShare
    }

    public init(_ assessment: PlaceAssessment) {
        self.init(
            measured: assessment.count(of: .map) + assessment.count(of: .peak), signOnly: assessment.count(of: .sign),
            silent: assessment.count(of: .nothing), imputedShare: assessment.weight(of: [.sign, .nothing]))
    }

    /// Of a region, where the weights are not kept.
    public init(_ finding: RegionFinding) {
        self.init(
            measured: finding.count(.map) + finding.count(.peak), signOnly: finding.count(.sign),
            silent: finding.count(.nothing))
    }

    public var experiments: Int { measured + signOnly + silent }

    /// No experiment measured the effect: what is said of it beyond its direction was imputed.
    public var restsOnImputation: Bool { measured == 0 && experiments > 0 }

    /// `3 measured, 2 sign only, 5 silent`
    var words: String { "\(measured) measured, \(signOnly) sign only, \(silent) silent" }

    /// `3 / 2 / 5`
    var figures: String { "\(measured) / \(signOnly) / \(silent)" }

    /// `3/2/5`, for the terminal.
    var compact: String { "\(measured)/\(signOnly)/\(silent)" }

    /// `67 %`, or a dash.
    var share: String { imputedShare.isFinite ? "\(PrettyNumber.fixed(100 * imputedShare, 0)) %" : "–" }

    /// Why heterogeneity, prediction interval and class are not shown.
    static let withheld =
        "I², prediction interval and evidence class are withheld: no experiment measured the effect here, so that they would describe "
        + "what was imputed."

    /// The counts with a bar of their shares.
    var html: HTML {
        let parts = [("me", measured), ("si", signOnly), ("qu", silent)].filter { $0.1 > 0 }
        let bar = parts.map { style, count in
            let width = PrettyNumber.plain((1000 * Double(count) / Double(max(experiments, 1))).rounded() / 10)
            return HTML.element("i", [("class", style), ("style", "width:\(width)%")], HTML())
        }
        return HTML.element("span", [("class", "src"), ("role", "img"), ("aria-label", words)], bar.joined(""))
            + HTML.text(" \(figures)")
    }
}
