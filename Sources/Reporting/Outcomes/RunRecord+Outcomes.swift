import Statistics
import Synthesis

extension RunRecord {
    /// Outcomes that were pooled in one model.
    public struct Together: Hashable, Sendable, Codable {
        public var name: String
        public var folder: String
        public var outcomes: [String]
        public var structure: String
        /// Of sampling errors.
        public var correlation: Double
        /// One per outcome, on the scale that is pooled.
        public var estimates: [Double]
        public var standardErrors: [Double]
        /// What was written, relative to the run folder, in order.
        public var files: [ContentHash]

        init(_ together: OutcomesTogether, folder: String, files: [ContentHash]) {
            name = together.name
            self.folder = folder
            outcomes = together.outcomes.map(\.name)
            structure = together.structure
            correlation = together.correlation
            estimates = together.outcomes.map(\.estimate.value)
            standardErrors = together.outcomes.map(\.estimate.standardError)
            self.files = files
        }
    }

    /// An outcome that was pooled.
    public struct Outcome: Hashable, Sendable, Codable {
        public var name: String
        public var folder: String
        public var question: String
        /// metafor's name.
        public var measure: String
        /// In words.
        public var model: String
        /// Every setting by its key.
        public var settings: [String: String]
        public var effects: Int
        public var studies: Int
        /// nil where a row does not say.
        public var participants: Int?
        /// On the scale that is pooled.
        public var estimate: Double
        public var standardError: Double
        public var low: Double
        public var high: Double
        public var tau2: Double
        /// What was asked for and is not given, and why.
        public var withheld: [String: String]
        /// What was written, relative to the run folder, in order.
        public var files: [ContentHash]

        init(_ finding: OutcomeFinding, folder: String, files: [ContentHash]) {
            name = finding.name
            self.folder = folder
            question = finding.question
            measure = finding.scale.measure.rawValue
            model = finding.pooled.model
            settings = Dictionary(
                finding.settings.assignments.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
            effects = finding.effects.count
            studies = finding.studies
            participants = finding.participants
            estimate = finding.pooled.estimate.value
            standardError = finding.pooled.estimate.standardError
            low = finding.pooled.interval.lower
            high = finding.pooled.interval.upper
            tau2 = finding.pooled.tau2
            withheld = Dictionary(
                finding.withheld.map { ($0.what, $0.why) }, uniquingKeysWith: { first, _ in first })
            self.files = files
        }
    }
}
