public import Appraisal
public import Evidence
import Formats
import Foundation
import Imaging
public import SeedBasedMapping
public import Statistics

/// The tables of `cuneus extract`: places, what each experiment has there, what a model with covariates says there, and every
/// imputation.
public struct ExtractionTables: Sendable {
    /// The places of one model.
    public struct Model: Sendable {
        public var name: String
        public var estimator: HeterogeneityEstimator
        public var places: [StudyEffects]
        /// Nil for the mean of all experiments.
        public var design: DesignMatrix?
        /// Places that were asked for and of which the mask holds nothing.
        public var outside: [Outside]

        public init(
            name: String, estimator: HeterogeneityEstimator, places: [StudyEffects], design: DesignMatrix? = nil,
            outside: [Outside] = []
        ) {
            self.name = name
            self.estimator = estimator
            self.places = places
            self.design = design
            self.outside = outside
        }
    }

    /// A place outside the mask.
    public struct Outside: Hashable, Sendable {
        public var name: String
        /// MNI mm; nil of a region.
        public var coordinate: SIMD3<Double>?

        public init(name: String, coordinate: SIMD3<Double>?) {
            self.name = name
            self.coordinate = coordinate
        }
    }

    public let models: [Model]
    public let names: PlaceNamer

    public init(_ models: [Model], names: PlaceNamer) {
        self.models = models
        self.names = names
    }

    /// One row per model and place: the pooled effect, its heterogeneity, and how much of it was imputed. Places outside the mask
    /// follow, with 0 voxels and no values.
    public var places: TextTable {
        let header =
            Self.placeHeader + [
                "voxels", "experiments", "g", "se", "ci_low", "ci_high", "z", "p", "tau2", "I2", "H2", "Q", "Q_df",
                "Q_p", "prediction_low", "prediction_high", "fmi",
            ] + StudyEffects.Source.allCases.map { "from_\($0.rawValue)" } + names.atlases
        let rows = models.flatMap { model -> [[String]] in
            model.places.map { placeRow(model, $0) } + model.outside.map { outsideRow(model, $0) }
        }
        return TextTable(header: header, rows: rows)
    }

    /// One row per model, place and experiment: mean over imputations, with Rubin's standard error.
    public var experiments: TextTable {
        let header =
            Self.placeHeader + ["experiment", "sample", "n1", "n2", "source", "effect", "se", "ci_low", "ci_high"]
        let rows = models.flatMap { model in
            model.places.flatMap { place in
                place.studies.map { study in
                    let pooled = RubinRules(effects: study.effects, variances: study.variances)
                    let estimate = Estimate(value: pooled.effect, standardError: pooled.variance.squareRoot())
                    return placeCells(model, place)
                        + [study.id, study.sample, String(study.n1), String(study.n2), study.source.rawValue]
                        + [estimate.value, estimate.standardError].map { NumberText.fixed($0, 4) }
                        + interval(estimate.interval())
                }
            }
        }
        return TextTable(header: header, rows: rows)
    }

    /// One row per model with covariates, place and coefficient, adjusted mean, prediction or tested combination, as in the
    /// `coefficients.tsv` of a run; nil where all models are means. A place where the experiments that have a value do not determine
    /// the model has one row without values.
    public var coefficients: TextTable? {
        guard models.contains(where: { $0.design != nil }) else { return nil }
        let header =
            Self.placeHeader + [
                "experiments", "kind", "name", "estimate", "se", "ci_low", "ci_high", "z", "p_two_sided",
                "prediction_low", "prediction_high", "tau2", "I2",
            ]
        let rows = models.flatMap { model -> [[String]] in
            guard let design = model.design else { return [] }
            return model.places.flatMap { place -> [[String]] in
                let start = placeCells(model, place) + [String(place.studies.count)]
                guard let regression = PlaceRegression(design, at: place, estimator: model.estimator) else {
                    return [start + Array(repeating: NumberText.missing, count: header.count - start.count)]
                }
                return regression.terms.map { start + cells($0, of: regression) }
            }
        }
        return TextTable(header: header, rows: rows)
    }

    /// One row per model, place, experiment and imputation, as SDM-PSI's extracts have them.
    public var imputations: TextTable {
        let rows = models.flatMap { model in
            model.places.flatMap { place in
                place.studies.flatMap { study in
                    study.effects.indices.map { index in
                        [model.name, place.name, study.id, String(index + 1)]
                            + [study.effects[index], study.variances[index]].map { NumberText.significant($0, 7) }
                    }
                }
            }
        }
        return TextTable(header: ["model", "place", "experiment", "imputation", "effect", "variance"], rows: rows)
    }

    /// Writes `places.tsv`, `experiments.tsv`, of models with covariates `coefficients.tsv`, and `imputations.tsv` into a folder,
    /// which is made if need be.
    ///
    /// - Returns: the names of the files.
    @discardableResult
    public func write(to folder: String) throws(ReportingError) -> [String] {
        try OutputPlace.make(folder)
        var tables = [("places.tsv", places), ("experiments.tsv", experiments)]
        if let coefficients { tables.append(("coefficients.tsv", coefficients)) }
        tables.append(("imputations.tsv", imputations))
        for (name, table) in tables {
            do {
                try AtomicFile.write(Array(table.text.utf8), to: "\(folder)/\(name)")
            } catch {
                throw ReportingError(error)
            }
        }
        return tables.map(\.0)
    }

    private static let placeHeader = ["model", "place", "x_mm", "y_mm", "z_mm"]
    /// From `g` to `fmi`.
    private static let pooledCount = 15

    private func placeCells(_ model: Model, _ place: StudyEffects) -> [String] {
        [model.name, place.name] + (0..<3).map { NumberText.hundredths(place.coordinate[$0]) }
    }

    private func placeRow(_ model: Model, _ place: StudyEffects) -> [String] {
        var row = placeCells(model, place)
        row += [String(place.voxelCount), String(place.studies.count)]
        row += pooledCells(place, PlacePooling(meanOf: place, estimator: model.estimator))
        row += StudyEffects.Source.allCases.map { source in String(place.studies.count { $0.source == source }) }
        return row + names.columns(place.coordinate)
    }

    private func outsideRow(_ model: Model, _ place: Outside) -> [String] {
        var row = [model.name, place.name]
        row += (0..<3).map { axis in place.coordinate.map { NumberText.hundredths($0[axis]) } ?? NumberText.missing }
        row += ["0", "0"] + Array(repeating: NumberText.missing, count: Self.pooledCount)
        row += StudyEffects.Source.allCases.map { _ in "0" }
        return row + (place.coordinate.map { names.columns($0) } ?? names.atlases.map { _ in NumberText.missing })
    }

    private func interval(_ interval: Interval?) -> [String] {
        [interval?.lower ?? .nan, interval?.upper ?? .nan].map { NumberText.fixed($0, 4) }
    }

    private func cells(_ term: PlaceRegression.Term, of regression: PlaceRegression) -> [String] {
        let estimate = term.estimate
        let interval = estimate.interval()
        func number(_ value: Double?) -> String { NumberText.significant(value ?? .nan, 6) }
        var cells = [term.kind.rawValue, term.name, number(estimate.value), number(estimate.standardError)]
        cells += [number(interval.lower), number(interval.upper)]
        cells += [NumberText.fixed(estimate.statistic, 3), NumberText.significant(estimate.pValue)]
        cells += [number(term.predictionInterval?.lower), number(term.predictionInterval?.upper)]
        cells += [NumberText.fixed(regression.pooling.tau2, 4), NumberText.fixed(100 * regression.pooling.i2, 2)]
        return cells
    }

    /// From `g` to `fmi`. Where the maps hold a posterior the numbers are its: it knows its prior, which pooled imputations do not. It
    /// pools no studies, so that it has no Q.
    private func pooledCells(_ place: StudyEffects, _ pooling: PlacePooling?) -> [String] {
        guard let pooling else { return Array(repeating: NumberText.missing, count: Self.pooledCount) }
        var estimate = pooling.mean
        var confidence = estimate.interval()
        var (tau2, i2) = (pooling.tau2, pooling.i2)
        if let posterior = place.posterior {
            estimate = Estimate(value: posterior.effect.mean, standardError: posterior.effect.deviation)
            confidence = posterior.effect.interval
            (tau2, i2) = (posterior.effect.tau2, posterior.i2)
        }
        // One-tailed in the direction of z, as in clusters.tsv.
        let p = min(estimate.pValueAbove, estimate.pValueBelow)
        var cells = [NumberText.fixed(estimate.value, 4), NumberText.fixed(estimate.standardError, 4)]
        cells += interval(confidence)
        cells += [NumberText.fixed(estimate.statistic, 3), NumberText.significant(p)]
        cells += [NumberText.fixed(tau2, 4), NumberText.fixed(100 * i2, 2), NumberText.fixed(1 / (1 - i2), 4)]
        if place.posterior == nil {
            let q = pooling.heterogeneity
            cells += [NumberText.fixed(q.statistic, 3), NumberText.fixed(q.degreesOfFreedom, 0)]
            cells.append(NumberText.significant(q.pValue))
        } else {
            cells += Array(repeating: NumberText.missing, count: 3)
        }
        cells += interval(pooling.predictionInterval(of: estimate, tau2: tau2))
        cells.append(NumberText.fixed(pooling.missingInformation, 4))
        return cells
    }
}
