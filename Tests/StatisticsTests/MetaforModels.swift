import Foundation
import Statistics

/// `Reference/metafor-models.json`, written by the script beside it.
struct MetaforModels: Decodable {
    struct DataSet: Decodable {
        var name: String
        var studies: Int
        var y: [Double]
        var v: [Double]
        var x1: [Double]
        var x2: [Double]

        /// Intercept and the first covariates.
        func design(_ covariates: Int) -> Matrix {
            Matrix(columns: [Array(repeating: 1, count: studies)] + [x1, x2].prefix(covariates))
        }
    }

    struct Case: Decodable {
        struct Tested: Decodable {
            var se: Numbers
            var pval: Numbers
            var lower: Numbers
            var upper: Numbers
            var qm: Double
            var qmP: Double
            /// Prediction at 12 and 1: estimate, error, confidence interval, prediction interval.
            var predicted: [Double]
            /// One or two contrasts tested together: statistic and p.
            var contrast: [Double]?
        }

        var data: String
        var covariates: Int
        var method: String
        var tau2: Double
        var beta: Numbers
        var covariance: Numbers
        var qe: Double
        var qeP: Double
        var i2: Double
        var h2: Double
        var tau2Interval: [Double]?
        var i2Interval: [Double]?
        var z: Tested
        var knha: Tested
        var adhoc: Tested

        func tested(_ test: MetaRegression.Test) -> Tested {
            switch test {
            case .wald: z
            case .knappHartung: knha
            case .knappHartungAtLeastWald: adhoc
            }
        }
    }

    struct Influence: Decodable {
        var data: String
        var covariates: Int
        var method: String
        var test: String
        var rstudent: [Double]
        var dffits: [Double]
        var cook: [Double]
        var covRatio: [Double]
        var tau2: [Double]
        var qe: [Double]
        var hat: [Double]
        var weight: [Double]
        var dfbs: [[Double]]
        var influential: [Bool]
    }

    struct Bias: Decodable {
        var data: String
        var egger: [Double]
        var eggerWithCovariate: [Double]
        var pet: [Double]
        var peese: [Double]
        var fillSide: String
        /// Number, mean, error, τ² for L₀ left and right, R₀ left and right.
        var fill: [[Double]]
        var rosenthal: Double
        var orwin: Double
        var rosenberg: Double
        var theta: Double
        var tau2: Double
        var power: [Double]
        var observed: Int
        var expected: Double
        var binomial: Double
        var chiSquare: [Double]
    }

    struct Subgroups: Decodable {
        var data: String
        var method: String
        var test: String
        var labels: [String]
        var mean: [Double]
        var se: [Double]
        var tau2: Double
        var between: [Double]
        var adjusted: [Double]
        var adjustedSE: [Double]
        var separateMean: [Double]
        var separateTau2: [Double]
        var separateSE: [Double]
        var separateQ: [Double]
        var separateBetween: [Double]
    }

    /// One number or several: R writes a vector of one as a number.
    struct Numbers: Decodable {
        var values: [Double]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            values = try (try? container.decode([Double].self)) ?? [container.decode(Double.self)]
        }
    }

    var source: String
    var datasets: [DataSet]
    var cases: [Case]
    var influences: [Influence]
    var bias: [Bias]
    var subgroups: [Subgroups]

    static func load() throws -> MetaforModels {
        let url = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Reference/metafor-models.json")
        return try JSONDecoder().decode(MetaforModels.self, from: Data(contentsOf: url))
    }

    func dataSet(_ name: String) throws -> DataSet {
        guard let found = datasets.first(where: { $0.name == name }) else {
            throw CocoaError(.fileReadCorruptFile)
        }
        return found
    }
}

/// Whether two numbers agree within `tolerance`, relative to the larger of `expected` and `scale`.
func agree(_ found: Double, _ expected: Double, _ tolerance: Double, scale: Double = 1e-3) -> Bool {
    abs(found - expected) <= tolerance * max(abs(expected), scale)
}

func agree(_ found: [Double], _ expected: [Double], _ tolerance: Double, scale: Double = 1e-3) -> Bool {
    found.count == expected.count && zip(found, expected).allSatisfy { agree($0, $1, tolerance, scale: scale) }
}
