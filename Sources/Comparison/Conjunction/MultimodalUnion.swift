import Foundation

/// The joint p of several maps that must all be small: Radua 2013 (Curr Med Chem 20:462), "multimodal meta-analysis".
///
/// Of two: U = p₁ + p₂ − p₁p₂, the probability that one at least of two true nulls gives as much, and
/// p = U + (1 − U) ln(1 − U), which is the distribution of U under both nulls. For k independent p the same is P(k, x), the
/// regularised incomplete gamma function at x = −Σ ln(1 − pᵢ): a single large p makes the joint one large. (Re-derived: the
/// article was not at hand.)
public enum MultimodalUnion {
    /// ln of the joint p from ln pᵢ of independent p; 0 where there are none.
    public static func logP(_ logP: [Double]) -> Double {
        guard !logP.isEmpty, !logP.contains(where: \.isNaN) else { return logP.isEmpty ? 0 : .nan }
        let k = Double(logP.count)
        // ln of −ln(1 − p), which is ln p where p is small: p itself may be too small to be a number.
        let terms = logP.map { $0 < -30 ? $0 : log(-log1p(-exp(min($0, 0)))) }
        guard let largest = terms.max(), largest < 5 else { return 0 }
        if largest == -.infinity { return -.infinity }
        let logX = largest + log(terms.reduce(0) { $0 + exp($1 - largest) })
        let x = exp(logX)
        // P(k, x) = e^−x x^k / k! · (1 + x/(k+1) + x²/((k+1)(k+2)) + …)
        var term = 1.0
        var sum = 1.0
        var step = 1.0
        while term > sum * 1e-17, step < 10_000 {
            term *= x / (k + step)
            sum += term
            step += 1
        }
        let factorial = (1...logP.count).reduce(0.0) { $0 + log(Double($1)) }
        return min(0, k * logX - x - factorial + log(sum))
    }
}
