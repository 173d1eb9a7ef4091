import Foundation
import Statistics

/// Two uniform lumps with the mean, the variance and nearly the skewness of a truncated normal, inside its bounds.
///
/// SDM-PSI 6.21's imputed values of silent studies lie so: with an excess kurtosis of about −1.65, where a truncated normal
/// between wide bounds has −.5. It changes no mean and no variance, but Q, a sum of squares over studies. The lumps' middles
/// are the two points that have the first three moments (Gauss's, always inside the bounds), drawn together by as much as the
/// lumps' own width takes of the variance.
struct TwoLumps: Hashable, Sendable {
    /// Middle of each lump, and half the width of both.
    let low: Double
    let high: Double
    let halfWidth: Double
    /// Probability of the lower lump.
    let lowShare: Double

    /// Share of the variance that is within lumps: −2 + 4r − 3.2r² = −1.65 between symmetric bounds.
    static let shareWithin = (4 - 11.52.squareRoot()) / 6.4

    init(_ distribution: TruncatedNormal) {
        let (mean, variance) = distribution.moments
        let deviation = variance.squareRoot()
        let half = 0.5 * Self.skewness(distribution)
        let root = (1 + half * half).squareRoot()
        let (left, right) = (half - root, half + root)
        lowShare = right / (right - left)
        // Where the bounds are too near for the width, less of it.
        var within = Self.shareWithin
        var middles = (mean, mean)
        var width = 0.0
        for _ in 0..<8 {
            let shrunk = deviation * (1 - within).squareRoot()
            middles = (mean + shrunk * left, mean + shrunk * right)
            width = deviation * (3 * within).squareRoot()
            if middles.0 - width >= distribution.lower, middles.1 + width <= distribution.upper { break }
            within *= 0.5
            width = 0
        }
        low = max(middles.0, distribution.lower)
        high = min(middles.1, distribution.upper)
        halfWidth = width
    }

    /// The value whose rank in the two lumps is that of `z` in the standard normal; increasing in z.
    @inline(__always)
    func value(ofRank z: Double) -> Double {
        let p = Normal.cdf(z)
        let place = p < lowShare ? p / lowShare : (p - lowShare) / (1 - lowShare)
        return (p < lowShare ? low : high) + halfWidth * (2 * place - 1)
    }

    /// By Simpson's rule over the part of the interval that has any probability.
    private static func skewness(_ distribution: TruncatedNormal) -> Double {
        let a = (distribution.lower - distribution.mean) / distribution.deviation
        let b = (distribution.upper - distribution.mean) / distribution.deviation
        // The density's peak is the point nearest to 0; at `end` it has fallen by e⁻³².
        let peak = min(max(0, a), b)
        let end = (peak * peak + 64).squareRoot()
        let low = max(a, -end)
        let high = min(b, end)
        guard high > low else { return 0 }
        let panels = 64
        let step = (high - low) / Double(panels)
        var sums = (0.0, 0.0, 0.0, 0.0)
        for k in 0...panels {
            // From the peak, so that moments of a narrow interval far out do not cancel.
            let x = low + Double(k) * step - peak
            let weight = (k == 0 || k == panels ? 1 : k % 2 == 0 ? 2 : 4) * exp(-0.5 * x * (x + 2 * peak))
            sums.0 += weight
            sums.1 += weight * x
            sums.2 += weight * x * x
            sums.3 += weight * x * x * x
        }
        let m = sums.1 / sums.0
        let square = sums.2 / sums.0
        let variance = square - m * m
        guard variance > 0 else { return 0 }
        let third = sums.3 / sums.0 - 3 * m * square + 2 * m * m * m
        let skewness = third / (variance * variance.squareRoot())
        return skewness.isFinite ? skewness : 0
    }
}
