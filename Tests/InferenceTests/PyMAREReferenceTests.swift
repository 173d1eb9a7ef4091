import Foundation
import Statistics
import TestSupport
import Testing

/// References that PyMARE carries for its own tests: metafor 4.6.0, clubSandwich 0.5.11, robumeta 2.1 under R 4.4.1.
@Suite("Statistics agrees with PyMARE's references", .enabled(if: Shelf.isHere, Shelf.absence))
struct PyMAREReferenceTests {
    static let folder = "oracle/nimare/pymare_refs"

    static func decode<T: Decodable>(_ type: T.Type, _ name: String) throws -> T {
        let path = try #require(Shelf.file("\(folder)/\(name)"))
        return try JSONDecoder().decode(type, from: Data(contentsOf: URL(filePath: path)))
    }

    /// Rows of a comma-separated file, by column name.
    static func table(_ name: String) throws -> [[String: String]] {
        let path = try #require(Shelf.file("\(folder)/\(name)"))
        let lines = try String(contentsOf: URL(filePath: path), encoding: .utf8).split(whereSeparator: \.isNewline)
        let head = lines[0].split(separator: ",").map(String.init)
        return lines.dropFirst().map { line in
            Dictionary(uniqueKeysWithValues: zip(head, line.split(separator: ",").map(String.init)))
        }
    }

    static func numbers(_ rows: [[String: String]], _ column: String) throws -> [Double] {
        try rows.map { row in
            let text = try #require(row[column])
            return try #require(Double(text))
        }
    }

    static func agree(_ found: [Double], _ expected: [Double], _ tolerance: Double) -> Bool {
        found.count == expected.count
            && zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance * max(1e-2, abs($1)) }
    }

    // MARK: - metafor

    struct Metafor: Decodable {
        struct Case: Decodable {
            var design: String
            var model: String
            var method: String
            var test: String
            var tau2: Double
            var beta: [Double]
            var se: [Double]
            var pval: [Double]
            var lower: [Double]
            var upper: [Double]
            var q: Double
            var qP: Double
            var i2: Double
            var h2: Double
            var tau2Lower: Double?
            var tau2Upper: Double?
            var dof: Double?

            enum CodingKeys: String, CodingKey {
                case design, model, method, test, tau2, beta, se, pval, dof
                case lower = "ci_lb"
                case upper = "ci_ub"
                case q = "QE"
                case qP = "QEp"
                case i2 = "I2"
                case h2 = "H2"
                case tau2Lower = "tau2_ci_lb"
                case tau2Upper = "tau2_ci_ub"
            }
        }
        var cases: [Case]
    }

    @Test("All 180 metafor cases to 1e-8, given metafor's τ²; our τ² to 1e-8 too, where metafor's is no iteration")
    func metafor() throws {
        let cases = try Self.decode(Metafor.self, "metafor_reference.json").cases
        let rows = try Self.table("metafor_small_sample.csv")
        #expect(cases.count == 180)
        var farthest = 0.0
        for c in cases {
            let name = "\(c.design) \(c.model) \(c.method) \(c.test)"
            let data = rows.filter { $0["case"] == c.design }
            let y = try Self.numbers(data, "y")
            let v = try Self.numbers(data, "v")
            let columns = try ["mod1", "mod2"].prefix(["intercept": 0, "one": 1, "two": 2][c.model] ?? 9)
                .map { try Self.numbers(data, $0) }
            let design = Matrix(columns: [Array(repeating: 1, count: y.count)] + columns)
            let estimator = try #require(HeterogeneityEstimator(rawValue: c.method))
            let test = try #require(MetaRegression.Test(rawValue: c.test))

            // metafor's own τ² in, everything else out.
            let given = try MetaRegression(
                effects: y, variances: v, design: design, estimator: estimator, test: test, tau2: c.tau2)
            let coefficients = given.coefficients.indices.map { given.coefficient($0) }
            #expect(Self.agree(given.coefficients, c.beta, 1e-8), "\(name) beta")
            #expect(Self.agree(given.standardErrors, c.se, 1e-8), "\(name) se")
            #expect(Self.agree(coefficients.map(\.pValue), c.pval, 1e-8), "\(name) p")
            #expect(Self.agree(coefficients.map { $0.interval().lower }, c.lower, 1e-8), "\(name) lower")
            #expect(Self.agree(coefficients.map { $0.interval().upper }, c.upper, 1e-8), "\(name) upper")
            #expect(given.testDegreesOfFreedom == c.dof ?? .infinity, "\(name) df")
            let q = given.residualHeterogeneity
            #expect(Self.agree([q.statistic, q.pValue], [c.q, c.qP], 1e-8), "\(name) Q")
            #expect(Self.agree([100 * given.i2, given.h2], [c.i2, c.h2], 1e-8), "\(name) I2, H2")
            if let lower = c.tau2Lower, let upper = c.tau2Upper {
                let interval = given.tau2Interval()
                #expect(Self.agree([interval.lower, interval.upper], [lower, upper], 1e-6), "\(name) \(interval)")
            }

            // Our own τ².
            let ours = try MetaRegression(effects: y, variances: v, design: design, estimator: estimator, test: test)
            let difference = abs(ours.tau2 - c.tau2) / max(1e-2, c.tau2)
            if estimator == .maximumLikelihood || estimator == .reml {
                farthest = max(farthest, difference)
                // metafor stops at steps of 1e-5. Ours has the higher likelihood wherever they differ.
                #expect(difference <= 1e-4, "\(name) \(ours.tau2) \(c.tau2)")
                let restricted = estimator == .reml
                let gain =
                    Self.deviance(given, restricted: restricted) - Self.deviance(ours, restricted: restricted)
                #expect(gain >= -1e-12, "\(name) deviance \(gain)")
            } else {
                #expect(difference <= 1e-8, "\(name) \(ours.tau2) \(c.tau2)")
            }
        }
        print("PyMARE's metafor cases: τ² by ML and REML differs by at most \(farthest) of τ²")
    }

    /// −2 log-likelihood but for constants, written out plainly.
    static func deviance(_ fit: MetaRegression, restricted: Bool) -> Double {
        let residuals = zip(fit.effects, fit.fitted).map { $0 - $1 }
        let total = fit.variances.map { $0 + fit.tau2 }
        let plain = zip(residuals, total).reduce(0) { $0 + log($1.1) + $1.0 * $1.0 / $1.1 }
        guard restricted else { return plain }
        let weighted = Matrix.diagonal(total.map { 1 / $0 })
        let information = fit.design.transposed * weighted * fit.design
        return plain + (Cholesky(information)?.logDeterminant ?? .nan)
    }

    // MARK: - clubSandwich and robumeta

    static func clustered(_ rows: [[String: String]], model: String) throws -> Matrix {
        let columns = try ["within", "between"].prefix(["intercept": 0, "within": 1, "both": 2][model] ?? 9)
            .map { try numbers(rows, $0) }
        return Matrix(columns: [Array(repeating: 1, count: rows.count)] + columns)
    }

    struct ClubSandwich: Decodable {
        struct Case: Decodable {
            var variances: String
            var model: String
            var method: String
            var tau2: Double
            var beta: [Double]
            var se: [Double]
            var dof: [Double]
            var pval: [Double]
            var cov: [Double]
            var groups: Int

            enum CodingKeys: String, CodingKey {
                case variances, model, method, tau2, beta, se, dof, pval, cov
                case groups = "n_groups"
            }
        }
        var cases: [Case]
    }

    @Test("CR2 errors and Satterthwaite degrees of freedom: the 12 clubSandwich cases to 1e-9")
    func clubSandwich() throws {
        let cases = try Self.decode(ClubSandwich.self, "clubsandwich_reference.json").cases
        let rows = try Self.table("robumeta_correlated_effects.csv")
        #expect(cases.count == 12)
        for c in cases {
            let name = "\(c.variances) \(c.model) \(c.method)"
            let model = try MetaRegression(
                effects: Self.numbers(rows, "effect"), variances: Self.numbers(rows, c.variances),
                design: Self.clustered(rows, model: c.model),
                estimator: #require(HeterogeneityEstimator(rawValue: c.method)))
            let robust = try ClusterRobust(model, clusters: rows.map { $0["study"] })
            let coefficients = c.beta.indices.map { robust.coefficient($0) }
            #expect(robust.clusters == c.groups)
            #expect(Self.agree([model.tau2], [c.tau2], 1e-9), "\(name) tau2")
            #expect(Self.agree(coefficients.map(\.value), c.beta, 1e-9), "\(name) beta")
            #expect(Self.agree(coefficients.map(\.standardError), c.se, 1e-9), "\(name) se")
            #expect(Self.agree(coefficients.map(\.degreesOfFreedom), c.dof, 1e-9), "\(name) df")
            #expect(Self.agree(coefficients.map(\.pValue), c.pval, 1e-9), "\(name) p")
            #expect(Self.agree(robust.covariance.elements, c.cov, 1e-9), "\(name) covariance")
        }
    }

    struct Robumeta: Decodable {
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

    @Test("robumeta's correlated-effects weights: 24 cases, given its τ²")
    func robumeta() throws {
        let cases = try Self.decode(Robumeta.self, "robumeta_reference.json").cases
        let rows = try Self.table("robumeta_correlated_effects.csv")
        #expect(cases.count == 24)
        let studies = rows.map { $0["study"] }
        for c in cases {
            let name = "\(c.variances) \(c.model) \(c.rho)"
            let v = try Self.numbers(rows, c.variances)
            // One weight per study: 1/(k(mean v + τ²)).
            let working = studies.map { study in
                let own = studies.indices.filter { studies[$0] == study }
                let count = Double(own.count)
                return count * (own.reduce(0) { $0 + v[$1] } / count + c.tau2)
            }
            let model = try MetaRegression(
                effects: Self.numbers(rows, "effect"), variances: working,
                design: Self.clustered(rows, model: c.model), estimator: .fixed)
            let robust = try ClusterRobust(model, clusters: studies)
            let coefficients = c.beta.indices.map { robust.coefficient($0) }
            #expect(Self.agree(coefficients.map(\.value), c.beta, 1e-8), "\(name) beta")
            #expect(Self.agree(coefficients.map(\.standardError), c.se, 1e-8), "\(name) se")
            #expect(Self.agree(coefficients.map(\.degreesOfFreedom), c.dof, 1e-8), "\(name) df")
        }
    }
}
