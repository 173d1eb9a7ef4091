/// Values of covariates at which a model's effect is predicted (`predict:` in the plan).
public struct Prediction: Hashable, Sendable {
    public struct Setting: Hashable, Sendable {
        /// A column that the model has as a covariate.
        public var column: String
        /// A number, or the name of a level.
        public var value: Experiment.Covariate
        public var source: SourceLocation?

        public init(_ column: String, _ value: Experiment.Covariate, source: SourceLocation? = nil) {
            self.column = column
            self.value = value
            self.source = source
        }
    }

    /// Name of the maps.
    public var name: String
    /// Covariates that are not set are averaged over the model's experiments.
    public var settings: [Setting]
    public var source: SourceLocation?

    public init(_ name: String, _ settings: [Setting], source: SourceLocation? = nil) {
        self.name = name
        self.settings = settings
        self.source = source
    }
}
