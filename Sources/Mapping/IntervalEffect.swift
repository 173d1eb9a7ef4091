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
    struct Score {
        var slope: Double
        var information: Double
    }

    /// At tau² = 0.
    func score(at mean: Double) -> Score {
        if isKnown {
            return Score(slope: (lower - mean) / lowerVariance, information: 1 / lowerVariance)
        }
        let (a, b, sa, sb) = standardised(mean, tau2: 0)
        // Evaluated in the tail that does not cancel; both sides of zero are as good.
        let probability = Self.probability(a, b)
        let fa = Normal.density(a)
        let fb = Normal.density(b)
        if probability < 1e-280 {
            // So far out that only the nearer bound matters: the tail of a normal (Mills ratio ≈ 1/x).
            let near = a > 0 ? a : b
            let s = a > 0 ? sa : sb
            return Score(slope: near / s, information: 1 / (s * s))
        }
        let slope = (fa / sa - fb / sb) / probability
        let curvature = (a * fa / (sa * sa) - b * fb / (sb * sb)) / probability
        return Score(slope: slope, information: slope * slope - curvature)
    }

    /// Derivative of the negative log-likelihood with respect to tau².
    func tau2Slope(mean: Double, tau2: Double) -> Double {
        if isKnown {
            let variance = lowerVariance + tau2
            let r = lower - mean
            return 0.5 * (1 / variance - r * r / (variance * variance))
        }
        let (a, b, sa, sb) = standardised(mean, tau2: tau2)
        let probability = Self.probability(a, b)
        if probability < 1e-280 {
            let near = a > 0 ? a : b
            let s = a > 0 ? sa : sb
            return -0.5 * near * near / (s * s)
        }
        return 0.5 * (Normal.density(b) * b / (sb * sb) - Normal.density(a) * a / (sa * sa)) / probability
    }

    /// Negative log-likelihood; the definition the derivatives above are tested against.
    public func negativeLogLikelihood(mean: Double, tau2: Double) -> Double {
        if isKnown {
            let variance = lowerVariance + tau2
            return 0.5 * (log(variance) + (lower - mean) * (lower - mean) / variance)
        }
        let (a, b, _, _) = standardised(mean, tau2: tau2)
        return -log(max(Self.probability(a, b), 1e-300))
    }

    /// The bounds in standard errors from the mean, and those standard errors.
    ///
    /// Far from the interval, the larger standard error of the outer bound can bring it nearer than the inner one; a
    /// common standard error, that of the middle, then keeps the probability positive.
    @inline(__always)
    private func standardised(_ mean: Double, tau2: Double) -> (a: Double, b: Double, sa: Double, sb: Double) {
        let sa = (lowerVariance + tau2).squareRoot()
        let sb = (upperVariance + tau2).squareRoot()
        let a = (lower - mean) / sa
        let b = (upper - mean) / sb
        if (b - a) * (sa + sb) > upper - lower { return (a, b, sa, sb) }
        let s = (0.5 * (lowerVariance + upperVariance) + tau2).squareRoot()
        return ((lower - mean) / s, (upper - mean) / s, s, s)
    }

    /// Φ(b) − Φ(a) for a < b, from the tails when both are on one side.
    @inline(__always)
    private static func probability(_ a: Double, _ b: Double) -> Double {
        a > 0 ? Normal.upperTail(a) - Normal.upperTail(b) : Normal.cdf(b) - Normal.cdf(a)
    }
}
