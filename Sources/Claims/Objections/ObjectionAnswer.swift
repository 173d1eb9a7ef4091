/// What readers object to such sentences, each answered with a number where the data have one.
public struct ObjectionAnswer: Hashable, Sendable {
    public enum Objection: String, CaseIterable, Hashable, Sendable {
        case averages
        case smallSamples = "small-samples"
        case fishing
        case anyExperience = "any-experience"
        case healthyAnyway = "healthy-anyway"
        case fraudAndMoney = "fraud-and-money"
        case specific

        /// As a reader would say it.
        public var question: String {
            switch self {
            case .averages: "You are only comparing averages."
            case .smallSamples: "The samples are far too small."
            case .fishing: "They looked until they found something."
            case .anyExperience: "Any experience changes the brain."
            case .healthyAnyway: "Patients differ from healthy people anyway."
            case .fraudAndMoney: "Fraud and money: only successes are published."
            case .specific: "Is it this therapy at all?"
            }
        }
    }

    /// A number of the answer, for tables and programs.
    public struct Number: Hashable, Sendable {
        public var name: String
        public var value: Double
    }

    public var objection: Objection
    public var answer: String
    public var numbers: [Number]
    /// Whether the data do not answer it.
    public var isOpen: Bool

    init(_ objection: Objection, _ answer: String, _ numbers: [(String, Double)] = [], isOpen: Bool = false) {
        self.objection = objection
        self.answer = answer
        self.numbers = numbers.filter { $0.1.isFinite }.map { Number(name: $0.0, value: $0.1) }
        self.isOpen = isOpen
    }
}
