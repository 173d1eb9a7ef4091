import Foundation
import Statistics

/// Minus the log-likelihood of a step-function selection model, for effects sought above zero or of either sign.
///
/// Parameters: p coefficients, τ², and ln of the weights of the intervals after the first. With s² = v + τ²,
///
///     ℓ = Σ ln w(pᵢ) + ln φ((yᵢ − μᵢ)/sᵢ)/sᵢ − ln Aᵢ,   Aᵢ = Σⱼ wⱼ P(interval j | μᵢ, sᵢ)
struct SelectionLikelihood {
    let effects: [Double]
    let variances: [Double]
    let design: Matrix
    let cuts: [Double]
    let isTwoSided: Bool
    /// Interval of each study's p.
    let intervals: [Int]
    /// z of each cut, falling: effects above z·√v are in the first interval.
    private let bounds: [Double]

    init(effects: [Double], variances: [Double], design: Matrix, steps: SelectionSteps) {
        self.effects = effects
        self.variances = variances
        self.design = design
        cuts = steps.cuts
        let isTwoSided = steps.side == .twoSided
        self.isTwoSided = isTwoSided
        bounds = steps.cuts.map { -Normal.quantile(isTwoSided ? $0 / 2 : $0) }
        intervals = zip(effects, variances).map { effect, variance in
            let z = effect / variance.squareRoot()
            return steps.interval(of: isTwoSided ? 2 * Normal.upperTail(abs(z)) : Normal.upperTail(z))
        }
    }

    var coefficients: Int { design.columns }
    var parameters: Int { design.columns + 1 + cuts.count }

    func callAsFunction(_ x: [Double]) -> (value: Double, gradient: [Double]) {
        let p = design.columns
        let tau2 = x[p]
        let logWeights = [0] + x[(p + 1)...]
        let weights = logWeights.map { exp($0) }
        var value = 0.0
        var gradient = [Double](repeating: 0, count: x.count)
        for i in effects.indices {
            var mu = 0.0
            for j in 0..<p { mu += design[i, j] * x[j] }
            let error = variances[i].squareRoot()
            let s = (variances[i] + tau2).squareRoot()
            let r = (effects[i] - mu) / s
            value -= logWeights[intervals[i]] - 0.5 * r * r - log(s) - 0.918938533204672741780329
            var slopeMu = -r / s
            var slopeS = (1 - r * r) / s
            if intervals[i] > 0 { gradient[p + intervals[i]] -= 1 }

            let shares = shares(mu: mu, s: s, error: error)
            var total = 0.0
            for (w, share) in zip(weights, shares) { total += w * share.probability }
            value += log(total)
            for (j, (w, share)) in zip(weights, shares).enumerated() {
                slopeMu += w * share.slopeMu / total
                slopeS += w * share.slopeS / total
                if j > 0 { gradient[p + j] += w * share.probability / total }
            }
            for j in 0..<p { gradient[j] += design[i, j] * slopeMu }
            gradient[p] += slopeS / (2 * s)
        }
        return (value, gradient)
    }

    struct Share {
        var probability: Double
        var slopeMu: Double
        var slopeS: Double
    }

    /// Chance of each interval of p for a study of mean μ, total SD s and sampling error; and its slopes in μ and s.
    func shares(mu: Double, s: Double, error: Double) -> [Share] {
        (0...bounds.count).map { j in
            let high = j == 0 ? Double.infinity : bounds[j - 1] * error
            let low = j == bounds.count ? -Double.infinity : bounds[j] * error
            if !isTwoSided { return Self.share(from: low, to: high, mu, s) }
            // The last interval lies around zero; the others have a mirror image below it.
            if j == bounds.count { return Self.share(from: -high, to: high, mu, s) }
            let above = Self.share(from: low, to: high, mu, s)
            let below = Self.share(from: -high, to: -low, mu, s)
            return Share(
                probability: above.probability + below.probability, slopeMu: above.slopeMu + below.slopeMu,
                slopeS: above.slopeS + below.slopeS)
        }
    }

    private static func share(from low: Double, to high: Double, _ mu: Double, _ s: Double) -> Share {
        let (a, b) = ((low - mu) / s, (high - mu) / s)
        // On the side where the tails do not cancel.
        let probability = a > 0 ? Normal.upperTail(a) - Normal.upperTail(b) : Normal.cdf(b) - Normal.cdf(a)
        let (fa, fb) = (Normal.density(a), Normal.density(b))
        let (ga, gb) = (a.isFinite ? a * fa : 0, b.isFinite ? b * fb : 0)
        return Share(probability: max(probability, 0), slopeMu: (fa - fb) / s, slopeS: (ga - gb) / s)
    }
}
