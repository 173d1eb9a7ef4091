import Foundation
public import Statistics

/// The agreement test's statistic at one voxel, written as the method says it: the plain form that ``AgreementStatistic``'s
/// vector kernel is tested against.
///
/// It is z∞, what Rubin's z over imputations tends to as their number grows. An experiment that only bounds its effect has
/// the mean M and the variance T of the normal around the voxel's most likely effect, cut off at the bounds; sums over
/// imputations become sums of these moments (`Docs/agreement-test.md`). All effects are Hedges' g, or Fisher's z of
/// correlations.
///
///     let scale = EffectScale(n1: 20)
///     let b = scale.g(fromT: 3.58)
///     let silent = AgreementReference.Experiment(lower: -b, upper: b, scale: scale)
///     let reported = AgreementReference.Experiment(lower: 1.1, upper: 1.1, scale: scale)
///     let z = AgreementReference([silent, reported, reported], leaveOut: 1).z
public struct AgreementReference: Hashable, Sendable {
    /// An experiment's part in a voxel.
    public struct Experiment: Hashable, Sendable {
        /// Bounds of its effect; equal where it is known.
        public var lower: Double
        public var upper: Double
        public var scale: EffectScale
        /// Combined with the next one, of the same sample.
        public var joinsNext: Bool

        public init(lower: Double, upper: Double, scale: EffectScale, joinsNext: Bool = false) {
            self.lower = lower
            self.upper = upper
            self.scale = scale
            self.joinsNext = joinsNext
        }

        package var interval: IntervalEffect { IntervalEffect(lower: lower, upper: upper, scale: scale) }
    }

    /// Whether z∞ is computed at all: the score statistic Z₀ must reach this; below, the statistic is ``scoreShare`` · Z₀.
    public static let pruning = 2.5
    /// In null data z∞ is about this much of Z₀ where it is small (measured; the same for observed and relocated peaks, so
    /// that it costs no validity).
    public static let scoreShare = 0.6

    public let experiments: [Experiment]
    /// Experiments left out in the search for the most likely effect (``MostLikelyEffect``).
    public let leaveOut: Int
    /// Assumed between the errors of experiments of one sample.
    public let sampleCorrelation: Double

    /// - Parameter experiments: at least one; those of one sample that are combined stand together.
    public init(_ experiments: [Experiment], leaveOut: Int, sampleCorrelation: Double = 0.5) {
        self.experiments = experiments
        self.leaveOut = leaveOut
        self.sampleCorrelation = sampleCorrelation
    }

    /// The rows of the pooling: runs of experiments that are combined.
    private var rows: [Range<Int>] {
        var rows: [Range<Int>] = []
        var first = 0
        for index in experiments.indices where !experiments[index].joinsNext || index + 1 == experiments.count {
            rows.append(first..<index + 1)
            first = index + 1
        }
        return rows
    }

    /// How much of each of k experiments counts in the score when they share people: a sum of k scores whose errors
    /// correlate by r has 1 + (k − 1)·r times the variance of independent ones.
    public static func scoreWeight(ofExperiments k: Int, correlation r: Double) -> Double {
        1 / (1 + Double(k - 1) * r)
    }

    /// Z₀ = ΣU/√ΣI, U and I the slope and the information of the interval likelihood at mean 0.
    public var score: Double {
        var slope = 0.0
        var information = 0.0
        for row in rows {
            let weight = Self.scoreWeight(ofExperiments: row.count, correlation: sampleCorrelation)
            for index in row {
                let score = experiments[index].interval.score(at: 0)
                slope += weight * score.slope
                information += weight * score.information
            }
        }
        return slope / information.squareRoot()
    }

    /// z∞, wherever it is asked for.
    public var limit: Double {
        let likely = MostLikelyEffect(experiments.map(\.interval), leaveOut: leaveOut)
        return limit(mean: likely.mean, tau2: likely.tau2)
    }

    /// z∞ around a most likely effect.
    public func limit(mean: Double, tau2: Double) -> Double {
        let moments = rows.map { composite($0, mean: mean, tau2: tau2) }
        let weights = moments.map { 1 / $0.variance }
        let total = weights.reduce(0, +)
        let squared = weights.reduce(0) { $0 + $1 * $1 }
        let weighted = zip(weights, moments).reduce(0) { $0 + $1.0 * $1.1.mean }
        var q = -weighted * weighted / total
        for (w, moment) in zip(weights, moments) {
            q += w * moment.mean * moment.mean + w * moment.imputed * (1 - w / total)
        }
        let trace = total - squared / total
        let between = moments.count > 1 ? max(0, (q - Double(moments.count - 1)) / trace) : 0
        var pooled = 0.0
        var sum = 0.0
        var imputed = 0.0
        for moment in moments {
            let w = 1 / (moment.variance + between)
            sum += w
            pooled += w * moment.mean
            imputed += w * w * moment.imputed
        }
        return pooled / sum / (1 / sum + imputed / (sum * sum)).squareRoot()
    }

    /// The statistic of the test: z∞ where the score is large, a share of the score elsewhere.
    public var z: Double {
        let score = score
        return abs(score) >= Self.pruning ? limit : Self.scoreShare * score
    }

    /// Over imputations: the mean of an effect, its variance, and the mean of its sampling variance.
    private struct Moments {
        var mean: Double
        var imputed: Double
        var variance: Double
    }

    /// The mean of experiments of one sample. Their errors correlate; what is imputed is drawn for each by itself.
    private func composite(_ row: Range<Int>, mean: Double, tau2: Double) -> Moments {
        let own = row.map { moments(of: experiments[$0], mean: mean, tau2: tau2) }
        let k = Double(own.count)
        let combined = CompositeEffect(
            effects: own.map(\.mean), variances: own.map(\.variance), correlation: sampleCorrelation)
        return Moments(
            mean: combined.effect, imputed: own.reduce(0) { $0 + $1.imputed } / (k * k), variance: combined.variance)
    }

    private func moments(of experiment: Experiment, mean: Double, tau2: Double) -> Moments {
        let scale = experiment.scale
        guard !experiment.interval.isKnown else {
            let g = experiment.lower
            return Moments(mean: g, imputed: 0, variance: scale.variance(ofG: g))
        }
        let deviation = (scale.variance(ofG: mean) + tau2).squareRoot()
        let cut = TruncatedNormal(mean: mean, deviation: deviation, lower: experiment.lower, upper: experiment.upper)
        let (m, t) = cut.moments
        // The mean of c + K·g² over what is imputed.
        return Moments(mean: m, imputed: t, variance: scale.constantVariance + scale.quadraticVariance * (m * m + t))
    }
}
