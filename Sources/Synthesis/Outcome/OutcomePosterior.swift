public import Statistics

/// The mean, the spread and a new study as probabilities, by the normal–normal model with stated priors.
public struct OutcomePosterior: Sendable {
    /// A density at a point.
    public struct Density: Hashable, Sendable {
        public var at: Double
        public var prior: Double
        public var posterior: Double

        public init(at: Double, prior: Double, posterior: Double) {
            self.at = at
            self.prior = prior
            self.posterior = posterior
        }
    }

    /// The priors in words.
    public var prior: String
    public var mean: Double
    public var deviation: Double
    public var interval: Interval
    /// Of τ.
    public var tauMean: Double
    public var tauInterval: Interval
    /// Of the true effect of a new study.
    public var prediction: Interval
    /// For an effect against none.
    public var bayesFactor: Double
    /// That the mean is above zero.
    public var aboveZero: Double
    /// That the mean is beyond the smallest effect that matters, in the direction of the estimate; nil where none was
    /// stated.
    public var beyondSmallest: Double?
    /// Of the mean.
    public var densities: [Density]

    public init(
        prior: String, mean: Double, deviation: Double, interval: Interval, tauMean: Double, tauInterval: Interval,
        prediction: Interval, bayesFactor: Double, aboveZero: Double, beyondSmallest: Double?, densities: [Density]
    ) {
        self.prior = prior
        self.mean = mean
        self.deviation = deviation
        self.interval = interval
        self.tauMean = tauMean
        self.tauInterval = tauInterval
        self.prediction = prediction
        self.bayesFactor = bayesFactor
        self.aboveZero = aboveZero
        self.beyondSmallest = beyondSmallest
        self.densities = densities
    }
}
