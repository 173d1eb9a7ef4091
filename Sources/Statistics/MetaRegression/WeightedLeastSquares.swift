import Foundation

/// y = Xβ + e with given weights W = diag(w): what every estimator of τ² and every pooled model needs.
///
/// By an orthogonal basis Q of √W·X, so that the condition of X is not squared. With P = W − WX(X'WX)⁻¹X'W, the
/// traces below are those of Viechtbauer 2005 (doi:10.3102/10769986030003261).
public struct WeightedLeastSquares: Sendable {
    public let weights: [Double]
    /// (X'WX)⁻¹X'Wy.
    public let coefficients: [Double]
    /// (X'WX)⁻¹.
    public let inverseInformation: Matrix
    public let residuals: [Double]
    /// Diagonal of the hat matrix X(X'WX)⁻¹X'W.
    public let leverages: [Double]
    /// ln det(X'WX).
    public let logDeterminant: Double
    /// tr(P).
    public let traceP: Double
    /// tr(PP).
    public let tracePP: Double

    /// - Parameters:
    ///   - design: S × p, of full column rank.
    ///   - effects: S.
    ///   - weights: S, all positive.
    public init(design: Matrix, effects: [Double], weights: [Double]) {
        let roots = weights.map { $0.squareRoot() }
        let columns = design.columns
        let scaled = Matrix(
            rows: design.rows, columns: columns,
            elements: design.elements.indices.map { design.elements[$0] * roots[$0 / columns] })
        let basis = ColumnBasis(scaled, tolerance: 0)
        self.weights = weights
        coefficients = basis.solve(basis.project(zip(roots, effects).map { $0 * $1 }))
        inverseInformation = basis.inverseGram
        logDeterminant = basis.logDeterminantOfGram
        let fitted = design * coefficients
        residuals = zip(effects, fitted).map { $0 - $1 }
        let leverages = (0..<design.rows).map { i in basis.q.reduce(0) { $0 + $1[i] * $1[i] } }
        self.leverages = leverages

        // With h = QQ': tr P = Σw(1 − h_ii), and tr PP = Σw²(1 − 2h_ii) + ‖Q'WQ‖².
        var traceP = 0.0
        var tracePP = 0.0
        for (w, h) in zip(weights, leverages) {
            traceP += w * (1 - h)
            tracePP += w * w * (1 - 2 * h)
        }
        for a in basis.q {
            for b in basis.q {
                var element = 0.0
                for i in 0..<weights.count { element += a[i] * weights[i] * b[i] }
                tracePP += element * element
            }
        }
        self.traceP = traceP
        self.tracePP = tracePP
    }

    /// y'Py = Σwr², the residual heterogeneity for these weights.
    public var q: Double { zip(weights, residuals).reduce(0) { $0 + $1.0 * $1.1 * $1.1 } }

    /// y'PPy = Σw²r², minus the slope of ``q`` in τ².
    public var yPPy: Double {
        zip(weights, residuals).reduce(0) { $0 + $1.0 * $1.0 * $1.1 * $1.1 }
    }
}
