import Foundation
public import Statistics

/// The covariance of adjusted log relative risks that share a reference group, rebuilt from numbers of cases (Greenland &
/// Longnecker 1992, doi:10.1093/oxfordjournals.aje.a116237).
///
/// Cell counts are found that have the published totals and give the adjusted log relative risks exactly; their
/// correlations are put to the published variances.
public enum GreenlandLongnecker {
    public enum Design: String, CaseIterable, Hashable, Sendable {
        /// Totals are cases + controls; log odds ratios.
        case caseControl = "cc"
        /// Totals are person-time; log rate ratios.
        case incidenceRate = "ir"
        /// Totals are persons; log risk ratios.
        case cumulativeIncidence = "ci"
    }

    /// - Parameters:
    ///   - logRisks: of each group against the reference, m of them.
    ///   - variances: of the log risks, m.
    ///   - cases: m + 1, the reference group first.
    ///   - totals: m + 1, by the design.
    /// - Returns: m × m.
    public static func covariance(
        logRisks: [Double], variances: [Double], cases: [Double], totals: [Double], design: Design
    ) throws(SynthesisError) -> Matrix {
        let m = logRisks.count
        guard variances.count == m, cases.count == m + 1, totals.count == m + 1 else {
            throw .count(what: "numbers of cases", found: cases.count, expected: m + 1)
        }
        guard m > 0 else { throw .tooFew(what: "groups beside the reference", found: 0, needed: 1) }
        for (a, n) in zip(cases, totals) where !(a > 0 && n > 0 && (design == .incidenceRate || a < n)) {
            throw .outside(what: "a number of cases", value: a, allowed: "above 0 and below the total of its group")
        }
        for v in variances where !(v > 0 && v.isFinite) {
            throw .outside(what: "the variance of a log relative risk", value: v, allowed: "above 0")
        }
        let fitted = try counts(logRisks, cases, totals, design)
        func part(_ i: Int) -> Double {
            switch design {
            case .caseControl: 1 / fitted[i] + 1 / (totals[i] - fitted[i])
            case .incidenceRate: 1 / fitted[i]
            case .cumulativeIncidence: 1 / fitted[i] - 1 / totals[i]
            }
        }
        let shared = part(0)
        let spreads = (1...m).map { shared + part($0) }
        var covariance = Matrix(rows: m, columns: m)
        for i in 0..<m {
            for j in 0..<m {
                let correlation = i == j ? 1 : shared / (spreads[i] * spreads[j]).squareRoot()
                covariance[i, j] = correlation * (variances[i] * variances[j]).squareRoot()
            }
        }
        return covariance
    }

    /// Newton's method for the cases of each group; those of the reference are the rest of all cases.
    private static func counts(
        _ logRisks: [Double], _ cases: [Double], _ totals: [Double], _ design: Design
    ) throws(SynthesisError) -> [Double] {
        let m = logRisks.count
        let all = cases.reduce(0, +)
        let isCaseControl = design == .caseControl
        /// What is divided by a cell in the relative risk: its controls, or its constant total.
        func other(_ i: Int, _ a: Double) -> Double { isCaseControl ? totals[i] - a : totals[i] }
        func isInside(_ a: [Double]) -> Bool {
            a.indices.allSatisfy { a[$0] > 0 && (design == .incidenceRate || a[$0] < totals[$0]) }
        }
        var a = cases
        for _ in 0..<200 {
            // e = L − (ln aᵢ − ln bᵢ − ln a₀ + ln b₀)
            let errors = (1...m).map { i in
                logRisks[i - 1] + log(a[0]) + log(other(i, a[i])) - log(a[i]) - log(other(0, a[0]))
            }
            let shared = 1 / a[0] + (isCaseControl ? 1 / (totals[0] - a[0]) : 0)
            var slope = Matrix(rows: m, columns: m, repeating: shared)
            for i in 1...m { slope[i - 1, i - 1] += 1 / a[i] + (isCaseControl ? 1 / (totals[i] - a[i]) : 0) }
            guard let step = Cholesky(slope)?.solve(errors) else { throw .noMaximum }
            var length = 1.0
            var next = a
            repeat {
                for i in 1...m { next[i] = a[i] + length * step[i - 1] }
                next[0] = all - next[1...].reduce(0, +)
                length *= 0.5
            } while !isInside(next) && length > 1e-12
            guard isInside(next) else { throw .noMaximum }
            let change = zip(a, next).map { abs($0 - $1) / $0 }.max() ?? 0
            a = next
            if change < 1e-14 { return a }
        }
        return a
    }
}
