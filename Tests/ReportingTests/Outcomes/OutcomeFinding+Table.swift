import Evidence
import Formats
import Synthesis
import TestSupport

extension OutcomePlan {
    /// - Parameter options: as in a plan, by key; in the order of the keys.
    init(name: String, options: [String: [String]]) {
        self.init(name: name)
        self.options = options.sorted { $0.key < $1.key }.map { .init(key: $0.key, values: $0.value) }
    }
}

extension OutcomeFinding {
    /// All outcomes of a table, pooled.
    ///
    /// - Parameters:
    ///   - csv: the text of the table.
    ///   - options: of every outcome.
    static func all(of csv: String, _ options: [String: [String]] = [:]) throws -> [OutcomeFinding] {
        let scratch = try Scratch(["table.csv": csv])
        let read = try OutcomeTableReader().read("\(scratch.path)/table.csv")
        let plans = read.outcomes.map { OutcomePlan(name: $0, options: options) }
        return try TableSynthesis(read, plans: plans).findings
    }
}
