import Foundation

/// What the equations for τ² ask of the model with weights 1/(v + τ²).
///
/// A search for τ² needs these few sums many times; for a design of one column they are taken in two passes without a
/// decomposition, with the same formulas as ``WeightedLeastSquares``.
struct HeterogeneityFit {
    /// y'Py.
    let q: Double
    /// y'PPy, minus the slope of ``q`` in τ².
    let yPPy: Double
    let traceP: Double
    let tracePP: Double
    /// Σw and Σw².
    let totalWeight: Double
    let totalSquaredWeight: Double
    /// Σ(1 − hᵢ)vᵢ: what the residuals of the unweighted model owe to sampling.
    let sampling: Double
    private let logDeterminant: Double
    private let logWeights: Double

    /// −2 times the log-likelihood of τ² but for constants; restricted (REML) or not (ML).
    func deviance(restricted: Bool) -> Double { q - logWeights + (restricted ? logDeterminant : 0) }
}

extension HeterogeneityFit {
    /// - Parameters:
    ///   - design: S × p, of full column rank.
    ///   - weight: of a sampling variance, positive.
    ///   - needsLikelihood: whether ``deviance(restricted:)`` will be asked.
    init(
        effects: [Double], variances: [Double], design: Matrix, needsLikelihood: Bool, weight: (Double) -> Double
    ) {
        if design.columns == 1 {
            self.init(effects, variances, column: design.elements, needsLikelihood, weight)
        } else {
            let fit = WeightedLeastSquares(design: design, effects: effects, weights: variances.map(weight))
            self.init(fit, variances, needsLikelihood)
        }
    }

    private init(_ fit: WeightedLeastSquares, _ variances: [Double], _ needsLikelihood: Bool) {
        q = fit.q
        yPPy = fit.yPPy
        traceP = fit.traceP
        tracePP = fit.tracePP
        totalWeight = fit.weights.reduce(0, +)
        totalSquaredWeight = fit.weights.reduce(0) { $0 + $1 * $1 }
        sampling = zip(fit.leverages, variances).reduce(0) { $0 + (1 - $1.0) * $1.1 }
        logDeterminant = fit.logDeterminant
        logWeights = needsLikelihood ? fit.weights.reduce(0) { $0 + log($1) } : 0
    }

    /// One column x: with A = Σwx² the coefficient is Σwxy/A and the leverages are wx²/A.
    private init(
        _ effects: [Double], _ variances: [Double], column: [Double], _ needsLikelihood: Bool,
        _ weight: (Double) -> Double
    ) {
        var (information, product) = (0.0, 0.0)
        for i in effects.indices {
            let wx = weight(variances[i]) * column[i]
            information += wx * column[i]
            product += wx * effects[i]
        }
        let coefficient = product / information
        var (q, yPPy, traceP, tracePP, mixed) = (0.0, 0.0, 0.0, 0.0, 0.0)
        var (total, squares, sampling, logs) = (0.0, 0.0, 0.0, 0.0)
        for i in effects.indices {
            let w = weight(variances[i])
            let x = column[i]
            let residual = effects[i] - x * coefficient
            let leverage = w * x * x / information
            q += w * residual * residual
            yPPy += w * w * residual * residual
            traceP += w * (1 - leverage)
            tracePP += w * w * (1 - 2 * leverage)
            mixed += w * leverage
            total += w
            squares += w * w
            sampling += (1 - leverage) * variances[i]
            if needsLikelihood { logs += log(w) }
        }
        self.q = q
        self.yPPy = yPPy
        self.traceP = traceP
        self.tracePP = tracePP + mixed * mixed
        totalWeight = total
        totalSquaredWeight = squares
        self.sampling = sampling
        logDeterminant = log(information)
        logWeights = logs
    }
}
