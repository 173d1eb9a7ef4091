import Foundation
import PrimaryStudy
import Statistics

/// What a study of this size can and cannot show: the smallest effect it finds, and how far what it finds is too large.
///
/// All at one voxel (or region) that was named beforehand, by the noncentral t distribution. With the threshold that the permutations
/// gave for the whole area, the same numbers hold for an effect at one place while everything is searched.
public struct StudyLimits: Hashable, Sendable {
    /// A true effect and what becomes of it.
    public struct Case: Hashable, Sendable {
        /// d, of correlations r.
        public var effect: Double
        /// Chance that it is found.
        public var power: Double
        /// Type M: how many times too large it looks on average when it is found (Gelman & Carlin 2014).
        public var exaggeration: Double
        /// Type S: chance that it has the wrong sign when it is found.
        public var wrongSign: Double
        /// People (in all) who would find it in four of five studies; nil beyond 5,000.
        public var needed: Int?
    }

    /// One threshold.
    public struct Row: Hashable, Sendable {
        public var name: String
        /// |t| that has to be passed; nil where no |t| is enough.
        public var critical: Double?
        /// The smallest |d| (|r|) that can be called a finding.
        public var smallest: Double?
        /// The true |d| (|r|) that is found in four of five studies.
        public var detectable: Double?
        public var cases: [Case]
    }

    public let degreesOfFreedom: Int
    /// Whether effects are correlations.
    public let isCorrelation: Bool
    public let rows: [Row]

    /// Whether the last row is of the corrected test; else all are of one test without correction.
    public var isCorrected: Bool { rows.count > 1 }

    static let plausible = [0.2, 0.5, 0.8]
    static let plausibleCorrelations = [0.1, 0.3, 0.5]

    /// - Parameters:
    ///   - dPerT: √(1/n), or √(1/n₁ + 1/n₂).
    ///   - people: n in all.
    ///   - thresholds: names, and |t| (nil: not to be had).
    init(
        degreesOfFreedom df: Int, dPerT: Double, people: Int, isCorrelation: Bool,
        thresholds: [(name: String, critical: Double?)]
    ) {
        degreesOfFreedom = df
        self.isCorrelation = isCorrelation
        rows = thresholds.map { name, critical in
            guard let critical, critical.isFinite, df > 0 else {
                return Row(name: name, critical: nil, smallest: nil, detectable: nil, cases: [])
            }
            let scale = Scale(df: Double(df), dPerT: dPerT, isCorrelation: isCorrelation)
            let effects = isCorrelation ? Self.plausibleCorrelations : Self.plausible
            return Row(
                name: name, critical: critical, smallest: scale.effect(t: critical),
                detectable: scale.detectable(critical),
                cases: effects.map { effect in
                    let found = scale.outcome(effect, critical)
                    return Case(
                        effect: effect, power: found.power, exaggeration: found.exaggeration,
                        wrongSign: found.wrongSign,
                        needed: Self.needed(effect, critical: critical, scale: scale, people: people))
                })
        }
    }

    /// The fewest people who find an effect with a chance of 80 %, at the two-sided p that the threshold has at this size.
    private static func needed(_ effect: Double, critical: Double, scale: Scale, people: Int) -> Int? {
        let tail = StudentT(degreesOfFreedom: scale.df).upperTail(critical)
        let lost = Double(people) - scale.df
        func power(_ n: Int) -> Double {
            let df = Double(n) - lost
            guard df > 0 else { return 0 }
            let other = Scale(
                df: df, dPerT: scale.dPerT * (Double(people) / Double(n)).squareRoot(),
                isCorrelation: scale.isCorrelation)
            return other.outcome(effect, StudentT(degreesOfFreedom: df).quantile(upperTail: tail)).power
        }
        var (low, high) = (4, 8)
        while power(high) < 0.8 {
            low = high
            high *= 2
            if high > 5_000 { return nil }
        }
        while high - low > 1 {
            let middle = (low + high) / 2
            if power(middle) < 0.8 { low = middle } else { high = middle }
        }
        return high
    }

    /// How t and the effect belong together.
    private struct Scale {
        var df: Double
        var dPerT: Double
        var isCorrelation: Bool

        func effect(t: Double) -> Double {
            isCorrelation ? FisherZ.r(fromT: t, degreesOfFreedom: df) : t * dPerT
        }

        func outcome(_ effect: Double, _ critical: Double) -> (power: Double, exaggeration: Double, wrongSign: Double) {
            if isCorrelation {
                // Fisher's z is nearly normal with variance 1/(n − 3) = 1/(df − 1).
                let error = (1 / max(df - 1, 0.5)).squareRoot()
                let alpha = 2 * Normal.upperTail(FisherZ.z(fromR: self.effect(t: critical)) / error)
                let design = DesignAnalysis(
                    trueEffect: FisherZ.z(fromR: effect), standardError: error, alpha: alpha)
                return (design.power, design.exaggeration, design.wrongSign)
            }
            let t = NoncentralT(degreesOfFreedom: df, noncentrality: effect / dPerT)
            let (right, wrong) = (t.upperTail(critical), t.cdf(-critical))
            // E(|T|; |T| > c) = c·P(|T| > c) + ∫ P(|T| > x) dx beyond c, by Simpson's rule until nothing is left.
            let step = 0.1
            var sum = 0.0
            var x = critical
            while x < critical + 400 {
                let left = t.upperTail(x) + t.cdf(-x)
                let middle = t.upperTail(x + step / 2) + t.cdf(-x - step / 2)
                let next = t.upperTail(x + step) + t.cdf(-x - step)
                sum += step / 6 * (left + 4 * middle + next)
                x += step
                if next < 1e-5 * (right + wrong) { break }
            }
            let power = right + wrong
            return (power, (critical + sum / power) * dPerT / effect, wrong / power)
        }

        func detectable(_ critical: Double) -> Double {
            var (low, high) = (0.0, isCorrelation ? 0.9999 : 1.0)
            if !isCorrelation { while outcome(high, critical).power < 0.8, high < 100 { high *= 2 } }
            for _ in 0..<40 {
                let middle = 0.5 * (low + high)
                if power(middle, critical) < 0.8 { low = middle } else { high = middle }
            }
            return 0.5 * (low + high)
        }

        private func power(_ effect: Double, _ critical: Double) -> Double {
            if isCorrelation { return outcome(effect, critical).power }
            let t = NoncentralT(degreesOfFreedom: df, noncentrality: effect / dPerT)
            return t.upperTail(critical) + t.cdf(-critical)
        }
    }
}
