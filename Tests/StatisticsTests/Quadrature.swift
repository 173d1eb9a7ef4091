import Foundation

/// `Reference/quadrature.json`, written by the script beside it: integrals in 70 digits.
struct Quadrature: Decodable {
    struct NoncentralT: Decodable {
        var t: Double
        var df: Double
        var delta: Double
        var cdf: Double
        var upper: Double
    }

    struct Bayes: Decodable {
        var estimate: Double
        var error: Double
        var scale: Double
        var mean: Double
        /// Increase over null, decrease over null, increase over decrease, either over null.
        var factors: [Double]
    }

    struct Retrodesign: Decodable {
        var theta: Double
        var error: Double
        var alpha: Double
        /// Power, type S, type M.
        var values: [Double]
    }

    struct Overlap: Decodable {
        var d: Double
        var value: Double
    }

    struct Combination: Decodable {
        var z: [Double]
        var weights: [Double]
        /// Statistic and p.
        var fisher: [Double]
        var stouffer: [Double]
        var weighted: [Double]
    }

    var noncentralT: [NoncentralT]
    var bayes: [Bayes]
    var retrodesign: [Retrodesign]
    var overlap: [Overlap]
    var combination: Combination

    static func load() throws -> Quadrature {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Reference/quadrature.json")
        return try JSONDecoder().decode(Quadrature.self, from: Data(contentsOf: url))
    }
}
