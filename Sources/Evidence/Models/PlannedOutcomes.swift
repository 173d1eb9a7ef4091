/// What a plan, or a command line, asks of a table of outcomes, with every name found in one of them.
public struct PlannedOutcomes: Sendable {
    /// Outcomes that are pooled each by itself: those of the plan, then those that are only named together.
    public let plans: [OutcomePlan]
    /// Sets that are pooled in one model too.
    public let together: [Joint]

    public struct Joint: Hashable, Sendable {
        public var plan: TogetherPlan
        /// Names of ``PlannedOutcomes/plans``, two at least.
        public var outcomes: [String]
    }

    /// - Parameter plans: outcomes with an entry of their own; where neither these nor sets name any, each outcome of the table is
    ///   pooled by defaults.
    /// - Throws: ``InputError`` where a set names what neither the plan nor the table has, or says what would have no effect.
    public init(
        _ plans: [OutcomePlan], together sets: [TogetherPlan] = [], in table: OutcomeTable
    ) throws(InputError) {
        var all = plans
        var joints: [Joint] = []
        var errors = ErrorCollector()
        for set in sets {
            errors.attempt { () throws(InputError) in
                joints.append(try Self.joint(set, described: plans, &all, table))
            }
        }
        try errors.finish()
        self.plans = all.isEmpty ? table.outcomes.map { OutcomePlan(name: $0) } : all
        together = joints
    }

    /// - Parameters:
    ///   - described: outcomes with an entry of their own.
    ///   - all: these and those that sets have named so far.
    private static func joint(
        _ set: TogetherPlan, described: [OutcomePlan], _ all: inout [OutcomePlan], _ table: OutcomeTable
    ) throws(InputError) -> Joint {
        let place = set.entry.source ?? SourceLocation(file: table.path)
        let names = set.outcomes ?? (described.isEmpty ? table.outcomes : described.map(\.name))
        guard names.count > 1 else {
            throw InputError(
                at: place,
                "outcomes together need two; \(names.isEmpty ? "none is" : "\"\(names[0])\" alone is") named.",
                remedy: "A column outcome of the table says which row is of which; name two of them.")
        }
        var implied: [OutcomePlan] = []
        for name in names where !described.contains(where: { $0.name == name }) {
            guard table.outcomes.contains(name) else {
                var known = described.map(\.name)
                known += table.outcomes.filter { !known.contains($0) }
                throw InputError(
                    at: place, "\"\(set.entry.name)\" takes \"\(name)\" together with others, which is no outcome.",
                    remedy: Nearest.suggestion(name, among: known, called: "outcomes"))
            }
            var plan = set.entry
            plan.name = name
            plan.question = ""
            implied.append(plan)
        }
        if implied.isEmpty { try refuseIdle(set) }
        for plan in implied {
            guard let known = all.first(where: { $0.name == plan.name }) else {
                all.append(plan)
                continue
            }
            guard known.options == plan.options, known.atlas == plan.atlas else {
                throw InputError(
                    at: place, "\"\(set.entry.name)\" asks for \"\(plan.name)\" otherwise than another set does.",
                    remedy: "Give \"\(plan.name)\" an entry of its own, with what holds for it.")
            }
        }
        return Joint(plan: set, outcomes: names)
    }

    /// Where each outcome has its own entry, what a set says of one alone would be read by nobody.
    private static func refuseIdle(_ set: TogetherPlan) throws(InputError) {
        guard let idle = set.entry.options.first(where: { !TogetherPlan.ownKeys.contains($0.key) }) else { return }
        throw InputError(
            at: idle.source,
            "\(idle.key) says how one outcome is pooled; the outcomes of \"\(set.entry.name)\" have entries of their own.",
            remedy: "Move it there. Together take: \((TogetherPlan.ownKeys + ["structure"]).joined(separator: ", ")).")
    }
}
