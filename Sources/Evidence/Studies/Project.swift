/// Everything a meta-analysis is made from: the experiments and the plan for analysing them.
public struct Project: Sendable {
    /// The format the project was read from.
    public enum Format: String, Sendable, CaseIterable {
        case native, sdm, sleuth
        /// A NIMADS studyset, with annotations.
        case nimads
        /// NiMARE's own dataset JSON, the form before NIMADS; read only.
        case nimare
        /// The two tables of the Neurosynth database.
        case neurosynth

        /// Those that ``ProjectWriter`` writes.
        public static let writable: [Format] = allCases.filter { $0 != .nimare }
    }

    public var name: String
    /// The question in a sentence, from the plan; empty when the input has none.
    public var question: String
    public var format: Format
    /// In the order of the study table.
    public var experiments: [Experiment]
    /// Names of the covariate columns, in the order of the study table.
    public var covariateNames: [String]
    /// Whole-project settings; a model's own come on top.
    public var settings: Settings
    /// At least one.
    public var models: [ModelPlan]
    /// A user's label images, searched besides the standard ones.
    public var atlases: [AtlasReference]
    /// Directed hypotheses on regions, judged in every model of changes.
    public var regions: [RegionHypothesis]
    /// Models whose results are asked for together.
    public var conjunctions: [ConjunctionPlan] = []
    /// Region-level results that are pooled, as the plan asks; empty where it does not: each outcome of
    /// ``outcomesFile`` by defaults.
    public var outcomes: [OutcomePlan] = []
    /// Sets of outcomes that are pooled in one model too.
    public var together: [TogetherPlan] = []
    /// Every entry of the plan's `outcomes`: outcomes of their own, then sets of them.
    package var outcomeEntries: [OutcomePlan] { outcomes + together.map(\.entry) }
    /// `outcomes.tsv`; nil where there is none.
    public var outcomesFile: String?
    /// How studies were found and chosen; nil where the plan does not say.
    public var prisma: PrismaFlow?
    /// Files that were read, in the order they were read, for hashing into `run.json`.
    public var inputFiles: [String]
    /// What those of ``inputFiles`` held that are known, by path.
    public var contents: [String: InputContent] = [:]
    /// What the reader wants the user to know (repairs, assumptions); ``ProjectCheck`` adds its own.
    public var notices: [Notice]

    public init(
        name: String, question: String = "", format: Format, experiments: [Experiment], covariateNames: [String] = [],
        settings: Settings = Settings(), models: [ModelPlan] = [ModelPlan.mean], atlases: [AtlasReference] = [],
        regions: [RegionHypothesis] = [], inputFiles: [String] = [], notices: [Notice] = []
    ) {
        self.name = name
        self.question = question
        self.format = format
        self.experiments = experiments
        self.covariateNames = covariateNames
        self.settings = settings
        self.models = models
        self.atlases = atlases
        self.regions = regions
        self.inputFiles = inputFiles
        self.notices = notices
    }
}

/// A label image and its table, named in the plan.
public struct AtlasReference: Hashable, Sendable {
    public var name: String
    public var image: String
    public var labels: String?

    public init(name: String, image: String, labels: String?) {
        self.name = name
        self.image = image
        self.labels = labels
    }
}
