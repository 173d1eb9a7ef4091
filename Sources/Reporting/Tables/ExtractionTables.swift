public import Appraisal
import Evidence
import Formats
import Foundation
import Imaging
public import SeedBasedMapping
public import Statistics

/// The tables of `cuneus extract`: places, what each experiment has there, and every imputation of it.
public struct ExtractionTables: Sendable {
    /// The places of one model.
    public struct Model: Sendable {
        public var name: String
        public var estimator: HeterogeneityEstimator
        public var places: [StudyEffects]

        public init(name: String, estimator: HeterogeneityEstimator, places: [StudyEffects]) {
            self.name = name
            self.estimator = estimator
            self.places = places
        }
    }

    public let models: [Model]
    public let names: PlaceNamer

    public init(_ models: [Model], names: PlaceNamer) {
        self.models = models
        self.names = names
    }

    /// One row per model and place: the pooled effect, its heterogeneity, and how much of it was imputed.
    public var places: TextTable {
        let header =
            Self.placeHeader + [
                "voxels", "experiments", "g", "se", "ci_low", "ci_high", "z", "p", "tau2", "I2", "H2", "Q", "Q_df",
                "Q_p", "prediction_low", "prediction_high", "fmi",
            ] + StudyEffects.Source.allCases.map { "from_\($0.rawValue)" } + names.atlases
        let rows = models.flatMap { model in
            model.places.map { place in
                placeCells(model, place) + [String(place.voxelCount), String(place.studies.count)]
                    + pooledCells(PlacePooling(meanOf: place, estimator: model.estimator))
                    + StudyEffects.Source.allCases.map { source in
                        String(place.studies.count { $0.source == source })
                    }
                    + names.columns(place.coordinate)
            }
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

    /// Writes `places.tsv`, `experiments.tsv` and `imputations.tsv` into a folder, which is made if need be.
    public func write(to folder: String) throws(ReportingError) {
        try OutputPlace.make(folder)
        for (name, table) in [("places", places), ("experiments", experiments), ("imputations", imputations)] {
            do {
                try AtomicFile.write(Array(table.text.utf8), to: "\(folder)/\(name).tsv")
            } catch {
                throw ReportingError(error)
            }
        }
    }

    private static let placeHeader = ["model", "place", "x_mm", "y_mm", "z_mm"]

    private func placeCells(_ model: Model, _ place: StudyEffects) -> [String] {
        [model.name, place.name] + (0..<3).map { NumberText.hundredths(place.coordinate[$0]) }
    }

    private func interval(_ interval: Interval?) -> [String] {
        [interval?.lower ?? .nan, interval?.upper ?? .nan].map { NumberText.fixed($0, 4) }
    }

    private func pooledCells(_ pooling: PlacePooling?) -> [String] {
        guard let pooling else { return Array(repeating: NumberText.missing, count: 15) }
        let estimate = pooling.mean
        // One-tailed in the direction of z, as in clusters.tsv.
        let p = min(estimate.pValueAbove, estimate.pValueBelow)
        return [NumberText.fixed(estimate.value, 4), NumberText.fixed(estimate.standardError, 4)]
            + interval(estimate.interval())
            + [
                NumberText.fixed(estimate.statistic, 3), NumberText.significant(p), NumberText.fixed(pooling.tau2, 4),
                NumberText.fixed(100 * pooling.i2, 2), NumberText.fixed(pooling.h2, 4),
                NumberText.fixed(pooling.heterogeneity.statistic, 3),
                NumberText.fixed(pooling.heterogeneity.degreesOfFreedom, 0),
                NumberText.significant(pooling.heterogeneity.pValue),
            ] + interval(pooling.predictionInterval()) + [NumberText.fixed(pooling.missingInformation, 4)]
    }
}
