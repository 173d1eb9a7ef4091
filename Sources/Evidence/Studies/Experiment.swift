/// One contrast of one study: a row of the study table.
public struct Experiment: Hashable, Sendable {
    /// What the experiment contributes.
    public enum Report: Hashable, Sendable {
        /// Peaks above the experiment's threshold; an empty list says the whole brain was searched and nothing found.
        case peaks([Peak])
        /// A whole-brain statistic image, used in place of peaks.
        case map(StatisticMap)
    }

    /// A whole-brain image on disk.
    public struct StatisticMap: Hashable, Sendable {
        public enum Kind: Hashable, Sendable {
            /// t values.
            case t
            /// z scores, converted to t with the experiment's degrees of freedom.
            case z
            /// Hedges' g; not of correlations.
            case g
            /// Correlation coefficients; only of correlations.
            case r
            /// A contrast estimate with its sampling variance in a second image: t = estimate / √variance.
            case estimate(variance: String)
        }
        /// Path of the image.
        public var path: String
        public var kind: Kind
        /// Whether the input says the kind (`_t` in a name, a `value_type`); else it is the format's usual one, and the image's
        /// own header may know better.
        public var kindIsStated: Bool
        public var source: SourceLocation

        public init(path: String, kind: Kind, kindIsStated: Bool = false, source: SourceLocation) {
            self.path = path
            self.kind = kind
            self.kindIsStated = kindIsStated
            self.source = source
        }
    }

    /// A value of a further column of the study table.
    public enum Covariate: Hashable, Sendable {
        case number(Double)
        case text(String)
        case missing
    }

    /// Unique within a project; letters, digits, `_`, `-`, `.`.
    public var id: String
    /// Publication or data set the experiment belongs to.
    public var study: String
    /// Group of people; experiments that share one are not independent.
    public var sample: String
    /// Whether it has only its second group (the controls) in common with the other experiments of its sample.
    public var sharesControls = false
    /// Participants (the patients, in a two-group contrast).
    public var n1: Int
    /// Second group; 0 for one-sample and paired contrasts, and for correlations.
    public var n2: Int
    /// What the statistic says.
    public var measure: EffectMeasure
    /// t value a voxel had to exceed to be reported, positive; nil when the source does not say.
    public var tThreshold: Double?
    /// Whether ``tThreshold`` was assumed rather than stated by the source.
    public var thresholdIsAssumed: Bool
    /// Which signs the paper's table was to show; nil when the source does not say.
    public var direction: ReportedDirection?
    public var report: Report
    /// Peaks reported besides a map. Analyses of effects take the map alone; methods that look for convergence of
    /// coordinates take these. Empty when ``report`` is peaks.
    public var peaksBesideMap: [Peak]
    /// Remaining columns by name, in the table's spelling.
    public var covariates: [String: Covariate]
    public var source: SourceLocation

    public init(
        id: String, study: String, sample: String, n1: Int, n2: Int = 0, measure: EffectMeasure = .change,
        tThreshold: Double? = nil, thresholdIsAssumed: Bool = false,
        direction: ReportedDirection? = nil, report: Report, peaksBesideMap: [Peak] = [],
        covariates: [String: Covariate] = [:], source: SourceLocation
    ) {
        self.id = id
        self.study = study
        self.sample = sample
        self.n1 = n1
        self.n2 = n2
        self.measure = measure
        self.tThreshold = tThreshold
        self.thresholdIsAssumed = thresholdIsAssumed
        self.direction = direction
        self.report = report
        self.peaksBesideMap = peaksBesideMap
        self.covariates = covariates
        self.source = source
    }

    /// Participants in all.
    public var n: Int { n1 + n2 }

    /// Degrees of freedom of the contrast's t: n − 1 for one sample, n₁ + n₂ − 2 for two, n − 2 for a correlation.
    public var degreesOfFreedom: Int { measure.degreesOfFreedom(n1: n1, n2: n2) }

    /// Whether it is given as a whole-brain image.
    public var hasMap: Bool { if case .map = report { true } else { false } }

    public var peaks: [Peak] {
        if case .peaks(let peaks) = report { peaks } else { [] }
    }

    /// All reported coordinates, those besides a map too.
    public var foci: [Peak] {
        if case .peaks(let peaks) = report { peaks } else { peaksBesideMap }
    }
}
