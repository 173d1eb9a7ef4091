import Foundation
public import Statistics

/// What one experiment says about a voxel's effect: a value, or only an interval.
///
/// The likelihood of a mean μ is the normal density at a known effect, or the normal probability of the interval; each
/// bound has the standard error that the effect would have there (MetaNSUE: Albajes-Eizagirre, Solanes & Radua 2019,
/// doi:10.1177/0962280218811349).
public struct IntervalEffect: Hashable, Sendable {
    /// Lower and upper bound of g.
    public var lower: Double
    public var upper: Double
    /// Sampling variance of g at the bounds.
    public var lowerVariance: Double
    public var upperVariance: Double

    /// Bounds closer than this count as one known value.
    public static let knownWidth = 1e-6

    public init(lower: Double, upper: Double, scale: EffectScale) {
        self.lower = lower
        self.upper = upper
        lowerVariance = scale.variance(ofG: lower)
        upperVariance = scale.variance(ofG: upper)
    }

    public var isKnown: Bool { upper - lower < Self.knownWidth }

    /// Derivative of the log-likelihood with respect to the mean, and minus its second derivative.
    package struct Score {
        package var slope: Double
        package var information: Double
    }

    package func score(at mean: Double, tau2: Double = 0) -> Score {
        if isKnown {
            let variance = lowerVariance + tau2
            return Score(slope: (lower - mean) / variance, information: 1 / variance)
        }
        let interval = standardised(mean, tau2: tau2)
        let (a, b) = (interval.a, interval.b)
        let probability = Self.probability(a, b)
        if probability < 1e-280 {
            // So far out that only the nearer bound matters: the tail of a normal (Mills ratio ≈ 1/x).
            return a > 0
                ? Score(slope: a * interval.aRate, information: interval.aRate * interval.aRate)
                : Score(slope: b * interval.bRate, information: interval.bRate * interval.bRate)
        }
        let fa = Normal.density(a) * interval.aRate
        let fb = Normal.density(b) * interval.bRate
        let slope = (fa - fb) / probability
        let curvature = (a * fa * interval.aRate - b * fb * interval.bRate) / probability
        return Score(slope: slope, information: slope * slope - curvature)
    }

    /// Derivative of the negative log-likelihood with respect to tau².
    func tau2Slope(mean: Double, tau2: Double) -> Double {
        if isKnown {
            let variance = lowerVariance + tau2
            let r = lower - mean
            return 0.5 * (1 / variance - r * r / (variance * variance))
        }
        let interval = standardised(mean, tau2: tau2)
        let probability = Self.probability(interval.a, interval.b)
        if probability < 1e-280 {
            return interval.a > 0 ? interval.a * interval.aTau2 : interval.b * interval.bTau2
        }
        return (Normal.density(interval.a) * interval.aTau2 - Normal.density(interval.b) * interval.bTau2)
            / probability
    }

    /// Negative log-likelihood; the definition the derivatives above are tested against.
    public func negativeLogLikelihood(mean: Double, tau2: Double) -> Double {
        if isKnown {
            let variance = lowerVariance + tau2
            return 0.5 * (log(variance) + (lower - mean) * (lower - mean) / variance)
        }
        let interval = standardised(mean, tau2: tau2)
        return -log(max(Self.probability(interval.a, interval.b), 1e-300))
    }

    /// The bounds in standard errors from the mean, and how they move: minus their derivatives with respect to the
    /// mean (rates), and their derivatives with respect to tau².
    private struct Standardised {
        var a: Double
        var b: Double
        var aRate: Double
        var bRate: Double
        var aTau2: Double
        var bTau2: Double
    }

    /// Each bound is as many of its own standard errors away as it is, while the mean is inside the interval.
    ///
    /// Outside, the far bound's larger standard error could bring it nearer than the near bound and make the
    /// probability negative; there the near bound keeps its distance, and the interval its width (both in standard
    /// errors), so that the likelihood stays positive and continuous.
    @inline(__always)
    private func standardised(_ mean: Double, tau2: Double) -> Standardised {
        let va = lowerVariance + tau2
        let vb = upperVariance + tau2
        let sa = va.squareRoot()
        let sb = vb.squareRoot()
        if mean < lower {
            let a = (lower - mean) / sa
            let width = (upper - lower) / sb
            let aTau2 = -0.5 * a / va
            return Standardised(
                a: a, b: a + width, aRate: 1 / sa, bRate: 1 / sa, aTau2: aTau2, bTau2: aTau2 - 0.5 * width / vb)
        }
        if mean > upper {
            let b = (upper - mean) / sb
            let width = (upper - lower) / sa
            let bTau2 = -0.5 * b / vb
            return Standardised(
                a: b - width, b: b, aRate: 1 / sb, bRate: 1 / sb, aTau2: bTau2 + 0.5 * width / va, bTau2: bTau2)
        }
        let a = (lower - mean) / sa
        let b = (upper - mean) / sb
        return Standardised(a: a, b: b, aRate: 1 / sa, bRate: 1 / sb, aTau2: -0.5 * a / va, bTau2: -0.5 * b / vb)
    }

    /// Φ(b) − Φ(a) for a < b, from the tails when both are on one side.
    @inline(__always)
    private static func probability(_ a: Double, _ b: Double) -> Double {
        a > 0 ? Normal.upperTail(a) - Normal.upperTail(b) : Normal.cdf(b) - Normal.cdf(a)
    }
}
