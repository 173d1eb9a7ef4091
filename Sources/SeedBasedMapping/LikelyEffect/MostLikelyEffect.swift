import Statistics

/// The most likely mean effect of a voxel and its between-study variance, given intervals.
///
/// Step 1 maximises the likelihood of the mean with τ² = 0. Because a maximum over many voxels is too far from zero,
/// the experiment whose absence brings the mean nearest to zero is then left out, `leaveOut` times (metansue 2.6,
/// SDM-PSI's `MleNLeaveOneOut`). Step 2 maximises over τ² ≥ 0 with that mean, all experiments in.
public struct MostLikelyEffect: Hashable, Sendable {
    public var mean: Double
    public var tau2: Double

    /// Mean and τ² are found to about this absolute accuracy (g units).
    static let accuracy = 1e-7

    /// - Parameters:
    ///   - experiments: those that speak at the voxel; none gives NaN.
    ///   - leaveOut: capped so that one experiment remains.
    public init(_ experiments: [IntervalEffect], leaveOut: Int) {
        guard !experiments.isEmpty else {
            mean = .nan
            tau2 = .nan
            return
        }
        var search = MeanSearch(experiments)
        var best = search.maximum()
        for _ in 0..<min(leaveOut, experiments.count - 1) {
            guard let (index, mean) = search.removalNearestZero(from: best) else { break }
            search.remove(index)
            best = mean
        }
        mean = best
        tau2 = Self.tau2(experiments, mean: best)
    }

    /// How many experiments SDM-PSI leaves out: metansue's rule plus one (3 for 50, 2 for about 20: both seen in the
    /// program's settings), never so many that none remains.
    public static func defaultLeaveOut(experiments count: Int) -> Int {
        let metansue =
            if count <= 30 {
                1
            } else if count <= 59 {
                2
            } else if count <= 77 {
                3
            } else {
                (count - 34 + 14) / 15
            }
        return max(0, min(metansue + 1, count - 1))
    }

    private static func tau2(_ experiments: [IntervalEffect], mean: Double) -> Double {
        IntervalHeterogeneity.tau2(accuracy: accuracy) { tau2 in
            experiments.reduce(0) { $0 + $1.tau2Slope(mean: mean, tau2: tau2) }
        }
    }
}

/// Root finding on the summed score of a shrinking set of experiments.
private struct MeanSearch {
    private let experiments: [IntervalEffect]
    private var isIn: [Bool]
    private let low: Double
    private let high: Double

    init(_ experiments: [IntervalEffect]) {
        self.experiments = experiments
        isIn = Array(repeating: true, count: experiments.count)
        low = experiments.reduce(.infinity) { min($0, $1.lower) }
        high = experiments.reduce(-.infinity) { max($0, $1.upper) }
    }

    mutating func remove(_ index: Int) { isIn[index] = false }

    /// The mean at which the summed score vanishes.
    func maximum() -> Double {
        root(in: low...high, start: 0) { mean in
            var slope = 0.0
            var information = 0.0
            for experiment in experiments {
                let score = experiment.score(at: mean)
                slope += score.slope
                information += score.information
            }
            return (slope, information)
        }
    }

    /// The experiment whose removal brings the maximum nearest to zero, and that maximum.
    ///
    /// Each experiment's own leave-one-out maximum is the root of U − uᵢ (U the summed score), a falling function of
    /// the mean. The least root among several is the root of their minimum, the greatest that of their maximum: one
    /// search instead of one per experiment.
    func removalNearestZero(from best: Double) -> (index: Int, mean: Double)? {
        // Mirror so that the current maximum is not negative.
        let sign = best < 0 ? -1.0 : 1.0
        let atZero = scores(at: 0)
        let total = atZero.reduce(0) { $0 + ($1?.slope ?? 0) }
        // Experiments whose removal carries the maximum across zero.
        let crossing = atZero.map { score in score.map { sign * $0.slope > sign * total } ?? false }

        var candidates: [(index: Int, mean: Double)] = []
        if zip(crossing, isIn).contains(where: { !$0 && $1 }) {
            candidates.append(
                extremeRoot(
                    among: crossing.map(!), sign: sign, least: true, in: sign > 0 ? 0...max(high, 0) : min(low, 0)...0,
                    start: best))
        }
        if crossing.contains(true) {
            candidates.append(
                extremeRoot(
                    among: crossing, sign: sign, least: false, in: sign > 0 ? min(low, 0)...0 : 0...max(high, 0),
                    start: 0))
        }
        return candidates.min { abs($0.mean) < abs($1.mean) }
    }

    /// Scores of the experiments still in; nil for the others.
    private func scores(at mean: Double) -> [IntervalEffect.Score?] {
        zip(experiments, isIn).map { $1 ? $0.score(at: mean) : nil }
    }

    /// Among the chosen experiments, the least leave-one-out root in the direction `sign`, or the greatest.
    private func extremeRoot(
        among chosen: [Bool], sign: Double, least: Bool, in range: ClosedRange<Double>, start: Double
    ) -> (index: Int, mean: Double) {
        var found = 0
        let mean = root(in: range, start: start) { mean in
            var slope = 0.0
            var information = 0.0
            var extreme = -Double.infinity
            var extremeScore = IntervalEffect.Score(slope: 0, information: 0)
            for index in experiments.indices where isIn[index] {
                let score = experiments[index].score(at: mean)
                slope += score.slope
                information += score.information
                // Least root: the largest own score in the direction of `sign`.
                let own = least ? sign * score.slope : -sign * score.slope
                if chosen[index], own > extreme {
                    extreme = own
                    extremeScore = score
                    found = index
                }
            }
            return (slope - extremeScore.slope, information - extremeScore.information)
        }
        return (found, mean)
    }

    /// The zero of a falling function, by Newton's method kept inside a shrinking bracket.
    private func root(
        in range: ClosedRange<Double>, start: Double, _ function: (Double) -> (slope: Double, information: Double)
    ) -> Double {
        var low = range.lowerBound
        var high = range.upperBound
        var mean = min(max(start, low), high)
        for _ in 0..<100 {
            let (slope, information) = function(mean)
            if slope > 0 { low = mean } else { high = mean }
            var next = mean + slope / information
            if !(next > low && next < high) {
                // A step onto or past an end: the root may be that end.
                if high - low < MostLikelyEffect.accuracy { return 0.5 * (low + high) }
                next = 0.5 * (low + high)
            }
            if abs(next - mean) < MostLikelyEffect.accuracy { return next }
            mean = next
        }
        return mean
    }
}
