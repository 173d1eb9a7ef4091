import Foundation

/// How the variance between studies, τ², is estimated.
///
/// All are for a general design X, S × p of full rank; intercept only is p = 1.
public enum HeterogeneityEstimator: String, CaseIterable, Hashable, Sendable {
    /// τ² = 0: the fixed (or common) effect model.
    case fixed = "FE"
    /// DerSimonian & Laird 1986 (doi:10.1016/0197-2456(86)90046-2): (Q − (S − p)) / tr(P), closed form.
    case dersimonianLaird = "DL"
    /// Hedges & Olkin 1985, from unweighted residuals: (RSS − Σ(1 − hᵢ)vᵢ) / (S − p), closed form.
    ///
    /// Also called variance component or Cochran estimator; PyMARE's `Hedges`.
    case hedges = "HE"
    /// Paule & Mandel 1982 (doi:10.6028/jres.087.022): the τ² at which Q equals S − p.
    case pauleMandel = "PM"
    /// Maximum likelihood.
    case maximumLikelihood = "ML"
    /// Restricted maximum likelihood (Viechtbauer 2005, doi:10.3102/10769986030003261).
    case reml = "REML"
    /// Hunter & Schmidt 1990: (Q − S) / Σw, closed form; biased downwards with few studies.
    case hunterSchmidt = "HS"
    /// Sidik & Jonkman 2005 (doi:10.1002/sim.1935), from the variance of the effects as a first guess τ₀², closed form.
    ///
    /// τ₀²·Σr²/(v + τ₀²)/(S − p). Never 0 unless all effects are equal: too large where there is no heterogeneity.
    case sidikJonkman = "SJ"
    /// Empirical Bayes (Morris 1983): where Σr²/(v + τ²)·S/(S − p) is S, the same equation as Paule & Mandel's.
    case empiricalBayes = "EB"

    public init(_ estimator: RandomEffects.Estimator) {
        switch estimator {
        case .dersimonianLaird: self = .dersimonianLaird
        case .reml: self = .reml
        }
    }

    /// τ², at least 0; 0 where S − p is 0.
    ///
    /// The likelihoods can have several maxima. As in metafor, the one uphill of the Hedges estimate is taken, unless
    /// τ² = 0 is likelier.
    ///
    /// - Parameters:
    ///   - effects, variances: S each; variances positive.
    ///   - design: S × p, of full column rank, p ≤ S.
    public func tau2(effects: [Double], variances: [Double], design: Matrix) -> Double {
        let df = Double(design.rows - design.columns)
        guard df > 0 else { return 0 }
        let model = Heterogeneity(effects: effects, variances: variances, design: design)
        switch self {
        case .fixed: return 0
        case .dersimonianLaird:
            let fit = model.fit(0)
            return max(0, (fit.q - df) / fit.traceP)
        case .hedges: return model.hedges
        case .pauleMandel, .empiricalBayes: return model.tau2(whereQ: df)
        case .hunterSchmidt:
            let fit = model.fit(0)
            return max(0, (fit.q - Double(design.rows)) / fit.totalWeight)
        case .sidikJonkman: return model.sidikJonkman
        case .maximumLikelihood: return model.likeliest(restricted: false)
        case .reml: return model.likeliest(restricted: true)
        }
    }
}

extension HeterogeneityEstimator {
    /// τ² where the likelihood is highest of all, which for effects in different units need not be near the Hedges
    /// estimate; the same as ``tau2(effects:variances:design:)`` for estimators without a likelihood.
    public func likeliestTau2(effects: [Double], variances: [Double], design: Matrix) -> Double {
        guard design.rows > design.columns else { return 0 }
        let model = Heterogeneity(effects: effects, variances: variances, design: design)
        switch self {
        case .maximumLikelihood: return model.likeliestAnywhere(restricted: false)
        case .reml: return model.likeliestAnywhere(restricted: true)
        default: return tau2(effects: effects, variances: variances, design: design)
        }
    }
}

/// The equations for τ² of one data set.
struct Heterogeneity {
    let effects: [Double]
    let variances: [Double]
    let design: Matrix

    /// The model with weights 1/(v + τ²).
    func fit(_ tau2: Double, needsLikelihood: Bool = false) -> HeterogeneityFit {
        HeterogeneityFit(
            effects: effects, variances: variances, design: design, needsLikelihood: needsLikelihood
        ) { 1 / ($0 + tau2) }
    }

    /// −2 times the log-likelihood at τ², but for constants.
    func deviance(_ tau2: Double, restricted: Bool) -> Double {
        fit(tau2, needsLikelihood: true).deviance(restricted: restricted)
    }

    /// With all weights alike.
    private var unweighted: HeterogeneityFit {
        HeterogeneityFit(effects: effects, variances: variances, design: design, needsLikelihood: false) { _ in 1 }
    }

    private var meanVariance: Double { variances.reduce(0, +) / Double(variances.count) }

    var hedges: Double {
        let ols = unweighted
        return max(0, (ols.q - ols.sampling) / ols.traceP)
    }

    /// From the variance of the effects (over S), whatever the design, as metafor has it.
    var sidikJonkman: Double {
        let mean = effects.reduce(0, +) / Double(effects.count)
        let first = effects.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(effects.count)
        guard first > 0 else { return 0 }
        return first * fit(first).q / Double(design.rows - design.columns)
    }

    /// The τ² at which Σr²/(v + τ²) falls to `target`; 0 where it starts below.
    ///
    /// Newton from 0. Q is convex and falling in τ², so no step passes the root (DerSimonian & Kacker 2007,
    /// doi:10.1016/j.cct.2006.04.004).
    func tau2(whereQ target: Double) -> Double {
        var tau2 = 0.0
        let scale = meanVariance
        for _ in 0..<500 {
            let fit = fit(tau2)
            let step = (fit.q - target) / fit.yPPy
            guard step > 1e-14 * (tau2 + scale) else { break }
            tau2 += step
        }
        return tau2
    }

    /// The maximum of the (restricted) likelihood: Fisher scoring finds its slope, which is then followed to zero.
    func likeliest(restricted: Bool) -> Double {
        /// Slope of twice the log-likelihood in τ², and the Fisher step there.
        func slope(_ tau2: Double) -> (slope: Double, step: Double) {
            let fit = fit(tau2)
            let trace = restricted ? fit.traceP : fit.totalWeight
            let information = restricted ? fit.tracePP : fit.totalSquaredWeight
            return (fit.yPPy - trace, (fit.yPPy - trace) / information)
        }

        let scale = meanVariance
        var low = hedges
        var at = slope(low)
        var high = low
        if at.slope > 0 {
            repeat {
                low = high
                high += max(at.step, 0.01 * (high + scale))
                at = slope(high)
            } while at.slope > 0 && high < 1e200
        } else {
            // Downhill by Fisher steps until the slope turns, or zero is reached.
            while at.slope <= 0, low > 0 {
                high = low
                let next = low + at.step
                low = next > 1e-3 * scale ? min(next, 0.99 * low) : 0
                at = slope(low)
            }
            guard at.slope > 0 else { return 0 }
        }
        let tau2 = FallingRoot.find(low, high, tolerance: 1e-14 * scale) { slope($0).slope }
        // A second, higher maximum at the edge.
        return deviance(0, restricted: restricted) <= deviance(tau2, restricted: restricted) ? 0 : tau2
    }

    /// The highest of all maxima of the (restricted) likelihood: 0, and the zeros of its slope between points of a fine
    /// logarithmic grid. For effects in different units, whose likelihood has several maxima.
    func likeliestAnywhere(restricted: Bool) -> Double {
        func slope(_ tau2: Double) -> Double {
            let fit = fit(tau2)
            return fit.yPPy - (restricted ? fit.traceP : fit.totalWeight)
        }
        let ols = unweighted
        let first = 1e-6 * (variances.min() ?? 1)
        let largest = max(4 * ols.q, 16 * first)
        let steps = 400
        var best = 0.0
        var leastDeviance = deviance(0, restricted: restricted)
        var low = 0.0
        var atLow = slope(0)
        for step in 0...steps {
            let high = first * pow(largest / first, Double(step) / Double(steps))
            let atHigh = slope(high)
            if atLow > 0, atHigh <= 0 {
                let tau2 = FallingRoot.find(low, high, tolerance: 1e-16 * high, slope)
                let deviance = deviance(tau2, restricted: restricted)
                if deviance < leastDeviance { (best, leastDeviance) = (tau2, deviance) }
            }
            (low, atLow) = (high, atHigh)
        }
        return best
    }
}
