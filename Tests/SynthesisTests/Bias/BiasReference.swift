import Foundation
import Statistics
import TestSupport

/// `Reference/synthesis-bias.json`, written by `Scripts/reference/synthesis_bias.R`: metafor 3.8-1 on data sets of metadat.
struct BiasReference: Decodable {
    struct DataSet: Decodable {
        var name: String
        var y: [Double]
        var v: [Double]
        var n: [Double]
    }

    struct Egger: Decodable {
        var data: String
        var model: String
        var predictor: String
        var statistic: Double
        var p: Double
        /// Estimate, lower, upper; or nothing.
        var limit: [Double]
    }

    struct Rank: Decodable {
        var data: String
        var tau: Double
        var p: Double
    }

    struct Fill: Decodable {
        var data: String
        var estimator: String
        var method: String
        var side: String
        var k0: Int
        var beta: Double
        var se: Double
        var tau2: Double
    }

    struct Selection: Decodable {
        var data: String
        var alternative: String
        var steps: Numbers
        var weights: Numbers
        var beta: Double
        var se: Double?
        var tau2: Double
        var delta: [Double]
        var ll: Double
        var lrt: [Double]
        var tau2Interval: [Double?]
        var deltaInterval: [Double?]
        var seTau2: Double?
        var seDelta: [Double?]

        enum CodingKeys: String, CodingKey {
            case data, alternative, steps, weights, beta, se, tau2, delta, ll, lrt
            case tau2Interval = "tau2.ci"
            case deltaInterval = "delta.ci"
            case seTau2 = "se.tau2"
            case seDelta = "se.delta"
        }
    }

    struct Influence: Decodable {
        var data: String
        var method: String
        var rstudent: [Double]
        var dffits: [Double]
        var cook: [Double]
        var cov: [Double]
        var tau2: [Double]
        var qe: [Double]
        var hat: [Double]
        var weight: [Double]
        var without: [Double]
        var withoutSE: [Double]
        var withoutI2: [Double]
        var baujatX: [Double]
        var baujatY: [Double]
        var cumulative: [Double]
        var cumulativeSE: [Double]
        var cumulativeTau2: [Double]
    }

    struct Subsets: Decodable {
        var data: String
        var size: [Int]
        var members: [Int]
        var effect: [Double]
        var tau2: [Double]
        var q: [Double]
    }

    struct FailSafe: Decodable {
        var data: String
        var rosenthal: Int
        var orwin: Int
        var rosenberg: Int
    }

    var datasets: [DataSet]
    var egger: [Egger]
    var ranks: [Rank]
    var fills: [Fill]
    var selections: [Selection]
    var influences: [Influence]
    var subsets: Subsets
    var failsafe: [FailSafe]

    func dataSet(_ name: String) throws -> DataSet {
        struct NoData: Error {}
        guard let found = datasets.first(where: { $0.name == name }) else { throw NoData() }
        return found
    }

    static func load() throws -> BiasReference { try ReferenceFile.decode("synthesis-bias.json") }
}

/// One number or several: R writes a vector of one as a number.
struct Numbers: Decodable {
    var values: [Double]

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let one = try? container.decode(Double.self) {
            values = [one]
        } else {
            values = try container.decode([Double].self)
        }
    }
}

/// Whether they agree to a share of the expected number, or to `scale` times the tolerance where that is smaller.
func isClose(_ found: Double, _ expected: Double, _ tolerance: Double, scale: Double = 1e-2) -> Bool {
    abs(found - expected) <= tolerance * max(abs(expected), scale)
}

func isClose(_ found: [Double], _ expected: [Double], _ tolerance: Double, scale: Double = 1e-2) -> Bool {
    found.count == expected.count && zip(found, expected).allSatisfy { isClose($0, $1, tolerance, scale: scale) }
}
