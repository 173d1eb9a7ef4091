import Foundation
import Statistics

/// A normal distribution cut off at two bounds.
public struct TruncatedNormal: Sendable {
    public let mean: Double
    public let deviation: Double
    public let lower: Double
    public let upper: Double
    /// The bounds in deviations from the mean; mirrored so that the interval's middle is not above zero.
    private let a: Double
    private let b: Double
    private let isMirrored: Bool
    private let lowTail: Double
    private let width: Double

    public init(mean: Double, deviation: Double, lower: Double, upper: Double) {
        self.mean = mean
        self.deviation = deviation
        self.lower = lower
        self.upper = upper
        let low = (lower - mean) / deviation
        let high = (upper - mean) / deviation
        isMirrored = low + high > 0
        a = isMirrored ? -high : low
        b = isMirrored ? -low : high
        lowTail = Normal.cdf(a)
        width = Normal.cdf(b) - lowTail
    }

    /// The value whose rank in the truncated distribution is that of `z` in the standard normal.
    ///
    /// Increasing in z, and always within the bounds. Beyond 35 deviations, where probabilities underflow, the tail is
    /// taken as exp(−x²/2).
    @inline(__always)
    public func value(ofRank z: Double) -> Double {
        value(ofMirroredProbability: Normal.cdf(isMirrored ? -z : z))
    }

    /// The value of a probability p = Φ(z), or Φ(−z) where ``isMirrored``.
    @inline(__always)
    private func value(ofMirroredProbability p: Double) -> Double {
        let x = b < -35 ? farTail(p) : Normal.quantile(lowTail + p * width)
        let value = mean + deviation * (isMirrored ? -x : x)
        return min(max(value, lower), upper)
    }

    /// Quantile of the density ∝ exp(−x²/2)·|x| on [a, b], b ≪ 0.
    private func farTail(_ p: Double) -> Double {
        let ratio = exp(0.5 * (b - a) * (b + a))
        return -(b * b - 2 * log(ratio + p * (1 - ratio))).squareRoot()
    }

    /// Mean and variance.
    ///
    /// Within a thousandth of a deviation the density is nearly a straight line, and the general form would cancel.
    public var moments: (mean: Double, variance: Double) {
        if b - a < 1e-3, abs(a + b) < 70 {
            let squared = (b - a) * (b - a) / 12
            let shift = -0.5 * (a + b) * squared
            let middle = 0.5 * (lower + upper)
            return (middle + deviation * (isMirrored ? -shift : shift), deviation * deviation * squared)
        }
        if b < -35 || width <= 0 {
            // A nearly exponential pile at the near bound.
            let rate = max(-b, 1) / deviation
            let length = upper - lower
            let near = isMirrored ? lower : upper
            let spread = min(1 / rate, length / 2)
            return (isMirrored ? near + spread : near - spread, min(1 / (rate * rate), length * length / 12))
        }
        let fa = Normal.density(a)
        let fb = Normal.density(b)
        let shift = (fa - fb) / width
        let variance = 1 + (a * fa - b * fb) / width - shift * shift
        let mirrored = isMirrored ? -shift : shift
        return (mean + deviation * mirrored, deviation * deviation * max(variance, 0))
    }
}
