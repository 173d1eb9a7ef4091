internal import Evidence

/// Effects from counts.
extension RowNumbers {
    /// Events and those without, of both groups.
    var tellsCells: Bool { tellsCells(.first) && tellsCells(.second) }

    private func tellsCells(_ arm: Arm) -> Bool {
        row.values[arm.events] != nil
            && [arm.others, arm.total, arm.n].contains { row.values[$0] != nil }
    }

    private mutating func counts(_ arm: Arm) throws(Refusal) -> (events: Double, others: Double) {
        let events = try take(arm.events)
        if let others = try takeIfTold(arm.others) {
            guard events + others > 0 else { throw Refusal("n-too-small", "a group has nobody in it.") }
            if let total = try takeFirst([arm.total]), total != events + others {
                throw Refusal(
                    "counts-do-not-add",
                    "\(name(arm.events)) and \(name(arm.others)) make \(NumberText.text(events + others)), "
                        + "\(name(arm.total)) is \(NumberText.text(total)).", remedy: "Correct one of them.")
            }
            return (events, others)
        }
        let n = try people([arm.total, arm.n], least: 1)
        let nName = name(row.values[arm.total] != nil ? arm.total : arm.n)
        guard events <= n else {
            throw Refusal(
                "count-above-n",
                "\(name(arm.events)) is \(NumberText.text(events)), more than \(nName), which is "
                    + "\(NumberText.text(n)).", remedy: "Look both up; is one a percentage?")
        }
        return (events, n - events)
    }

    mutating func effectOfCells(_ measure: OutcomeMeasure) throws(Refusal) -> MadeEffect {
        let first = try counts(.first)
        let second = try counts(.second)
        let cells = CountEffects.Cells(a: first.events, b: first.others, c: second.events, d: second.others)
        var words = "counts of two groups"
        if cells.hasZero { words += ", a half added to each for the zero" }
        let value: EffectValue
        switch measure {
        case .oddsRatio: value = CountEffects.oddsRatio(cells)
        case .riskDifference: value = CountEffects.riskDifference(cells)
        case .standardizedMeanDifference:
            value = CountEffects.oddsRatio(cells).scaled(by: settings.oddsConversion.factor)
            words += ", log odds ratio \(settings.oddsConversion.words)"
        default: value = CountEffects.riskRatio(cells)
        }
        var remarks: [Notice] = []
        if first.events + second.events == 0 || first.others + second.others == 0 {
            remarks.append(
                Notice(
                    .warning, code: "no-events", at: row.source,
                    first.events + second.events == 0
                        ? "neither group has an event: the row says next to nothing of a ratio."
                        : "all people of both groups have the event: the row says next to nothing of a ratio."))
        }
        return MadeEffect(
            value: value, measure: measure, n1: first.events + first.others, n2: second.events + second.others,
            words: words, remarks: remarks)
    }

    mutating func effectOfProportion(_ measure: OutcomeMeasure) throws(Refusal) -> MadeEffect {
        let events = try take(.xi)
        let n = try people([.ni, .n1i], least: 1)
        guard events <= n else {
            throw Refusal(
                "count-above-n",
                "\(name(.xi)) is \(NumberText.text(events)), more than the number of people, \(NumberText.text(n)).",
                remedy: "Look both up; is one a percentage?")
        }
        let value =
            measure == .proportion
            ? CountEffects.proportion(events: events, of: n) : CountEffects.logitProportion(events: events, of: n)
        return MadeEffect(value: value, measure: measure, n1: n, words: "count in one group")
    }
}
