public import Statistics

/// The effect at a place as the evidence came in: the posterior after each experiment, in the order of the years.
///
/// Cumulative meta-analysis (Lau et al. 1992, doi:10.1056/NEJM199207233270406): it shows whether an answer has settled, and
/// whether early studies said more than later ones bear out. Experiments of one year stand in the order of their names.
/// The intervals are those of each step alone; looking again and again is not corrected for.
public struct CumulativeEffect: Hashable, Sendable {
    /// After one more experiment.
    public struct Step: Hashable, Sendable {
        /// Who came in.
        public var id: String
        public var year: Int
        /// Posterior mean: Hedges' g, or Fisher's z of correlations.
        public var mean: Double
        /// Posterior SD.
        public var deviation: Double
        /// 95 %, as in the maps.
        public var interval: Interval
        /// (E τ)².
        public var tau2: Double

        public init(
            id: String, year: Int, mean: Double, deviation: Double, interval: Interval, tau2: Double
        ) {
            self.id = id
            self.year = year
            self.mean = mean
            self.deviation = deviation
            self.interval = interval
            self.tau2 = tau2
        }
    }

    /// One per experiment that speaks at the place; empty where a year is not known.
    public var steps: [Step]
    /// Experiments whose year is not known: with one of them there is no order.
    public var undated: [String]

    public init(steps: [Step]) {
        self.steps = steps
        undated = []
    }

    public init(undated: [String]) {
        steps = []
        self.undated = undated
    }
}
