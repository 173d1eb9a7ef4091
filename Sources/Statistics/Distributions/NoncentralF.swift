import Foundation

/// The noncentral F distribution: of (χ²(q, λ)/q)/(χ²(ν)/ν). For intervals of what several numbers explain together.
///
/// P(F ≤ f) is the mean of beta distribution functions I_x(q/2 + j, ν/2), x = qf/(qf + ν), over j with a Poisson distribution of
/// mean λ/2 (Johnson, Kotz & Balakrishnan 1995, eq. 30.10). All terms are positive; the sum starts at the most frequent j.
public struct NoncentralF: Sendable {
    public let numerator: Double
    public let denominator: Double
    public let noncentrality: Double

    /// - Parameters:
    ///   - numerator: q, above 0.
    ///   - denominator: ν, above 0.
    ///   - noncentrality: λ, not below 0: the explained sum of squares over the residual variance.
    public init(numerator: Double, denominator: Double, noncentrality: Double) {
        self.numerator = numerator
        self.denominator = denominator
        self.noncentrality = noncentrality
    }

    /// P(F ≤ f), to about 1e-12; NaN where there is no such distribution.
    public func cdf(_ f: Double) -> Double {
        guard numerator > 0, denominator > 0, noncentrality >= 0, noncentrality.isFinite, !f.isNaN else { return .nan }
        guard f > 0 else { return 0 }
        guard f.isFinite else { return 1 }
        let x = numerator * f / (numerator * f + denominator)
        let mean = noncentrality / 2
        func term(_ j: Int) -> (weight: Double, value: Double) {
            let count = Double(j)
            let weight =
                mean > 0 ? exp(count * log(mean) - mean - SpecialFunctions.logGamma(count + 1)) : (j == 0 ? 1 : 0)
            return (weight, SpecialFunctions.incompleteBeta(x, numerator / 2 + count, denominator / 2))
        }

        let middle = Int(mean)
        var sum = 0.0
        // The beta distribution functions fall with j, so that upwards both factors do.
        for j in middle... {
            let (weight, value) = term(j)
            sum += weight * value
            if weight * value <= 1e-17 * sum || weight < 1e-300 { break }
        }
        for j in stride(from: middle - 1, through: 0, by: -1) {
            let (weight, value) = term(j)
            sum += weight * value
            // They rise downwards, to 1 at most; what is left has less weight than this one for every step.
            if weight * Double(j + 1) <= 1e-17 * sum || weight < 1e-300 { break }
        }
        return min(1, sum)
    }
}
