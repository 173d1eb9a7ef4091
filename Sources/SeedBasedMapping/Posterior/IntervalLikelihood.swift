import Foundation
public import Statistics

/// The log-likelihood of what one experiment says at a voxel, in plain double precision: what the vector kernel
/// (`cuneus_posterior_add`) is tested against.
///
/// A known effect has the normal density with the variance v(g) + τ², an interval its normal probability, each bound with
/// its own variance (as ``IntervalEffect``, MetaNSUE: doi:10.1177/0962280218811349). Several heights of sign-only peaks
/// are a mixture:
///
///     ℓ(μ, τ) = power · log Σ_q w_q exp ℓ_q(μ, √share·τ)
///
/// `power` and `tauShare` are 1 unless the experiment shares its sample with others (``EffectPosterior``). Relative error of
/// the likelihood about 1e-14, 1e-9 where an interval is a millionth wide.
public struct IntervalLikelihood: Hashable, Sendable {
    /// Bounds at each height.
    public var bounds: [Interval]
    /// Of each; they sum to 1.
    public var weights: [Double]
    public var scale: EffectScale
    public var power = 1.0
    public var tauShare = 1.0

    public init(bounds: [Interval], weights: [Double], scale: EffectScale, power: Double = 1, tauShare: Double = 1) {
        self.bounds = bounds
        self.weights = weights
        self.scale = scale
        self.power = power
        self.tauShare = tauShare
    }

    /// Of a report at a mask position; nil where it does not speak.
    public init?(_ report: EffectReport, at voxel: Int, power: Double = 1, tauShare: Double = 1) {
        let heights: [(Float, Float)] =
            switch report.content {
            case .map: [(1, 1)]
            case .peaks(let peaks):
                peaks.index(of: voxel).map(peaks.variesWithHeight) == true
                    ? Array(zip(peaks.heights, peaks.weights)) : [(1, 1)]
            }
        let bounds = heights.compactMap { report.bounds(at: voxel, height: Double($0.0)) }
        guard !bounds.isEmpty else { return nil }
        self.init(
            bounds: bounds.map { Interval(lower: $0.lower, upper: $0.upper) }, weights: heights.map { Double($0.1) },
            scale: report.scale, power: power, tauShare: tauShare)
    }

    public func callAsFunction(mean: Double, tau: Double) -> Double {
        let tau2 = tauShare * tau * tau
        let each = bounds.map { one($0, mean, tau2) }
        let most = each.max() ?? 0
        guard most.isFinite else { return power * most }
        return power * (most + log(zip(each, weights).reduce(0) { $0 + $1.1 * exp($1.0 - most) }))
    }

    private func one(_ bounds: Interval, _ mean: Double, _ tau2: Double) -> Double {
        let (lower, upper) = (bounds.lower, bounds.upper)
        let lowerVariance = scale.variance(ofG: lower) + tau2
        let upperVariance = scale.variance(ofG: upper) + tau2
        let width = upper - lower
        if width < IntervalEffect.knownWidth {
            return -0.5 * (log(lowerVariance) + (lower - mean) * (lower - mean) / lowerVariance)
        }
        let toLower = (lower - mean) / lowerVariance.squareRoot()
        let toUpper = (upper - mean) / upperVariance.squareRoot()
        if mean < lower { return Self.outside(toLower, toLower + width / upperVariance.squareRoot()) }
        if mean > upper { return Self.outside(-toUpper, -toUpper + width / lowerVariance.squareRoot()) }
        return log(Normal.cdf(toUpper) - Normal.cdf(toLower))
    }

    /// log(Q(near) − Q(far)), Q the upper tail.
    private static func outside(_ near: Double, _ far: Double) -> Double {
        let logNear = Normal.logCDF(-near)
        return logNear + log(-expm1(Normal.logCDF(-far) - logNear))
    }
}
