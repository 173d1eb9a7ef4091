public import Evidence
public import Synthesis

/// What `cuneus pool` made of a table: findings, what the reader said, and what the record of the run needs.
public struct OutcomeRun: Sendable {
    /// Of the table, without its ending.
    public var name: String
    public var question: String
    public var findings: [OutcomeFinding]
    /// Sets of them in one model; empty where nobody asked.
    public var together: [OutcomesTogether]
    public var notices: [Notice]
    /// Files that were read, with their hashes as they were then.
    public var inputs: [ContentHash]
    /// As given on the command line, in order.
    public var options: [RunRecord.Assignment]
    public var machine: MachineRecord

    public init(
        name: String, question: String = "", findings: [OutcomeFinding], together: [OutcomesTogether] = [],
        notices: [Notice], inputs: [ContentHash],
        options: [RunRecord.Assignment], machine: MachineRecord
    ) {
        self.name = name
        self.question = question
        self.findings = findings
        self.together = together
        self.notices = notices
        self.inputs = inputs
        self.options = options
        self.machine = machine
    }
}
