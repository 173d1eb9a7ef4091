import Foundation
public import Statistics

/// The mean effect if results were published according to their p: a step-function selection model by maximum likelihood.
///
/// Vevea & Hedges 1995 (doi:10.1007/BF02294384); with one cut, the three-parameter model of McShane, Böckenholt & Hansen 2016.
/// As metafor's `selmodel(type = "stepfun")` on a model fitted by ML. See Docs/synthesis-bias.md.
///
/// A sensitivity analysis: with few studies the weights are hardly known, and the intervals say so.
public struct SelectionModel: Sendable {
    public let steps: SelectionSteps
    /// The mean, or all coefficients of the design, with Wald errors from the Hessian.
    public let coefficients: [Estimate]
    /// Covariance of the coefficients.
    public let covariance: Matrix
    /// Between-study variance; its error is not a number where it lies at 0.
    public let tau2: Estimate
    /// How likely a result of each interval of p is published, against one of the first; the first is 1. The error is not a
    /// number where a weight was stated, or lies at its bound.
    public let weights: [Estimate]
    /// Studies whose p lies in each interval.
    public let counts: [Int]
    /// Of the model with selection, and of the same without (ML).
    public let logLikelihood: Double
    public let logLikelihoodWithoutSelection: Double
    /// Without selection, by ML.
    public let unselected: MetaRegression
    /// Whether the weights were stated, not estimated (Vevea & Woods 2005, doi:10.1037/1082-989X.10.4.428).
    public let hasStatedWeights: Bool
    /// Numbers of the weights that lie at a bound (10⁻⁶ or 100): the data cannot tell them.
    public let weightsAtBound: [Int]

    /// The largest weight that is tried, as in metafor.
    public static let largestWeight = 100.0
    private static let smallestWeight = 1e-6

    private let likelihood: SelectionLikelihood
    private let parameters: [Double]
    /// Minus the log-likelihood at the estimate, of the scaled effects.
    private let leastValue: Double
    /// Effects are fitted in units of a typical standard error, so that steps and tolerances fit any measure; and mirrored, with
    /// a unit below zero, where effects below zero are sought.
    private let unit: Double

    /// - Parameters:
    ///   - effects, variances: S each.
    ///   - design: S × p; the mean alone where nil.
    ///   - weights: stated weights of all intervals, the first 1; estimated where nil.
    public init(
        effects: [Double], variances: [Double], design: Matrix? = nil, steps: SelectionSteps = .threeParameter(),
        weights stated: [Double]? = nil
    ) throws(SelectionModelError) {
        let design = design ?? Matrix(rows: effects.count, columns: 1, repeating: 1)
        let unselected: MetaRegression
        do throws(MetaRegressionError) {
            unselected = try MetaRegression(
                effects: effects, variances: variances, design: design, estimator: .maximumLikelihood)
        } catch { throw .data(error) }
        if let stated {
            guard stated.count == steps.intervals, stated[0] == 1, stated.allSatisfy({ $0 > 0 && $0.isFinite }) else {
                throw .badWeights(stated)
            }
        }
        let meanVariance = variances.reduce(0, +) / Double(variances.count)
        let unit = (steps.side == .less ? -1 : 1) * meanVariance.squareRoot()
        let likelihood = SelectionLikelihood(
            effects: effects.map { $0 / unit }, variances: variances.map { $0 / meanVariance }, design: design,
            steps: steps)
        let counts = (0..<steps.intervals).map { j in likelihood.intervals.count { $0 == j } }
        if stated == nil, let empty = counts.firstIndex(of: 0) {
            throw .emptyInterval(
                above: empty == 0 ? 0 : steps.cuts[empty - 1], upTo: empty < steps.cuts.count ? steps.cuts[empty] : 1)
        }

        let p = design.columns
        let held = stated == nil ? [] : Set((p + 1)..<likelihood.parameters)
        let newton = Self.newton(likelihood)
        // From several places: the likelihood can be flat, and now and then has two maxima.
        var best: BoundedNewton.Minimum?
        let found = unselected.tau2 / meanVariance
        for share in [1, 0.3, 0.05] {
            for tau2 in [found, 0.25, 2 * found + 1] {
                let logWeights = stated.map { $0.dropFirst().map { log($0) } } ?? steps.cuts.map { _ in log(share) }
                let tried = newton.minimum(
                    from: unselected.coefficients.map { $0 / unit } + [tau2] + logWeights, held: held)
                guard tried.isConverged, tried.value.isFinite else { continue }
                if best.map({ tried.value < $0.value }) ?? true { best = tried }
            }
        }
        guard let best else { throw .notConverged }

        let free = best.at.indices.filter { best.isFree[$0] }
        var covariance = Matrix(rows: p, columns: p, repeating: .nan)
        var errors = [Double](repeating: .nan, count: best.at.count)
        if let inverse = Cholesky(newton.hessian(at: best.at, parameters: free))?.inverse {
            for (a, i) in free.enumerated() {
                errors[i] = inverse[a, a].squareRoot()
                for (b, j) in free.enumerated() where i < p && j < p {
                    covariance[i, j] = meanVariance * inverse[a, b]
                }
            }
        }
        self.steps = steps
        self.covariance = covariance
        coefficients = (0..<p).map { Estimate(value: unit * best.at[$0], standardError: abs(unit) * errors[$0]) }
        tau2 = Estimate(value: meanVariance * best.at[p], standardError: meanVariance * errors[p])
        self.weights =
            [Estimate(value: 1, standardError: .nan)]
            + ((p + 1)..<best.at.count).map { j in
                Estimate(value: exp(best.at[j]), standardError: exp(best.at[j]) * errors[j])
            }
        self.counts = counts
        // Densities per unit of the effects as they came.
        let scale = -Double(effects.count) * log(abs(unit))
        logLikelihood = scale - best.value
        let none = unselected.coefficients.map { $0 / unit } + [found] + steps.cuts.map { _ in 0.0 }
        logLikelihoodWithoutSelection = scale - likelihood(none).value
        leastValue = best.value
        self.unselected = unselected
        hasStatedWeights = stated != nil
        weightsAtBound = stated != nil ? [] : ((p + 1)..<best.at.count).filter { !best.isFree[$0] }.map { $0 - p }
        self.likelihood = likelihood
        parameters = best.at
        self.unit = unit
    }

    /// The intercept: the mean effect corrected for selection.
    public var mean: Estimate { coefficients[0] }

    public var studies: Int { likelihood.effects.count }

    /// Is there selection? Twice the gain in log-likelihood, χ² on as many degrees of freedom as there are weights; nil where
    /// the weights were stated.
    public var selectionTest: JointTest? {
        guard !hasStatedWeights else { return nil }
        return JointTest(
            statistic: max(0, 2 * (logLikelihood - logLikelihoodWithoutSelection)),
            degreesOfFreedom: Double(steps.cuts.count))
    }

    private static func newton(_ likelihood: SelectionLikelihood) -> BoundedNewton {
        let p = likelihood.coefficients
        let weights = likelihood.cuts.count
        return BoundedNewton(
            function: { likelihood($0) },
            lower: Array(repeating: -.infinity, count: p) + [0] + Array(repeating: log(smallestWeight), count: weights),
            upper: Array(repeating: .infinity, count: p) + [.infinity]
                + Array(repeating: log(largestWeight), count: weights))
    }
}

// MARK: - Profile likelihood

extension SelectionModel {
    /// What an interval is asked for.
    public enum Parameter: Hashable, Sendable {
        /// A coefficient; 0 is the mean.
        case coefficient(Int)
        case tau2
        /// The weight of an interval of p, from 1 on.
        case weight(Int)
    }

    /// The values that the likelihood does not refuse: twice the log-likelihood, maximised over all else, within χ²₁ of its
    /// maximum.
    ///
    /// - Returns: ends that reach a bound (τ² of 0, a weight of 0 or beyond 100) are that bound, 0 or infinity; nil for a
    ///   stated weight, or a parameter there is not.
    public func profileInterval(of parameter: Parameter, level: Double = 0.95) -> Interval? {
        let p = likelihood.coefficients
        let index: Int
        switch parameter {
        case .coefficient(let j):
            guard j >= 0, j < p else { return nil }
            index = j
        case .tau2: index = p
        case .weight(let j):
            guard j >= 1, j < weights.count, !hasStatedWeights else { return nil }
            index = p + j
        }
        let drop = 0.5 * ChiSquare(degreesOfFreedom: 1).quantile(upperTail: 1 - level)
        guard let low = end(index, towards: -1, drop: drop), let high = end(index, towards: 1, drop: drop) else {
            return nil
        }
        switch parameter {
        case .coefficient:
            return unit > 0
                ? Interval(lower: unit * low, upper: unit * high) : Interval(lower: unit * high, upper: unit * low)
        case .tau2: return Interval(lower: unit * unit * low, upper: unit * unit * high)
        case .weight: return Interval(lower: low.isFinite ? exp(low) : 0, upper: high.isFinite ? exp(high) : .infinity)
        }
    }

    /// Where the profile falls by `drop` below its maximum, walking up or down from the estimate.
    private func end(_ index: Int, towards direction: Double, drop: Double) -> Double? {
        let p = likelihood.coefficients
        let newton = Self.newton(likelihood)
        let bound = direction < 0 ? newton.lower[index] : newton.upper[index]
        let fixed = hasStatedWeights ? Set((p + 1)..<likelihood.parameters) : []
        var near = parameters
        func excess(_ value: Double) -> Double {
            var start = near
            start[index] = value
            var best = newton.minimum(from: start, held: fixed.union([index]))
            // Also from the model without selection, in case the profile changes its branch.
            var other = parameters
            other[index] = value
            let second = newton.minimum(from: other, held: fixed.union([index]))
            if second.value < best.value { best = second }
            near = best.at
            return best.value - leastValue - drop
        }
        let estimate = parameters[index]
        if estimate == bound { return bound == 0 ? 0 : direction * .infinity }
        // The step of a normal likelihood, or of the scale where there is no error.
        let error: Double =
            index < p
            ? coefficients[index].standardError / abs(unit)
            : index == p
                ? tau2.standardError / (unit * unit) : weights[index - p].standardError / weights[index - p].value
        var step = (error.isFinite && error > 0 ? error : max(0.5 * abs(estimate), 0.05)) * (2 * drop).squareRoot()
        var inside = estimate
        for _ in 0..<60 {
            var outside = inside + direction * step
            let isAtBound = direction < 0 ? outside <= bound : outside >= bound
            if isAtBound { outside = bound }
            let value = excess(outside)
            if value.isNaN { return nil }
            if value >= 0 {
                near = parameters
                return ZeroCrossing.find(
                    from: inside, to: outside, tolerance: 1e-9 * (abs(outside) + abs(outside - estimate)), excess)
            }
            if isAtBound { return index == p ? 0 : direction * .infinity }
            inside = outside
            step *= 1.6
        }
        return nil
    }
}
