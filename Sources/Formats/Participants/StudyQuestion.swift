public import Evidence

/// What a primary study asks of its images: the design in words.
public struct StudyQuestion: Hashable, Sendable {
    /// What is correlated with what.
    public struct Correlation: Hashable, Sendable {
        public enum Side: String, Hashable, Sendable, CaseIterable {
            /// A column as it is, constant within a person.
            case value
            /// The last session's value minus the first's.
            case change
            /// The first session's image; with `baseline:hamd` the images of the first session predict the change of hamd.
            case baseline
        }

        public var side: Side
        public var column: String

        public init(_ side: Side, _ column: String) {
            self.side = side
            self.column = column
        }
    }

    /// Sessions that are compared within a person; two give a difference, more an F test.
    public var sessions: StudyLevels?
    /// Two groups, of which the second is subtracted from the first; of more, an F test asks whether any differs.
    public var groups: StudyLevels?
    /// A clinical score or other numbers that the images are regressed on; of several, F asks whether any goes with them.
    public var correlations: [Correlation]
    /// Columns that are held constant.
    public var covariates: [String]
    /// As it was written, for the report.
    public var words: String

    public init(
        sessions: StudyLevels? = nil, groups: StudyLevels? = nil, correlations: [Correlation] = [],
        covariates: [String] = [], words: String = ""
    ) {
        self.sessions = sessions
        self.groups = groups
        self.correlations = correlations
        self.covariates = covariates
        self.words = words
    }

    /// From the options of the command.
    /// - Throws: for an option that cannot be read, and for combinations that ask two questions at once.
    public init(
        paired: String? = nil, groups: String? = nil, correlate: String? = nil, covariates: String? = nil
    ) throws(InputError) {
        let sessions = try paired.map { text throws(InputError) in try StudyLevels(text, option: "--paired") }
        let levels = try groups.map { text throws(InputError) in
            try StudyLevels(text, option: "--groups")
        }
        let correlations = try correlate.map { text throws(InputError) in try Self.correlations(text) }
        let list = (covariates ?? "").split(separator: ",").map { Array($0.utf8)[...].trimmed.text }
        let options = [
            paired.map { "--paired \($0)" }, groups.map { "--groups \($0)" }, correlate.map { "--correlate \($0)" },
            covariates.map { "--covariates \($0)" },
        ]
        self.init(
            sessions: sessions, groups: levels, correlations: correlations ?? [],
            covariates: list.filter { !$0.isEmpty }, words: options.compactMap { $0 }.joined(separator: " "))
        try check()
    }

    /// One column or several, between commas, each with its own side.
    private static func correlations(_ text: String) throws(InputError) -> [Correlation] {
        var found: [Correlation] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let one = try correlation(Array(part.utf8)[...].trimmed.text, of: text)
            guard !found.contains(one) else {
                throw InputError(
                    "--correlate \(text) names \(one.column) twice.", remedy: "Write each once: --correlate age,score.")
            }
            found.append(one)
        }
        return found
    }

    /// - Parameter all: the option's whole text, for the message.
    private static func correlation(_ text: String, of all: String) throws(InputError) -> Correlation {
        let halves = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if halves.count == 1, !text.isEmpty { return Correlation(.value, text) }
        guard halves.count == 2, let side = Correlation.Side(rawValue: halves[0]), !halves[1].isEmpty else {
            throw InputError(
                "--correlate is \"\(all)\"; a column was expected, alone or after change: or baseline:.",
                remedy:
                    "Write --correlate age, --correlate change:hamd (change of the images on change of the score), "
                    + "--correlate baseline:hamd (images of the first session predict the score's change), or several: age,score."
            )
        }
        return Correlation(side, halves[1])
    }

    /// - Throws: where two questions are asked in one.
    func check() throws(InputError) {
        if !correlations.isEmpty, groups != nil {
            throw InputError(
                "--groups and --correlate ask two questions at once.",
                remedy:
                    "To hold the groups constant in the correlation, put their column among --covariates; else run each by itself."
            )
        }
        if let sessions, sessions.names.count < 2 {
            throw InputError(
                "\(sessions.column) has one value (\(sessions.names.joined())): there is nothing to compare within people.",
                remedy: "Leave the sessions out of the question, or take more rows (--only).")
        }
        if let later = correlations.first(where: { $0.side != .value }), sessions == nil {
            throw InputError(
                "--correlate \(later.side.rawValue):\(later.column) needs to know the sessions.",
                remedy: "Add for example --paired session=pre,post.")
        }
        let predictions = correlations.count { $0.side == .baseline }
        guard predictions == 0 || predictions == correlations.count else {
            throw InputError(
                "--correlate has the first session's images (baseline:) in one number and their change in another.",
                remedy:
                    "Write baseline: before every one or before none, and what is to be held constant in --covariates.")
        }
        if let sessions, sessions.names.count > 2, groups != nil || !correlations.isEmpty {
            throw InputError(
                "--paired names \(sessions.names.count) sessions; with groups or a correlation a change has two.",
                remedy: "Name the first and the last, or ask for the sessions alone.")
        }
        if let sessions, sessions.names.count > 2, !covariates.isEmpty {
            throw InputError(
                "covariates that are constant within a person say nothing about differences among \(sessions.names.count) sessions.",
                remedy: "Leave --covariates out.")
        }
    }
}
