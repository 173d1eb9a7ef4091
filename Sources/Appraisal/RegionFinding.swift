public import Evidence
import Foundation
public import Statistics

/// What a model says about a hypothesis on a region: pooled effect, one-sided p, and Bayes factors for and against.
///
/// The mean effect over the region's voxels is pooled in every imputation (random effects), and over imputations by
/// Rubin's rules, as in the maps. A study's sampling variance is that of a single voxel with the same effect, which is
/// too large rather than too small. See Docs/regions.md.
public struct RegionFinding: Sendable {
    public let region: RegionHypothesis
    public let place: StudyEffects
    /// Hedges' g; of a model with covariates that of an average experiment. Normal, as the maps.
    public let estimate: Estimate
    /// Mean of τ over imputations, squared.
    public let tau2: Double
    /// Coefficients of the model.
    public let coefficients: Int
    /// Fraction of missing information; not a number for one imputation.
    public let missingInformation: Double

    /// - Parameters:
    ///   - place: effects of the region's mean, in every imputation.
    ///   - design: of a model with covariates, nil for the mean.
    /// - Returns: nil where no experiment speaks.
    /// - Throws: where the experiments that speak here do not determine the coefficients.
    public init?(
        _ region: RegionHypothesis, place: StudyEffects, design: DesignMatrix? = nil,
        estimator: RandomEffects.Estimator = .dersimonianLaird
    ) throws(MetaRegressionError) {
        guard let imputations = place.studies.first?.effects.count, imputations > 0 else { return nil }
        var matrix = Matrix(rows: place.studies.count, columns: 1, repeating: 1)
        var average = [1.0]
        if let design {
            let rows = place.studies.compactMap { study in design.row(of: study.experiments) }
            guard rows.count == place.studies.count else { return nil }
            matrix = Matrix(
                rows: rows.count, columns: design.columnCount, elements: rows.flatMap { Array(design.row($0)) })
            average = (0..<design.columnCount).map { column in
                design.column(column).reduce(0, +) / Double(design.rowCount)
            }
        }
        let estimable = matrix.rows > matrix.columns ? HeterogeneityEstimator(estimator) : .fixed
        var fits: [MetaRegression] = []
        for imputation in 0..<imputations {
            fits.append(
                try MetaRegression(
                    effects: place.studies.map { $0.effects[imputation] },
                    variances: place.studies.map { $0.variances[imputation] }, design: matrix, estimator: estimable))
        }
        let pooled = PooledEstimates(coefficients: fits.map(\.coefficients), covariances: fits.map(\.covariance))
        self.init(
            region, place: place, estimate: pooled.contrast(average),
            tau: fits.reduce(0) { $0 + $1.tau2.squareRoot() } / Double(imputations), coefficients: matrix.columns,
            missingInformation: imputations > 1
                ? pooled.missingInformation(contrast: average).fraction : .nan)
    }

    private init(
        _ region: RegionHypothesis, place: StudyEffects, estimate: Estimate, tau: Double, coefficients: Int,
        missingInformation: Double
    ) {
        self.region = region
        self.place = place
        self.estimate = estimate
        tau2 = tau * tau
        self.coefficients = coefficients
        self.missingInformation = missingInformation
    }

    public var interval: Interval { estimate.interval() }

    /// Where the true effect of a new study is expected: t on k − p − 1 degrees of freedom
    /// (``Estimate/predictionInterval(tau2:degreesOfFreedom:level:)``); nil with too few studies.
    public var predictionInterval: Interval? {
        estimate.predictionInterval(
            tau2: tau2, degreesOfFreedom: Double(place.studies.count - coefficients - 1))
    }

    /// One-sided in the direction of the hypothesis; two-sided where it has none.
    public var pValue: Double {
        switch region.direction {
        case .increase: estimate.pValueAbove
        case .decrease: estimate.pValueBelow
        case .either: estimate.pValue
        }
    }

    /// Bayes factors with another prior; nil is the region's own.
    private func bayes(scale: Double? = nil) -> DirectedBayesFactor {
        DirectedBayesFactor(
            estimate: estimate.value, standardError: estimate.standardError, priorScale: scale ?? region.priorScale)
    }

    /// ln of the Bayes factor of the hypothesis against no effect.
    /// - Parameter scale: σ of the prior; nil is the region's own.
    public func logOverNull(scale: Double? = nil) -> Double {
        let bayes = bayes(scale: scale)
        return switch region.direction {
        case .increase: bayes.logIncreaseOverNull
        case .decrease: bayes.logDecreaseOverNull
        case .either: bayes.logEitherOverNull
        }
    }

    /// ln of the Bayes factor of the hypothesis against the other direction; nil where it has no direction.
    public var logOverOpposite: Double? {
        switch region.direction {
        case .increase: bayes().logIncreaseOverDecrease
        case .decrease: -bayes().logIncreaseOverDecrease
        case .either: nil
        }
    }

    public var overNull: Double { exp(logOverNull()) }
    public var overOpposite: Double? { logOverOpposite.map(exp) }

    /// Experiments that said something of a kind here.
    public func count(_ source: StudyEffects.Source) -> Int { place.studies.count { $0.source == source } }
}
