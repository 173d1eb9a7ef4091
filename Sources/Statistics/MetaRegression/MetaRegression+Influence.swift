import Foundation

/// How much the fit hangs on single studies (Viechtbauer & Cheung 2010, doi:10.1002/jrsm.11).
///
/// Each study is left out in turn and τ² estimated anew. Measures are those of metafor's `influence`.
extension MetaRegression {
    /// Diagonal of the hat matrix of the weighted model.
    public var hatValues: [Double] { weighted.leverages }

    /// Share of each study in the weighted mean, wᵢ/Σw.
    public var weightShares: [Double] {
        let total = weighted.weights.reduce(0, +)
        return weighted.weights.map { $0 / total }
    }

    /// The model without one study; nil where it cannot be fitted, as when a column speaks of that study alone.
    public func leaving(out study: Int) -> MetaRegression? {
        let kept = (0..<studies).filter { $0 != study }
        return try? MetaRegression(
            effects: kept.map { effects[$0] }, variances: kept.map { variances[$0] },
            design: design.selectingRows(kept), estimator: estimator, test: test)
    }

    /// ``leaving(out:)`` for each study in turn.
    public func leaveOneOut() -> [MetaRegression?] { (0..<studies).map { leaving(out: $0) } }

    /// What leaving a study out changes.
    public struct Influence: Sendable {
        /// The model without the study.
        public var without: MetaRegression
        /// Externally standardised residual: (y − prediction without it) over its error.
        public var studentizedResidual: Double
        /// Change of the study's fitted value, in standard errors.
        public var dffits: Double
        /// Change of all coefficients, in units of their covariance.
        public var cooksDistance: Double
        /// Change of each coefficient, in standard errors.
        public var dfbetas: [Double]
        /// det of the coefficients' covariance without it over that with it; above 1 the study adds precision.
        public var covarianceRatio: Double
        public var hatValue: Double
        /// Viechtbauer & Cheung's rule of thumb: |DFFITS| > 3√(p/(S−p)), or the χ²(p) lower tail of Cook's distance
        /// over one half, or a hat value over 3p/S, or any |DFBETAS| > 1.
        public var isInfluential: Bool
    }

    /// One per study; nil where the model without it cannot be fitted.
    public func influence() -> [Influence?] {
        let precision = Cholesky(covariance)
        return (0..<studies).map { i in
            guard let without = leaving(out: i), let precision else { return nil }
            return influence(of: i, without: without, precision: precision)
        }
    }

    private func influence(of i: Int, without: MetaRegression, precision: Cholesky) -> Influence {
        let row = design.row(i)
        let predicted = dot(row, without.coefficients)
        let total = without.tau2 + variances[i]
        // Knapp & Hartung's factor belongs to the whole variance of the study, as in metafor.
        let error = (without.scale * total + without.covariance.quadraticForm(row)).squareRoot()
        let change = zip(coefficients, without.coefficients).map { $0 - $1 }
        // The whole design, weighted by the τ² found without the study.
        let all = WeightedLeastSquares(
            design: design, effects: effects, weights: variances.map { 1 / ($0 + without.tau2) })
        let hat = weighted.leverages[i]
        let dffits = dot(row, change) / (without.scale * hat * total).squareRoot()
        let cook = precision.inverseQuadraticForm(change)
        let dfbetas = zip(change, all.inverseInformation.diagonal).map {
            $0 / (without.scale * $1).squareRoot()
        }
        let logRatio = (Cholesky(without.covariance)?.logDeterminant ?? .nan) - precision.logDeterminant
        let p = Double(coefficients.count)
        let s = Double(studies)
        return Influence(
            without: without, studentizedResidual: (effects[i] - predicted) / error, dffits: dffits,
            cooksDistance: cook, dfbetas: dfbetas, covarianceRatio: exp(logRatio), hatValue: hat,
            isInfluential: abs(dffits) > 3 * (p / (s - p)).squareRoot()
                || ChiSquare(degreesOfFreedom: p).cdf(cook) > 0.5 || hat > 3 * p / s
                || dfbetas.contains { abs($0) > 1 })
    }
}
