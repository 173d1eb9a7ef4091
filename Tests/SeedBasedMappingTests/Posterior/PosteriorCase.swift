import Foundation
import SeedBasedMapping
import Statistics
import Testing

/// The cases of `Reference/posterior_reference.json`, which `posterior_reference.py` made with numpy 2.4.6 and scipy 1.17.1.
struct PosteriorCase: Decodable, CustomTestStringConvertible {
    struct Study: Decodable {
        var n: Int
        var bounds: [[Double]]
        var weights: [Double]
        var threshold: Double?
        var centre: Double
        var slope: Double
        var half: Double
        /// Log-likelihoods at ``All/points``.
        var points: [Double]

        var scale: EffectScale { EffectScale(n1: n) }

        var likelihood: IntervalLikelihood {
            IntervalLikelihood(
                bounds: bounds.map { Interval(lower: $0[0], upper: $0[1]) }, weights: weights, scale: scale)
        }

        /// What it says at a mask's only voxel.
        var report: EffectReport {
            guard let threshold else { return EffectReport(map: [Float(centre)], scale: scale) }
            if half == threshold, centre == 0, slope == 0 { return EffectReport(thresholdG: threshold, scale: scale) }
            let heights = SignOnlyHeights.expected
            return EffectReport(
                thresholdG: threshold, voxels: [0], centre: [Float(centre)], slope: [Float(slope)],
                halfWidth: [Float(half)], heights: heights.ratios, weights: heights.weights, scale: scale)
        }
    }

    var name: String
    var studies: [Study]
    var g: Double
    var se: Double
    var tau: Double
    var above: Double
    var quantiles: [Double]

    var testDescription: String { name }

    struct All: Decodable {
        /// Pairs of mean and τ.
        var points: [[Double]]
        var cases: [PosteriorCase]

        static func load() throws -> All {
            let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "Reference/posterior_reference.json")
            return try JSONDecoder().decode(All.self, from: Data(contentsOf: url))
        }
    }
}
