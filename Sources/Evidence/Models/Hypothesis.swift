/// What a model asks of its coefficients (`test:` in the plan).
public struct Hypothesis: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// The effect of an average experiment is 0: all columns of the design at their means.
        case mean
        /// All coefficients of a covariate are 0: of all terms made from a column (`sessions`), or of one (`sessions^2`).
        case covariate(String)
        /// Combinations of coefficients are 0, all together when there are several.
        case contrast([Contrast])
        /// All levels of a categorical covariate have one mean.
        case groups(String)
    }

    /// One row: a weight per coefficient.
    public enum Contrast: Hashable, Sendable {
        /// By name, in the order written: `intercept`, a numeric term (`age`, `sessions^2`), or `column[level]`, which
        /// stands for what the level adds to the intercept; for the reference level of treatment coding that is 0.
        case named([Weight])
        /// By position, as SDM writes it (`0+1`); what is not written is 0.
        case positional([Double])
    }

    public struct Weight: Hashable, Sendable {
        public var name: String
        public var weight: Double
        public var source: SourceLocation?

        public init(_ name: String, _ weight: Double, source: SourceLocation? = nil) {
            self.name = name
            self.weight = weight
            self.source = source
        }
    }

    public var kind: Kind
    public var source: SourceLocation?

    public init(_ kind: Kind, source: SourceLocation? = nil) {
        self.kind = kind
        self.source = source
    }

    public static let mean = Hypothesis(.mean)
}
