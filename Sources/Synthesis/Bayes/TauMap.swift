import Foundation

/// A smooth map of the whole line on the values of τ.
struct TauMap {
    private enum Kind {
        /// τ = c·eˣ.
        case exponential(logScale: Double)
        /// ln τ = location + scale·sinh x: for priors whose tails on ln τ fall only as a power.
        case sinh(location: Double, scale: Double)
        /// τ = u/(1 + e⁻ˣ), between 0 and u.
        case logistic(logUpper: Double)
    }

    private let kind: Kind
    let range: ClosedRange<Double>
    let coarse: Double

    init(_ prior: HeterogeneityPrior, typical: Double) {
        switch prior {
        case .uniform(let upper):
            (kind, range, coarse) = (.logistic(logUpper: log(upper)), -80...80, 0.25)
        case .logStudentT(let location, let scale, _):
            (kind, range, coarse) = (.sinh(location: location, scale: scale), -12...12, 0.125)
        case .halfNormal, .halfCauchy, .logNormal:
            (kind, range, coarse) = (.exponential(logScale: log(typical)), -80...80, 0.25)
        }
    }

    /// ln τ and ln dτ/dx.
    func callAsFunction(_ x: Double) -> (logTau: Double, logSlope: Double) {
        switch kind {
        case .exponential(let logScale):
            return (logScale + x, logScale + x)
        case .sinh(let location, let scale):
            let logTau = location + scale * Foundation.sinh(x)
            return (logTau, logTau + log(scale) + log(cosh(x)))
        case .logistic(let logUpper):
            let logTau = logUpper - Self.softplus(-x)
            return (logTau, logTau - Self.softplus(x))
        }
    }

    /// x of ln τ; ∞ at and above the upper end.
    func place(ofLogTau logTau: Double) -> Double {
        switch kind {
        case .exponential(let logScale): logTau - logScale
        case .sinh(let location, let scale): asinh((logTau - location) / scale)
        case .logistic(let logUpper): logTau < logUpper ? -log(expm1(logUpper - logTau)) : .infinity
        }
    }

    /// ln(1 + eˣ).
    private static func softplus(_ x: Double) -> Double { x > 0 ? x + log1p(exp(-x)) : log1p(exp(x)) }
}
