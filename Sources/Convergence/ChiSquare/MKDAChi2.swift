import Foundation
import Imaging
public import Inference
import Statistics

/// Chi-square tests on the share of experiments active at a voxel: does it differ from the rest of the brain
/// (uniformity), and does it differ between two groups of experiments (association)?
///
/// Yarkoni 2011 (doi:10.1038/nmeth.1635), as NiMARE 0.22.1 computes it: where no or every experiment is active,
/// association has χ² = 2 and z = 0.
public struct MKDAChi2: Sendable {
    /// mm.
    public var radius: Double
    /// Prior probability of the first group, for the `_prior` posteriors.
    public var prior: Double

    public init(radius: Double = 10, prior: Double = 0.5) {
        self.radius = radius
        self.prior = prior
    }

    /// The tests, in the order of ``Outcome/chi2``.
    public enum Test: String, Sendable, CaseIterable {
        case uniformity, association, group1, group2
    }

    public struct Outcome: Sendable {
        public var maps: ConvergenceMaps
        /// χ² with the sign of the difference.
        public let signed: [Test: [Double]]
        package let model: ActivationModel
        public let first: Int
    }

    /// - Throws: `ConvergenceError`, `CancellationError`.
    public func run(
        _ group1: [FociSet], _ group2: [FociSet], in space: ConvergenceSpace, workers: Workers = Workers(threads: 1)
    ) async throws -> Outcome {
        guard prior > 0, prior < 1 else {
            throw ConvergenceError.setting(name: "prior", value: prior, allowed: "between 0 and 1")
        }
        guard !group1.isEmpty, !group2.isEmpty else {
            throw ConvergenceError.tooFewExperiments(needed: 1, found: min(group1.count, group2.count))
        }
        let model = try ActivationModel(
            group1 + group2, in: space, rule: .indicator, kernel: .sphere(radius: radius), convention: .exact)
        let a = try await ActivationSums(model.with(Array(model.studies.prefix(group1.count))), workers: workers).sums
        let b = try await ActivationSums(model.with(Array(model.studies.dropFirst(group1.count))), workers: workers)
            .sums
        let (n1, n2) = (Double(group1.count), Double(group2.count))
        let first = ChiSquare.uniformity(a, n1)
        let second = ChiSquare.uniformity(b, n2)
        let association = a.indices.map { ChiSquare.association(a[$0], n1, b[$0], n2) }
        let signed: [Test: [Double]] = [
            .uniformity: first, .association: association, .group1: first, .group2: second,
        ]

        var maps = ConvergenceMaps(mask: space.mask)
        for test in Test.allCases {
            let values = signed[test] ?? []
            let isEqual = test == .association
            // Where the groups agree exactly the sign, and z, is 0.
            let isZero = isEqual ? a.indices.map { a[$0] / n1 == b[$0] / n2 } : []
            maps[MapName(.z, label: test.rawValue)] = values.indices.map { voxel in
                if isEqual, isZero[voxel] { return 0 }
                return Float(values[voxel] < 0 ? -(-values[voxel]).squareRoot() : values[voxel].squareRoot())
            }
            maps[MapName(.chi2, label: test.rawValue)] = values.map { Float(abs($0)) }
            let logP = values.map { ChiSquare.logP(abs($0)) }
            maps[MapName(.p, label: test.rawValue)] = logP.map(LogProbability.p)
            maps[MapName(.logp, label: test.rawValue)] = logP.map { Float(-$0 / 2.302585092994045684) }
        }
        func prob(_ label: String, _ value: (Double, Double) -> Double) {
            maps[MapName(.prob, label: label)] = a.indices.map { Float(value(a[$0], b[$0])) }
        }
        let prior = prior
        prob("A") { ($0 + $1) / (n1 + n2) }
        prob("AgF") { a, _ in a / n1 }
        prob("AgU") { _, b in b / n2 }
        // Where nothing is active nothing is known of F given A: 0, as NiMARE's maps hold it.
        prob("FgA") { a, b in a + b == 0 ? 0 : a / n1 * (n1 / (n1 + n2)) / ((a + b) / (n1 + n2)) }
        prob("AgF_prior") { prior * $0 / n1 + (1 - prior) * $1 / n2 }
        prob("FgA_prior") { a, b in a + b == 0 ? 0 : prior * a / n1 / (prior * a / n1 + (1 - prior) * b / n2) }
        prob("group1") { a, _ in a / n1 }
        prob("group2") { _, b in b / n2 }
        return Outcome(maps: maps, signed: signed, model: model, first: group1.count)
    }
}

/// χ² with one degree of freedom, signed by the direction of the difference.
package enum ChiSquare {
    /// Of a count out of n against its mean over the mask.
    package static func uniformity(_ counts: [Double], _ n: Double) -> [Double] {
        let mean = counts.reduce(0, +) / Double(max(counts.count, 1))
        return counts.map { uniformity($0, n, mean: mean) }
    }

    @inline(__always)
    package static func uniformity(_ count: Double, _ n: Double, mean: Double) -> Double {
        let difference = count - mean
        let chi2 = difference * difference * n / (mean * (n - mean))
        return difference < 0 ? -chi2 : chi2
    }

    /// Of two shares; 2 where no or every experiment is active.
    @inline(__always)
    package static func association(_ a: Double, _ n1: Double, _ b: Double, _ n2: Double) -> Double {
        let active = a + b
        let n = n1 + n2
        let denominator = active * (n - active) * n1 * n2
        if denominator == 0 { return 2 }
        let cross = a * n2 - b * n1
        let chi2 = n * cross * cross / denominator
        return cross < 0 ? -chi2 : chi2
    }

    /// ln p: twice the normal tail beyond √χ².
    package static func logP(_ chi2: Double) -> Double { min(0, 0.693147180559945309 + tail(chi2.squareRoot())) }

    private static func tail(_ z: Double) -> Double { LogProbability.upperTail(z) }
}
