import Appraisal
import Claims
import Evidence
import Figures
import Foundation
import Statistics

/// A number of a claim's part: its column in `claims.tsv`, how the page prints it, and where it comes from. Page and table read the
/// same list, so that they cannot disagree.
package struct ClaimFigure: Sendable {
    package let column: String
    /// Decimals on the page.
    let decimals: Int
    let value: @Sendable (JudgedClaim.Part) -> Double?

    package static let all: [ClaimFigure] = [
        count("studies") { $0.studies }, count("people") { $0.participants }, count("measured") { $0.measured },
        count("sign_only") { $0.signOnly }, count("silent") { $0.silent },
        people("people_for", .isFor), people("people_undecided", .undecided), people("people_against", .against),
        of("effect", 2) { $0.pooled.estimate.value }, of("ci_low", 2) { $0.pooled.interval.lower },
        of("ci_high", 2) { $0.pooled.interval.upper }, of("p_two_sided", 3) { $0.pooled.estimate.pValue },
        bayes("bf", 1) { $0.own.logOverNull },
        bayes("bf_half_scale", 1) { $0.bayes.first?.logOverNull },
        bayes("bf_double_scale", 1) { $0.bayes.last?.logOverNull },
        bayes("bf_over_opposite", 1) { $0.own.logOverOpposite },
        of("prior_scale", 2) { $0.own.scale },
        of("tau2", 3) { $0.pooled.describesStudies ? $0.pooled.tau2 : nil },
        of("i2_percent", 0) { $0.pooled.i2.map { 100 * $0 } },
        of("prediction_low", 2) { $0.pooled.predictionInterval?.lower },
        of("prediction_high", 2) { $0.pooled.predictionInterval?.upper },
        of("imputed_percent", 0) { 100 * $0.pooled.imputedShare },
        of("small_study_p", 3) { $0.pooled.smallStudyP }, of("excess_p", 3) { $0.pooled.excess?.pValue },
        of("effect_without_one_low", 2) { $0.pooled.withoutEach.map(\.value).min() },
        of("effect_without_one_high", 2) { $0.pooled.withoutEach.map(\.value).max() },
    ]

    static func named(_ column: String) -> ClaimFigure? { all.first { $0.column == column } }

    /// The number as the page prints it, marked with its place in the table so that a test can walk the page and compare.
    static func html(_ column: String, of part: JudgedClaim.Part, in claim: Claim) -> HTML {
        guard let figure = named(column), let value = figure.value(part), value.isFinite else { return HTML.text("–") }
        let decimals = column.hasPrefix("bf") ? PrettyNumber.bayesDecimals(value) : figure.decimals
        return HTML.element(
            "span",
            [("data-n", "\(claim.name)|\(part.region?.name ?? "")|\(column)"), ("data-d", String(decimals))],
            column.hasPrefix("bf") ? PrettyNumber.bayesFactor(value) : PrettyNumber.fixed(value, decimals))
    }

    private static func of(
        _ column: String, _ decimals: Int, _ value: @escaping @Sendable (ClaimVerdict) -> Double?
    ) -> ClaimFigure {
        ClaimFigure(column: column, decimals: decimals) { part in part.same.flatMap(value) }
    }

    private static func count(_ column: String, _ value: @escaping @Sendable (PooledEvidence) -> Int) -> ClaimFigure {
        of(column, 0) { Double(value($0.pooled)) }
    }

    private static func people(_ column: String, _ voice: ClaimVerdict.Voice) -> ClaimFigure {
        of(column, 0) { verdict in
            verdict.people.first { $0.voice == voice }.map { Double($0.count) }
        }
    }

    /// Bayes factors, not their logarithms.
    private static func bayes(
        _ column: String, _ decimals: Int, _ value: @escaping @Sendable (ClaimVerdict) -> Double?
    ) -> ClaimFigure {
        of(column, decimals) { value($0).map { exp($0) } }
    }
}
