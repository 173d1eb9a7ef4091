import Foundation
import Statistics
import Synthesis
import TestSupport

/// `Reference/synthesis-models.json`, written by Scripts/reference/synthesis_models.R.
struct SynthesisReference: Decodable {
    struct Independent: Decodable {
        struct Fit: Decodable {
            struct Prediction: Decodable {
                var higgins: [Double]
                var partlettRiley: [Double]
                var skipka: [Double]
                var asTested: [Double]
            }
            var method: String
            var test: String
            var b: Double
            var se: Double
            var p: Double
            var lower: Double
            var upper: Double
            var tau2: Double
            var q: Double
            var qp: Double
            var i2: Double
            var h2: Double
            var prediction: Prediction?
            var profile: [Double?]?
            var qProfile: [Double?]?
        }
        var name: String
        var y: [Double]
        var v: [Double]
        var fits: [Fit]
        var profileMean: [Double]
    }

    struct Dependent: Decodable {
        struct Robust: Decodable {
            struct Joint: Decodable {
                var f: Double
                var df: Double
                var denominator: Double
                var p: Double
            }
            var se: Numbers
            var df: Numbers
            var p: Numbers
            var joint: Joint?
        }
        var name: String
        var kind: String
        var method: String
        var y: [Double]
        var sampling: [[Double]]
        var design: [[Double]]
        var b: Numbers
        var vb: [[Double]]
        var sigma2: Numbers
        var tau2: Numbers
        var rho: Numbers
        var effectCovariance: [[Double]]?
        var ll: Double
        var qe: Double
        var qm: Double
        var qmp: Double
        var lower: Numbers
        var upper: Numbers
        var p: Numbers
        var contain: Numbers?
        var intervals: [String: [Double?]]?
        var robust: Robust?
        var groups: [[String]]
        var cluster: [String]?
        var structure: String?
        var correlation: Double?

        enum CodingKeys: String, CodingKey {
            case name, kind, method, y, b, vb, sigma2, tau2, rho, ll, qe, qm, qmp, lower, upper, p, contain
            case intervals, robust, groups, cluster, correlation
            case sampling = "V"
            case design = "X"
            case effectCovariance = "G"
            case structure = "struct"
        }

        var random: [RandomEffect] {
            switch kind {
            case "nested": return RandomEffect.nested("outer", groups[0], "inner", groups[1])
            case "crossed": return groups.enumerated().map { RandomEffect("factor \($0)", groups: $1) }
            default:
                let chosen: RandomEffect.Structure =
                    ["UN": .unstructured, "HCS": .heteroscedastic, "CS": .compoundSymmetry(), "DIAG": .diagonal][
                        structure ?? ""] ?? .variance
                return [RandomEffect("study", groups: groups[0], outcomes: groups[1], structure: chosen)]
            }
        }
    }

    struct Network: Decodable {
        struct Arm: Decodable {
            var study: String
            var treatment: String
            var value: Double
            var variance: Double
        }
        var arms: [Arm]
        var treatments: [String]
        var b: [Double]
        var se: [Double]
        var tau2: Double
        var q: Double
        var qdf: Double
        var within: Double
        var withinDf: Double
        var vb: [[Double]]
    }

    struct Permutation: Decodable {
        struct Case: Decodable {
            var model: String
            var method: String
            var test: String
            var p: Numbers
            var qmp: Double
        }
        var y: [Double]
        var v: [Double]
        var x: [Double]
        var group: [Double]
        var cases: [Case]
    }

    struct Spline: Decodable {
        var x: [Double]
        var y: [Double]
        var v: [Double]
        var knots: [Double]
        var tau2: Double
        var fitted: [Double]
        var se: [Double]
        var qm: Double
    }

    struct Dose: Decodable {
        struct Study: Decodable {
            var name: String
            var reference: Double
            var doses: [Double]
            var effects: [Double]
            var covariance: [[Double]]
            var cases: [Double]
            var totals: [Double]
        }
        struct Fit: Decodable {
            var b: Double
            var se: Double
            var tau2: Double
            var ll: Double?
            var q: Double
        }
        var studies: [Study]
        var oneStage: Fit
        var twoStage: Fit
    }

    struct Greenland: Decodable {
        struct Design: Decodable {
            var type: String
            var counts: [Double]
            var covariance: [[Double]]
        }
        var logRisks: [Double]
        var variances: [Double]
        var cases: [Double]
        var totals: [Double]
        var doses: [Double]
        var designs: [Design]
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
    var independent: [Independent]
    var dependent: [Dependent]
    var network: Network
    var permutation: Permutation
    var spline: Spline
    var dose: Dose
    var greenland: Greenland

    static func load() throws -> SynthesisReference { try ReferenceFile.decode("synthesis-models.json") }
}

/// Whether two numbers agree within `tolerance`, relative to the larger of `expected` and `scale`.
func isNear(_ found: Double, _ expected: Double, _ tolerance: Double, scale: Double = 1e-3) -> Bool {
    abs(found - expected) <= tolerance * max(abs(expected), scale)
}

func isNear(_ found: [Double], _ expected: [Double], _ tolerance: Double, scale: Double = 1e-3) -> Bool {
    found.count == expected.count && zip(found, expected).allSatisfy { isNear($0, $1, tolerance, scale: scale) }
}
