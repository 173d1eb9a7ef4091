public import Statistics
public import Synthesis

/// How often 95 % intervals of a pooled effect hold the truth, and how wide they are.
///
/// Independent effects by REML with Knapp–Hartung's interval, and several results per study by three levels with CR2.
public struct SynthesisCoverage: Sendable {
    public enum Method: String, CaseIterable, Hashable, Sendable {
        case wald = "REML, Wald"
        case knappHartung = "REML, Knapp-Hartung"
        /// One to four results per study; a third of τ² within studies; errors correlated by .8, .6 assumed.
        case threeLevels = "three levels, CR2"
        /// The same data by the model's own t test on effects − 1.
        case threeLevelsModel = "three levels, model's t"
    }

    public struct Cell: Hashable, Sendable {
        public var method: Method
        public var studies: Int
        public var tau: Double
        public var replicates: Int
        /// Share of intervals that hold the truth.
        public var coverage: Double
        public var meanWidth: Double

        /// Of a share of so many replicates.
        public var coverageError: Double { (coverage * (1 - coverage) / Double(max(1, replicates))).squareRoot() }
    }

    public static let truth = 0.3
    public var replicates: Int
    public var seed: UInt64

    public init(replicates: Int, seed: UInt64 = 1) {
        self.replicates = replicates
        self.seed = seed
    }

    /// - Parameters:
    ///   - studies: at least 3.
    ///   - tau: standard deviation of true effects, of effects whose errors have standard deviations of .14 to .4.
    public func cell(_ method: Method, studies: Int, tau: Double) -> Cell {
        var held = 0
        var fitted = 0
        var width = 0.0
        let name = "\(studies) \(tau) \(method == .threeLevelsModel ? Method.threeLevels.rawValue : "REML")"
        let random = Philox(seed: seed, name: name, purpose: 0x5c0e)
        for replicate in 0..<replicates {
            guard let interval = interval(method, studies, tau, Draws(random, replicate)) else { continue }
            fitted += 1
            if interval.contains(Self.truth) { held += 1 }
            width += interval.upper - interval.lower
        }
        return Cell(
            method: method, studies: studies, tau: tau, replicates: fitted,
            coverage: Double(held) / Double(max(1, fitted)), meanWidth: width / Double(max(1, fitted)))
    }

    /// Numbered normal draws of one replicate.
    private struct Draws {
        let random: Philox
        let replicate: UInt32

        init(_ random: Philox, _ replicate: Int) {
            self.random = random
            self.replicate = UInt32(truncatingIfNeeded: replicate)
        }

        func uniform(_ study: Int, _ purpose: Int) -> Double {
            Philox.uniform(
                random([replicate, UInt32(truncatingIfNeeded: study), UInt32(truncatingIfNeeded: purpose), 0]).x)
        }

        func normal(_ study: Int, _ purpose: Int) -> Double { Normal.quantile(uniform(study, purpose)) }
    }

    private func interval(_ method: Method, _ studies: Int, _ tau: Double, _ draws: Draws) -> Interval? {
        var effects: [Double] = []
        var variances: [Double] = []
        var labels: [String] = []
        let isDependent = method == .threeLevels || method == .threeLevelsModel
        for study in 0..<studies {
            // 12 to 100 people per arm.
            let variance = 2 / (12 + 88 * draws.uniform(study, 0)).rounded(.down)
            let results = isDependent ? 1 + study % 4 : 1
            let between = (isDependent ? (2.0 / 3).squareRoot() : 1) * tau * draws.normal(study, 1)
            let shared = draws.normal(study, 2)
            for result in 0..<results {
                let within = isDependent ? (1.0 / 3).squareRoot() * tau * draws.normal(study, 10 + result) : 0
                let own = draws.normal(study, 20 + result)
                let error = isDependent ? 0.8.squareRoot() * shared + 0.2.squareRoot() * own : own
                effects.append(Self.truth + between + within + variance.squareRoot() * error)
                variances.append(variance)
                labels.append("\(study)")
            }
        }
        switch method {
        case .wald: return try? PooledEffect(effects: effects, variances: variances, test: .wald).estimate.interval()
        case .knappHartung:
            return try? PooledEffect(effects: effects, variances: variances, test: .knappHartung).estimate.interval()
        case .threeLevels:
            return try? DependentPooling(effects: effects, variances: variances, studies: labels).estimate.interval()
        case .threeLevelsModel:
            return try? DependentPooling(effects: effects, variances: variances, studies: labels)
                .model.coefficient(0).interval()
        }
    }
}
