public import Appraisal
import Foundation
import Statistics

/// Studies of one region with a known truth, as a claim's evidence, for counting how often which grade is given.
///
/// Sizes are those of the field: 8 to 40 people, half of the studies with two groups. An effect is drawn around its study's true
/// one, as t from a normal and a χ²; what a study reports depends on ``Reporting``.
public struct SimulatedLedger: Sendable {
    /// The claim says *more*.
    public enum Truth: String, CaseIterable, Sendable {
        /// 0.4 in every study, give or take 0.1.
        case isTrue = "true"
        /// 0.2: true, and small.
        case isSmall = "small"
        /// No effect, give or take 0.1 from study to study.
        case null
        /// −0.4, give or take 0.1.
        case opposite
        /// 0.4 on average, and 0.3 apart from study to study.
        case heterogeneous
        /// 0 on average, and 0.3 apart from study to study.
        case scattered

        var mean: Double {
            switch self {
            case .isTrue, .heterogeneous: 0.4
            case .isSmall: 0.2
            case .null, .scattered: 0
            case .opposite: -0.4
            }
        }

        var tau: Double {
            switch self {
            case .heterogeneous, .scattered: 0.3
            default: 0.1
            }
        }

        /// Whether a claim of more is right on average.
        public var isClaimRight: Bool { mean > 0 }
    }

    /// What is known of a study's effect.
    public enum Reporting: String, CaseIterable, Sendable {
        /// Every number.
        case full
        /// What passed p < .001 (one-tailed) has a number; of the rest half has, half is silent and imputed between the bounds.
        case peaks
        /// Studies with p > .05 are published with a chance of three in ten, as if the others were never done.
        case drawer
    }

    public let truth: Truth
    public let reporting: Reporting
    /// Published studies.
    public let count: Int
    private let random: Philox
    /// Of silent studies.
    public static let imputations = 10

    public init(_ truth: Truth, reporting: Reporting = .full, studies: Int, seed: UInt64 = 1) {
        self.truth = truth
        self.reporting = reporting
        count = studies
        random = Philox(
            seed: seed, name: "\(truth.rawValue) \(reporting.rawValue) \(studies)", purpose: 17)
    }

    /// One ledger's evidence.
    public func studies(_ replicate: Int) -> [StudyEffects.Study] {
        var studies: [StudyEffects.Study] = []
        var attempt = 0
        while studies.count < count, attempt < 100 * count {
            if let study = study(replicate, attempt) { studies.append(study) }
            attempt += 1
        }
        guard studies.contains(where: { $0.effects.count > 1 }) else { return studies }
        return studies.map { study in
            guard study.effects.count == 1 else { return study }
            var study = study
            study.effects = Array(repeating: study.effects[0], count: Self.imputations)
            study.variances = Array(repeating: study.variances[0], count: Self.imputations)
            return study
        }
    }

    /// Nil for one that stays in the drawer.
    private func study(_ replicate: Int, _ attempt: Int) -> StudyEffects.Study? {
        func words(_ purpose: UInt32) -> SIMD4<UInt32> {
            random([UInt32(truncatingIfNeeded: replicate), UInt32(truncatingIfNeeded: attempt), purpose, 0])
        }
        func normal(_ purpose: UInt32) -> Double { Normal.quantile(Philox.uniform(words(purpose).x)) }
        let design = words(0)
        let people = 8 + Int(33 * Philox.uniform(design.x))
        let isPaired = Philox.uniform(design.y) < 0.5
        let (n1, n2) = isPaired ? (people, 0) : (people - people / 2, people / 2)
        let scale = EffectScale(n1: n1, n2: n2)
        let df = scale.degreesOfFreedom
        let theta = truth.mean + truth.tau * normal(1)
        // χ² as the quantile of a uniform number.
        let chi2 = ChiSquare(degreesOfFreedom: df).quantile(upperTail: Philox.uniform(words(2).x))
        let t = (theta / scale.constantVariance.squareRoot() + normal(3)) / (chi2 / df).squareRoot()
        let g = scale.g(fromT: t)
        var study = StudyEffects.Study(
            id: "s\(attempt)", sample: "s\(attempt)", n1: n1, n2: n2, source: .peak, effects: [g],
            variances: [scale.variance(ofG: g)])
        let chance = Philox.uniform(design.z)
        let tails = StudentT(degreesOfFreedom: df)
        switch reporting {
        case .full: break
        case .drawer: if 2 * tails.upperTail(abs(t)) > 0.05, chance > 0.3 { return nil }
        case .peaks:
            let threshold = tails.quantile(upperTail: 0.001)
            guard abs(t) < threshold, chance < 0.5 else { break }
            study.source = .nothing
            // Between the bounds, around no effect: as a silent study is imputed where most are silent.
            let bound = Normal.cdf(threshold)
            study.effects = (0..<Self.imputations).map { imputation in
                let uniform = Philox.uniform(words(UInt32(10 + imputation)).x)
                return scale.g(fromT: Normal.quantile(1 - bound + (2 * bound - 1) * uniform))
            }
            study.variances = study.effects.map { scale.variance(ofG: $0) }
        }
        return study
    }
}
