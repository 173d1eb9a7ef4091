public import Evidence

/// What one model of the plan gave.
public struct ModelResult: Sendable {
    /// How long a stage took.
    public struct Timing: Hashable, Sendable, Codable {
        public var stage: String
        public var seconds: Double

        public init(stage: String, seconds: Double) {
            self.stage = stage
            self.seconds = seconds
        }
    }

    public var plan: ModelPlan
    /// Project settings with the model's and the command line's on top.
    public var settings: Settings
    /// The experiments that entered, thresholds filled in.
    public var experiments: [Experiment]
    /// Experiments that share a sample, those left out among them.
    public var sharedSamples: [SharedSample] = []
    /// Lower and upper effect bounds per experiment; empty unless they were asked to be kept.
    public var bounds: [EffectBounds]
    /// Experiments left out in the most-likely-effect step.
    public var leaveOut: Int
    public var maps: PooledMaps
    /// The design of a model with covariates; nil for the mean of all experiments.
    public var design: DesignMatrix?
    /// Maps of its coefficients, adjusted means and predictions.
    public var regression: RegressionMaps?
    /// Of the method `effects`; nil for what was imputed around the most likely effect.
    public var posterior: PosteriorResult?
    /// The permutation test; nil when no permutations were asked for.
    public var familyWise: FamilyWiseResult?
    /// The same peaks against base rates, where that was asked for besides (`relocate: both`).
    public var baseRate: FamilyWiseResult?
    public var timings: [Timing]
    public var notices: [Notice]

    public init(
        plan: ModelPlan, settings: Settings, experiments: [Experiment], bounds: [EffectBounds] = [], leaveOut: Int,
        maps: PooledMaps, design: DesignMatrix? = nil, regression: RegressionMaps? = nil,
        familyWise: FamilyWiseResult? = nil, timings: [Timing], notices: [Notice] = []
    ) {
        self.plan = plan
        self.settings = settings
        self.experiments = experiments
        self.bounds = bounds
        self.leaveOut = leaveOut
        self.maps = maps
        self.design = design
        self.regression = regression
        self.familyWise = familyWise
        self.timings = timings
        self.notices = notices
    }
}
