/// An outcome of a plan: which rows of `outcomes.tsv` it takes, and how they are pooled. Words are checked where they
/// are used (`SynthesisSettings`).
///
///     outcomes:
///       BDNF: {question: Does BDNF rise?, measure: SMD, moderators: [year], smallest: 0.2}
public struct OutcomePlan: Hashable, Sendable {
    public var name: String
    public var question = ""
    /// The value of the column `outcome`; the name where nil.
    public var outcome: String?
    /// A region of the plan's `regions`: what whole-brain experiments measured there joins the rows. Nil for none.
    public var region: String?
    /// Regions of pairs that are coordinates are called by its labels; nil for none.
    public var atlas: AtlasReference?
    /// Options by the names of `cuneus pool`'s, without the dashes, as written.
    public var options: [Option] = []
    public var source: SourceLocation?

    public struct Option: Hashable, Sendable {
        public var key: String
        /// Several of a list.
        public var values: [String]
        public var source: SourceLocation?

        public init(key: String, values: [String], source: SourceLocation? = nil) {
            self.key = key
            self.values = values
            self.source = source
        }

        /// Of a switch: whether it is on, by either of YAML's pairs of words; nil for any other word.
        public var isOn: Bool? {
            switch values.map({ $0.lowercased() }) {
            case ["yes"], ["true"]: true
            case ["no"], ["false"]: false
            default: nil
            }
        }
    }

    public init(name: String, source: SourceLocation? = nil) {
        self.name = name
        self.source = source
    }

    /// Keys of ``options``, in the order of a reader.
    public static let keys = [
        "measure", "estimator", "test", "dependence", "correlation", "by", "moderators", "dose", "smallest",
        "prior-deviation", "prior-tau", "pre-post-r", "level", "permute", "compare", "reference", "arms",
        "scale-sd", "control-rate", "interval", "prediction", "quantiles", "odds-to-d", "crossed",
    ]

    /// Those of ``keys`` that are on or off, and off where nobody says.
    public static let switches: Set<String> = ["arms"]

    /// What an option says, in the order given; empty where it is not there.
    public func values(_ key: String) -> [String] { options.filter { $0.key == key }.flatMap(\.values) }
}
