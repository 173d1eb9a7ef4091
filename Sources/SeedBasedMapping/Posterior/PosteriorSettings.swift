/// The weak priors of the posterior of effects, and how its interval is made.
///
/// A priori the mean effect is normal around 0 and the between-study deviation τ half-normal, in units of g. The defaults
/// say that a mean beyond ±1 and a τ above .6 are unlikely (one in twenty); with many studies they hardly matter, with
/// few they are worth stating, and worth varying (.3, .5, .8).
public struct PosteriorSettings: Hashable, Sendable {
    /// How the interval is made.
    public enum IntervalRule: Hashable, Sendable {
        /// Quantiles of the posterior.
        case quantiles
        /// Mean ± t(k − 1)·SD, k the rows (experiments, or samples where they are combined) that speak at the voxel; quantiles
        /// where k is 1.
        case student
        /// As `.student` where fewer rows than this speak, else as `.quantiles`.
        case studentBelow(Int)
    }

    /// Prior SD of the mean effect; positive.
    public var meanDeviation: Double
    /// Scale of τ's half-normal prior; positive.
    public var tauDeviation: Double
    /// Probability that the interval is to hold.
    public var level: Double
    public var interval: IntervalRule

    public init(
        meanDeviation: Double = 0.5, tauDeviation: Double = 0.3, level: Double = 0.95,
        interval: IntervalRule = .studentBelow(15)
    ) {
        self.meanDeviation = meanDeviation
        self.tauDeviation = tauDeviation
        self.level = level
        self.interval = interval
    }

    /// What is wrong with the numbers; nil where nothing is.
    public var problem: String? {
        if !(meanDeviation >= 0.02 && meanDeviation <= 50) {
            return "the prior SD of the mean effect is \(meanDeviation); it must be between 0.02 and 50"
        }
        if !(tauDeviation >= 0.002 && tauDeviation <= 10) {
            return "the scale of the prior of tau is \(tauDeviation); it must be between 0.002 and 10"
        }
        if !(level > 0 && level < 1) { return "the level is \(level); it must be above 0 and below 1" }
        return nil
    }

    /// Whether t quantiles make the interval where `rows` speak.
    func usesStudent(rows: Int) -> Bool {
        switch interval {
        case .quantiles: false
        case .student: rows > 1
        case .studentBelow(let limit): rows > 1 && rows < limit
        }
    }
}
