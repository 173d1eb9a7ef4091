public import Evidence
public import Statistics

/// What a model with covariates says at a place: every coefficient, adjusted mean and prediction, from the imputations that its
/// maps are pooled from. See Docs/extraction.md.
public struct PlaceRegression: Sendable {
    public enum Kind: String, Hashable, Sendable {
        case coefficient, mean, prediction
        /// What the model's hypothesis asks: one combination, or each of several that are tested together.
        case tested
    }

    public struct Term: Sendable {
        public var kind: Kind
        public var name: String
        /// With Rubin's standard error, tested on the normal distribution, as in the maps.
        public var estimate: Estimate
        /// Where the true effect of a new study of this kind is expected: t on S − p − 1 degrees of freedom; nil of coefficients
        /// and tested combinations, and with too few studies.
        public var predictionInterval: Interval?
    }

    public let terms: [Term]
    /// Residual τ², I² and Q.
    public let pooling: PlacePooling

    /// nil where no row of the design belongs to a study, and where the studies that have a value do not determine the model.
    public init?(_ design: DesignMatrix, at place: StudyEffects, estimator: HeterogeneityEstimator) {
        let rows = place.studies.compactMap { design.row(of: $0.experiments) }
        guard !rows.isEmpty, rows.count == place.studies.count else { return nil }
        let matrix = Matrix(
            rows: rows.count, columns: design.columnCount, elements: rows.flatMap { Array(design.row($0)) })
        guard
            let pooling = try? PlacePooling(
                effects: place.studies.map(\.effects), variances: place.studies.map(\.variances), design: matrix,
                estimator: estimator)
        else { return nil }
        let coefficients = design.columns.indices.map { index in
            DesignMatrix.Combination(
                name: design.columns[index].name,
                weights: design.columns.indices.map { $0 == index ? 1 : 0 })
        }
        let df = rows.count - design.columnCount - 1
        func term(_ kind: Kind, _ combination: DesignMatrix.Combination) -> Term {
            let estimate = pooling.coefficients.contrast(combination.weights)
            let isMean = kind == .mean || kind == .prediction
            return Term(
                kind: kind, name: combination.name, estimate: estimate,
                predictionInterval: isMean
                    ? estimate.predictionInterval(tau2: pooling.tau2, degreesOfFreedom: Double(df)) : nil)
        }
        terms =
            coefficients.map { term(.coefficient, $0) } + design.adjustedMeans.map { term(.mean, $0) }
            + design.predictions.map { term(.prediction, $0) } + design.test.map { term(.tested, $0) }
        self.pooling = pooling
    }
}
