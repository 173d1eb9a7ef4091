import Foundation
import Statistics
import Synthesis
import TestSupport
import Testing

/// PyMARE's references (metafor 4.6.0, robumeta 2.1) through formulas and the models of this module.
@Suite("PyMARE's references by the way of tables and formulas", .enabled(if: Shelf.isHere, Shelf.absence))
struct PyMAREPathTests {
    private static func data(_ name: String) throws -> Data {
        let path = try #require(Shelf.file("oracle/nimare/pymare_refs/\(name)"))
        return try Data(contentsOf: URL(filePath: path))
    }

    private static func rows(_ name: String) throws -> [[String: String]] {
        let lines = try String(decoding: data(name), as: UTF8.self).split(whereSeparator: \.isNewline)
        let head = lines[0].split(separator: ",").map(String.init)
        return lines.dropFirst().map { line in
            Dictionary(uniqueKeysWithValues: zip(head, line.split(separator: ",").map(String.init)))
        }
    }

    private static func numbers(_ rows: [[String: String]], _ column: String) throws -> [Double] {
        try rows.map { row in
            let text = try #require(row[column])
            return try #require(Double(text))
        }
    }

    private struct Metafor: Decodable {
        struct Case: Decodable {
            var design: String
            var model: String
            var method: String
            var test: String
            var tau2: Double
            var beta: [Double]
            var se: [Double]
            var pval: [Double]
        }
        var cases: [Case]
    }

    @Test("All 180 metafor cases: coefficients, errors and p as near as metafor's τ² is to the maximum")
    func metafor() throws {
        let cases = try JSONDecoder().decode(Metafor.self, from: Self.data("metafor_reference.json")).cases
        let all = try Self.rows("metafor_small_sample.csv")
        #expect(cases.count == 180)
        for c in cases {
            let rows = all.filter { $0["case"] == c.design }
            var table = ModelTable(rows: rows.count)
            for column in ["mod1", "mod2"] { try table.set(column, .numbers(try Self.numbers(rows, column))) }
            let text = try #require(["intercept": "1", "one": "mod1", "two": "mod1 + mod2"][c.model])
            let fit = try ModeratorModel(
                effects: Self.numbers(rows, "y"), variances: Self.numbers(rows, "v"),
                design: ModelFormula(parsing: text).design(table),
                estimator: #require(HeterogeneityEstimator(rawValue: c.method)),
                test: #require(MetaRegression.Test(rawValue: c.test)))
            // Likelihoods: metafor 4.6.0 stops at steps of 1e-5 (Docs/meta-regression.md).
            let tolerance = c.method == "ML" || c.method == "REML" ? 1e-4 : 1e-8
            let name = "\(c.design) \(c.model) \(c.method) \(c.test)"
            #expect(isNear(fit.residualTau2, c.tau2, tolerance, scale: 0.01), "\(name)")
            #expect(isNear(fit.coefficients.map(\.estimate.value), c.beta, tolerance, scale: 0.01), "\(name)")
            #expect(isNear(fit.coefficients.map(\.estimate.standardError), c.se, tolerance, scale: 0.01), "\(name)")
            #expect(isNear(fit.coefficients.map(\.estimate.pValue), c.pval, tolerance, scale: 0.01), "\(name)")
        }
    }

    private struct Robumeta: Decodable {
        struct Case: Decodable {
            var model: String
            var rho: Double
            var variances: String
            var tau2: Double
            var beta: [Double]
            var se: [Double]
            var dof: [Double]
        }
        var cases: [Case]
    }

    @Test("robumeta's correlated effects: 24 cases with their τ² to 1e-8")
    func robumeta() throws {
        let cases = try JSONDecoder().decode(Robumeta.self, from: Self.data("robumeta_reference.json")).cases
        let rows = try Self.rows("robumeta_correlated_effects.csv")
        #expect(cases.count == 24)
        for c in cases {
            let columns = try ["within", "between"].prefix(["intercept": 0, "within": 1, "both": 2][c.model] ?? 9)
                .map { try Self.numbers(rows, $0) }
            let fit = try CorrelatedEffects(
                effects: Self.numbers(rows, "effect"), variances: Self.numbers(rows, c.variances),
                studies: rows.map { $0["study"] ?? "" },
                design: Matrix(columns: [Array(repeating: 1, count: rows.count)] + columns), correlation: c.rho)
            let found = c.beta.indices.map { fit.coefficient($0) }
            let name = "\(c.model) \(c.rho) \(c.variances)"
            #expect(isNear(fit.tau2, c.tau2, 1e-8), "\(name) \(fit.tau2) \(c.tau2)")
            #expect(isNear(found.map(\.value), c.beta, 1e-8), "\(name)")
            #expect(isNear(found.map(\.standardError), c.se, 1e-8), "\(name)")
            #expect(isNear(found.map(\.degreesOfFreedom), c.dof, 1e-8), "\(name)")
        }
    }
}
