import Foundation

/// How much an estimate speaks for an increase, for a decrease, and for nothing.
///
/// The estimate y with standard error s has the likelihood N(y | θ, s²). H₀: θ = 0. H₊: θ > 0, with the prior N(m, σ²)
/// cut off at zero; a half-normal for m = 0 (as Dienes 2014, doi:10.3389/fpsyg.2014.00781). H₋ is its mirror image,
/// θ < 0. A Bayes factor is the ratio of the two probabilities of y, here in closed form. It depends on the prior: report
/// m and σ with it. See Docs/evidence-words.md.
public struct DirectedBayesFactor: Hashable, Sendable {
    public let estimate: Double
    public let standardError: Double
    /// σ: for m = 0 the effect size that is plausible if there is one.
    public let priorScale: Double
    /// m of H₊; H₋ has −m.
    public let priorMean: Double

    /// - Parameters: `standardError` and `priorScale` above 0; `priorMean` at least 0.
    public init(estimate: Double, standardError: Double, priorScale: Double, priorMean: Double = 0) {
        self.estimate = estimate
        self.standardError = standardError
        self.priorScale = priorScale
        self.priorMean = priorMean
    }

    /// ln BF₊₀: increase against nothing.
    public var logIncreaseOverNull: Double { logDirectedOverNull(estimate) }

    /// ln BF₋₀: decrease against nothing.
    public var logDecreaseOverNull: Double { logDirectedOverNull(-estimate) }

    /// ln BF₊₋: increase against decrease.
    public var logIncreaseOverDecrease: Double { logIncreaseOverNull - logDecreaseOverNull }

    /// ln BF₁₀: any effect, H₊ and H₋ equally likely beforehand, against nothing.
    public var logEitherOverNull: Double {
        let (a, b) = (logIncreaseOverNull, logDecreaseOverNull)
        let top = max(a, b)
        return top + log(0.5 * (exp(a - top) + exp(b - top)))
    }

    public var increaseOverNull: Double { exp(logIncreaseOverNull) }
    public var decreaseOverNull: Double { exp(logDecreaseOverNull) }
    public var increaseOverDecrease: Double { exp(logIncreaseOverDecrease) }
    public var eitherOverNull: Double { exp(logEitherOverNull) }

    /// ln of N(y | m, s² + σ²)/N(y | 0, s²), times the share of the posterior over that of the prior above zero.
    private func logDirectedOverNull(_ y: Double) -> Double {
        let s2 = standardError * standardError
        let v = priorScale * priorScale
        let total = s2 + v
        let distance = y - priorMean
        let ratio = 0.5 * (log(s2) - log(total) + y * y / s2 - distance * distance / total)
        let posterior = (y * v + priorMean * s2) / (standardError * priorScale * total.squareRoot())
        return ratio + Normal.logCDF(posterior) - Normal.logCDF(priorMean / priorScale)
    }
}
