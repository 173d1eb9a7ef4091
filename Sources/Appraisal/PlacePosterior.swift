public import Statistics

/// What the posterior of the mean effect says of a voxel, with the model's prior and with others, so that a reader sees how much
/// of the answer is prior. See Docs/posterior.md.
///
/// The numbers are those of the model's maps. Pooling imputations gives about the same, but does not know the prior.
public struct PlacePosterior: Hashable, Sendable {
    /// Under one prior of the mean effect.
    public struct Effect: Hashable, Sendable {
        /// SD of the normal prior of the mean, around 0.
        public var priorDeviation: Double
        /// Posterior mean: Hedges' g, or Fisher's z of correlations.
        public var mean: Double
        /// Posterior SD.
        public var deviation: Double
        /// As in the maps: quantiles, or mean ± t·SD with few experiments.
        public var interval: Interval
        /// (E τ)².
        public var tau2: Double

        public init(priorDeviation: Double, mean: Double, deviation: Double, interval: Interval, tau2: Double) {
            self.priorDeviation = priorDeviation
            self.mean = mean
            self.deviation = deviation
            self.interval = interval
            self.tau2 = tau2
        }
    }

    /// Under the model's own prior.
    public var effect: Effect
    /// Under others, by ascending SD.
    public var otherPriors: [Effect]
    /// τ² over τ² plus the typical sampling variance at the mean; a share.
    public var i2: Double
    /// The mean as the evidence came in; nil where that was not asked for.
    public var cumulative: CumulativeEffect?

    public init(effect: Effect, otherPriors: [Effect], i2: Double) {
        self.effect = effect
        self.otherPriors = otherPriors
        self.i2 = i2
    }

    /// SDs that the prior of the mean is varied over: tight, the default, wide.
    public static let priorDeviations = [0.3, 0.5, 0.8]
}
