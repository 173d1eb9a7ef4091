import Foundation
public import Statistics

/// What is known of τ after the data.
public struct HeterogeneityPosterior: Sendable {
    /// A value of τ with its share of the posterior.
    struct Node: Sendable {
        var tau: Double
        var weight: Double
    }

    public let prior: HeterogeneityPrior
    let nodes: [Node]
    /// ln ∫ likelihood · prior.
    let logIntegral: Double
    /// The highest moment that exists.
    let moments: Int
    private let map: TauMap
    private let cumulative: LineCumulative
    private let logLikelihood: @Sendable (Double) -> Double

    /// - Parameter logLikelihood: of τ².
    init?(
        prior: HeterogeneityPrior, conditional: ConditionalMean, isFlat: Bool,
        logLikelihood: @escaping @Sendable (Double) -> Double
    ) {
        let typical = (conditional.variances.reduce(0, +) / Double(conditional.variances.count)).squareRoot()
        let map = TauMap(prior, typical: typical)
        let studies = conditional.effects.count
        let moments = prior.isHeavyTailed ? (isFlat ? studies - 1 : studies) : .max
        let order = Double(min(moments, 2))
        guard
            let quadrature = LineQuadrature(
                range: map.range, coarse: map.coarse, logHeaviest: { order * (map($0).logTau - log(typical)) },
                { x in
                    let place = map(x)
                    let tau = exp(place.logTau)
                    guard tau < 1e150 else { return -.infinity }
                    return logLikelihood(tau * tau) + prior.logDensity(logTau: place.logTau) + place.logSlope
                }),
            let cumulative = LineCumulative(quadrature)
        else { return nil }
        self.map = map
        self.cumulative = cumulative
        self.prior = prior
        self.logLikelihood = logLikelihood
        nodes = zip(quadrature.nodes, quadrature.weights).map { Node(tau: exp(map($0).logTau), weight: $1) }
        logIntegral = quadrature.logIntegral
        self.moments = moments
    }

    /// nil where it does not exist.
    public var mean: Double? { moments >= 1 ? nodes.reduce(0) { $0 + $1.weight * $1.tau } : nil }

    /// SD; nil where it does not exist.
    public var deviation: Double? {
        guard moments >= 2, let mean else { return nil }
        return nodes.reduce(0) { $0 + $1.weight * ($1.tau - mean) * ($1.tau - mean) }.squareRoot()
    }

    /// Density at τ; 0 below 0.
    public func density(_ tau: Double) -> Double {
        tau < 0 ? 0 : exp(logLikelihood(tau * tau) + prior.logDensity(logTau: log(tau)) - logIntegral)
    }

    /// P(τ ≤ x).
    public func cdf(_ x: Double) -> Double {
        guard x > 0 else { return x.isNaN ? .nan : 0 }
        if case .uniform(let upper) = prior, x >= upper { return 1 }
        return cumulative(map.place(ofLogTau: log(x)))
    }

    public var median: Double { quantile(0.5) }

    /// The τ that is not exceeded with probability p.
    public func quantile(_ p: Double) -> Double {
        guard p > 0, p < 1 else { return p == 0 ? 0 : p == 1 ? .infinity : .nan }
        let cell = cumulative.cell(of: p)
        let place = ZeroCrossing.find(from: cell.low, to: cell.high, tolerance: 1e-13) { cumulative($0) - p }
        // Where rounding hides the change of sign, the end of the cell is the place.
        return exp(map(place ?? cell.low).logTau)
    }

    /// With as much outside on the left as on the right.
    public func equalTailed(level: Double = 0.95) -> Interval {
        Interval(lower: quantile((1 - level) / 2), upper: quantile((1 + level) / 2))
    }

    /// The shortest that holds `level`; from 0 where the density falls all the way.
    public func highestDensity(level: Double = 0.95) -> Interval {
        let top = quantile(level)
        // The density of the log-t grows without bound next to 0, but nothing to speak of lies there.
        if case .logStudentT = prior {} else if density(0) >= density(top) { return Interval(lower: 0, upper: top) }
        let outside = 1 - level
        let at = ZeroCrossing.find(from: 1e-9 * outside, to: (1 - 1e-6) * outside, tolerance: 1e-12) { p in
            density(quantile(p)) - density(quantile(p + level))
        }
        guard let p = at else { return equalTailed(level: level) }
        return Interval(lower: quantile(p), upper: quantile(p + level))
    }
}
