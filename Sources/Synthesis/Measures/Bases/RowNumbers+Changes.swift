internal import Evidence

/// Effects from before and after.
extension RowNumbers {
    /// A correlation that was told, follows from three SDs, or has to be assumed (nil).
    private mutating func correlation(
        _ told: [OutcomeQuantity], before: OutcomeQuantity, after: OutcomeQuantity, change: OutcomeQuantity
    ) throws(Refusal) -> Double? {
        if let r = try takeFirst(told) { return r }
        guard has(before, after, change) else { return nil }
        let r = ChangeEffects.correlation(
            before: try take(before), after: try take(after), change: try take(change))
        guard abs(r) <= 1 else {
            throw Refusal(
                "sds-do-not-fit",
                "\(name(before)), \(name(after)) and \(name(change)) imply a correlation of \(NumberText.text(r)).",
                remedy: "Look the three SDs up: one of them may be a standard error.")
        }
        return r
    }

    /// The effect under the told correlation, or under the assumed one with the bracket.
    private func bracketed(
        _ told: Double?, _ measure: OutcomeMeasure, n1: Double, n2: Double?, _ words: String,
        effect: (Double) -> EffectValue
    ) -> MadeEffect {
        if let told {
            return MadeEffect(value: effect(told), measure: measure, n1: n1, n2: n2, words: words)
        }
        let alternatives = settings.correlations.map { r in
            let value = effect(r)
            return MeasuredEffect.Alternative(correlation: r, yi: value.yi, vi: value.vi)
        }
        return MadeEffect(
            value: effect(settings.correlation), measure: measure, n1: n1, n2: n2,
            words: words + ", assuming a correlation of \(NumberText.text(settings.correlation)) of before and after",
            alternatives: alternatives, assumedCorrelation: settings.correlation)
    }

    mutating func effectOfPrePost(_ measure: OutcomeMeasure) throws(Refusal) -> MadeEffect {
        let n = try people([.ni, .n1i], least: 3)
        let change = try changeOfMeans()
        let before = try take(.sdpre)
        if measure == .changeByPreSD {
            let r = try correlation([.ri], before: .sdpre, after: .sdpost, change: .sdchange)
            return bracketed(r, measure, n1: n, n2: nil, "means before and after and the SD before") {
                ChangeEffects.byPreSD(change, preSD: before, correlation: $0, n: n)
            }
        }
        if measure != .heteroscedasticChange, let sd = try takeIfTold(.sdchange) {
            return ofChange(change, sd: sd, n: n, measure, "means before and after and the SD of the change")
        }
        let after = try take(.sdpost)
        let r = try correlation([.ri], before: .sdpre, after: .sdpost, change: .sdchange)
        if let r, ChangeEffects.changeSD(before: before, after: after, correlation: r) == 0 {
            throw Refusal(
                "spread-zero", "SDs before and after and their correlation of 1 leave no spread of the change.",
                remedy: "Look the correlation up.")
        }
        let words = "means and SDs before and after"
        return bracketed(r, measure, n1: n, n2: nil, words) { r in
            let sd = ChangeEffects.changeSD(before: before, after: after, correlation: r)
            return switch measure {
            case .heteroscedasticChange:
                ChangeEffects.heteroscedastic(change, preSD: before, postSD: after, correlation: r, n: n)
            case .meanChange: ChangeEffects.meanChange(change, changeSD: sd, n: n)
            default: ChangeEffects.byChangeSD(d: change / sd, n: n)
            }
        }
    }

    private mutating func changeOfMeans() throws(Refusal) -> Double {
        if has(.mpre, .mpost) { return try take(.mpost) - take(.mpre) }
        return try take(.mchange)
    }

    private func ofChange(_ change: Double, sd: Double, n: Double, _ measure: OutcomeMeasure, _ words: String)
        -> MadeEffect
    {
        MadeEffect(
            value: measure == .meanChange
                ? ChangeEffects.meanChange(change, changeSD: sd, n: n)
                : ChangeEffects.byChangeSD(d: change / sd, n: n),
            measure: measure, n1: n, words: words)
    }

    mutating func effectOfChange(_ measure: OutcomeMeasure) throws(Refusal) -> MadeEffect {
        if measure == .changeByPreSD { return try effectOfPrePost(measure) }
        let n = try people([.ni, .n1i], least: 3)
        return ofChange(
            try changeOfMeans(), sd: try take(.sdchange), n: n, measure, "mean change and its SD")
    }

    // MARK: Two groups

    /// Whether a group's change and its SD before are there.
    func tellsPrePost(_ arm: Arm) -> Bool {
        let after = row.values[arm.postMean] ?? row.values[arm.mean]
        let hasChange = row.values[arm.change] != nil || (row.values[arm.preMean] != nil && after != nil)
        let n = row.values[arm.n] ?? row.values[arm.changeN]
        return hasChange && row.values[arm.preSD] != nil && n != nil
    }

    func tellsChange(_ arm: Arm) -> Bool {
        let n = row.values[arm.changeN] ?? row.values[arm.n]
        return row.values[arm.change] != nil && row.values[arm.changeSD] != nil && n != nil
    }

    private struct ToldArm {
        var change: Double
        var preSD: Double
        var correlation: Double?
        var n: Double
    }

    private mutating func prePost(_ arm: Arm) throws(Refusal) -> ToldArm {
        let n = try people([arm.n, arm.changeN])
        let change: Double
        if row.values[arm.preMean] != nil, row.values[arm.postMean] != nil || row.values[arm.mean] != nil {
            change = (try takeFirst([arm.postMean, arm.mean]) ?? 0) - (try take(arm.preMean))
        } else {
            change = try take(arm.change)
        }
        let after = row.values[arm.postSD] != nil ? arm.postSD : arm.sd
        let r = try correlation([arm.correlation, .ri], before: arm.preSD, after: after, change: arm.changeSD)
        return ToldArm(change: change, preSD: try take(arm.preSD), correlation: r, n: n)
    }

    mutating func effectOfPrePostGroups() throws(Refusal) -> MadeEffect {
        let first = try prePost(.first)
        let second = try prePost(.second)
        try checkSizes(first.n, second.n)
        let told = first.correlation.flatMap { r in second.correlation.map { (r, $0) } }
        func value(_ r1: Double, _ r2: Double) -> EffectValue {
            ChangeEffects.prePostControl(
                ChangeEffects.Arm(change: first.change, preSD: first.preSD, correlation: r1, n: first.n),
                ChangeEffects.Arm(change: second.change, preSD: second.preSD, correlation: r2, n: second.n))
        }
        let words = "changes of two groups by the pooled SD before"
        if let told {
            return MadeEffect(
                value: value(told.0, told.1), measure: .prePostControl, n1: first.n, n2: second.n, words: words)
        }
        return bracketed(nil, .prePostControl, n1: first.n, n2: second.n, words) { r in
            value(first.correlation ?? r, second.correlation ?? r)
        }
    }

    mutating func effectOfChangesOfGroups(_ measure: OutcomeMeasure) throws(Refusal) -> MadeEffect {
        func group(_ numbers: inout RowNumbers, _ arm: Arm) throws(Refusal) -> GroupSummary {
            let n = try numbers.people([arm.changeN, arm.n])
            return GroupSummary(mean: try numbers.take(arm.change), sd: try numbers.take(arm.changeSD), n: n)
        }
        let a = try group(&self, .first)
        let b = try group(&self, .second)
        try checkSizes(a.n, b.n)
        return MadeEffect(
            value: measure == .meanDifference
                ? GroupEffects.meanDifference(a, b) : GroupEffects.standardizedDifference(a, b),
            measure: measure, n1: a.n, n2: b.n,
            words: measure == .meanDifference
                ? "mean changes and their SDs of two groups"
                : "mean changes of two groups by the SD of the change")
    }
}
