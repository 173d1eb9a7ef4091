import Foundation
import ImageBased
import Imaging
import Inference
import Statistics
import TestSupport
import Testing

/// `oracle/nimare/pymare_refs`: metafor 4.6.0's results that PyMARE carries, each as an image of one voxel.
@Suite("metafor's cases as images", .enabled(if: Shelf.isHere, Shelf.absence)) struct MetaforCasesTests {
    private struct Reference: Decodable {
        struct Case: Decodable {
            var design, model, method, test: String
            var tau2: Double
            var beta, se, pval: [Double]
        }
        var cases: [Case]
    }

    private static func agree(_ found: Float, _ expected: Double, _ tolerance: Double) -> Bool {
        abs(Double(found) - expected) <= tolerance * max(1e-2, abs(expected))
    }

    /// Images hold 24 bits of y and v; metafor stops its search for the likelihood's maximum at steps of 1e-5.
    @Test("All 180: estimates, errors and p by the vector kernels")
    func all() async throws {
        let folder = try #require(Shelf.file("oracle/nimare/pymare_refs"))
        let reference = try JSONDecoder().decode(
            Reference.self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/metafor_reference.json")))
        let lines = try String(contentsOfFile: folder + "/metafor_small_sample.csv", encoding: .utf8)
            .split(whereSeparator: \.isNewline).map { $0.split(separator: ",").map(String.init) }
        let head = lines[0]
        func column(_ name: String, of rows: [[String]]) throws -> [Double] {
            let place = try #require(head.firstIndex(of: name))
            return try rows.map { try #require(Double($0[place])) }
        }
        let place = try #require(head.firstIndex(of: "case"))
        #expect(reference.cases.count == 180)
        var likelier = 0
        for c in reference.cases {
            let rows = lines.dropFirst().filter { $0[place] == c.design }
            let y = try column("y", of: rows)
            let v = try column("v", of: rows)
            let covariates = try ["mod1", "mod2"].prefix(["intercept": 0, "one": 1, "two": 2][c.model] ?? 9)
                .map { try column($0, of: rows) }
            var stack = try ImageStack(mask: row(of: 1))
            for study in y.indices {
                try stack.append(
                    .init(id: "\(study)"), values: [.effect: [Float(y[study])], .variance: [Float(v[study])]])
            }
            let estimator = try #require(HeterogeneityEstimator(rawValue: c.method))
            let test = try #require(MetaRegression.Test(rawValue: c.test))
            let ones = [Double](repeating: 1, count: y.count)
            let isSearch = estimator == .maximumLikelihood || estimator == .reml
            let tolerance = isSearch ? 1e-4 : 3e-6
            if isSearch {
                // metafor goes uphill from Hedges' estimate, and so may miss the highest of several maxima.
                let matrix = Matrix(columns: [ones] + covariates)
                let ours = estimator.likeliestTau2(effects: y, variances: v, design: matrix)
                let gain = Self.deviance(y, v, matrix, c.tau2, estimator) - Self.deviance(y, v, matrix, ours, estimator)
                #expect(gain > -1e-9)
                if gain > 1e-6 {
                    likelier += 1
                    print(
                        "\(c.design) \(c.model) \(c.method) \(c.test): tau2 \(ours), metafor's \(c.tau2), deviance lower by \(gain)"
                    )
                    continue
                }
            }
            for tested in c.beta.indices {
                let design = try ImageDesign(
                    matrix: Matrix(columns: [ones] + covariates),
                    contrast: c.beta.indices.map { $0 == tested ? 1 : 0 })
                let maps = try await PooledImages(estimator, test: test, design: design)
                    .run(stack, workers: Workers(threads: 1))
                let name = "\(c.design) \(c.model) \(c.method) \(c.test) \(tested)"
                #expect(Self.agree(maps[.est]![0], c.beta[tested], tolerance), "\(name) estimate")
                #expect(Self.agree(maps[.se]![0], c.se[tested], tolerance), "\(name) error")
                #expect(Self.agree(maps[.p]![0], c.pval[tested], 10 * tolerance), "\(name) p")
                if let tau2 = maps[.tau2] { #expect(Self.agree(tau2[0], c.tau2, 10 * tolerance), "\(name) tau2") }
            }
        }
        // One data set, by three tests.
        #expect(likelier == 3)
    }

    /// −2 ln L but for constants.
    private static func deviance(
        _ y: [Double], _ v: [Double], _ design: Matrix, _ tau2: Double, _ estimator: HeterogeneityEstimator
    ) -> Double {
        let fit = WeightedLeastSquares(design: design, effects: y, weights: v.map { 1 / ($0 + tau2) })
        let restriction = estimator == .reml ? fit.logDeterminant : 0
        return fit.q - fit.weights.reduce(0) { $0 + log($1) } + restriction
    }
}
