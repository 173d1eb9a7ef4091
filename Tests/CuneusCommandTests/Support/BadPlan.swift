import Testing

/// A plan as a reviewer may get it wrong, and what has to be said of it.
struct BadPlan: Sendable, CustomStringConvertible {
    var description: String
    /// The lines that are wrong, as a suite puts them into a plan.
    var text: String
    /// The place first.
    var told: [String]
    /// 0 where only a warning is due.
    var code: Int32 = 2

    /// - Parameter outcome: of a command that read the plan.
    func expectTold(by outcome: Command.Outcome) {
        let words = outcome.output + outcome.complaint
        #expect(outcome.code == code, "\(words)")
        for part in told { #expect(words.contains(part), "\(part) is not in:\n\(words)") }
    }
}
