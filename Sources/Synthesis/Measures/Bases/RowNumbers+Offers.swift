internal import Evidence

/// What a row offers.
extension RowNumbers {
    /// The bases the row has the numbers for, in the order of ``EffectBasis``.
    func bases(for wanted: OutcomeMeasure?) -> [EffectBasis] {
        EffectBasis.allCases.filter { basis in
            if basis == .published { return canPublish(wanted) }
            guard wanted.map({ basis.measures.contains($0) }) ?? true else { return false }
            return offers(basis, wanted)
        }
    }

    private func offers(_ basis: EffectBasis, _ wanted: OutcomeMeasure?) -> Bool {
        switch basis {
        case .published: canPublish(wanted)
        case .groups: tells(.first) && tells(.second) || wanted == .variabilityRatio && tellsSDsAlone
        case .prePostGroups: tellsPrePost(.first) && tellsPrePost(.second)
        case .changesOfGroups: tellsChange(.first) && tellsChange(.second)
        case .standardized: hasAny(.cohensD, .hedgesG) && has(.n1i, .n2i)
        case .cells: tellsCells
        case .groupTest: hasAny(.ti, .fi, .pi) && has(.n1i, .n2i)
        case .groupCorrelation: has(.ri, .n1i, .n2i) && !hasAny(.mpre, .mpre1i, .mchange)
        case .prePost: tellsOneChange && has(.sdpre) && tellsOneN && tellsAfter(wanted)
        case .change: tellsOneChange && has(.sdchange) && tellsOneN
        case .partialCorrelation: has(.ni, .mi) && hasAny(.ti, .ri)
        case .correlation: has(.ri) && tellsOneN && !hasAny(.mpre, .mpre1i, .mchange) && !has(.mi)
        // A number of cases beside an effect that lacks its error is no proportion.
        case .proportion:
            has(.xi) && tellsOneN && !hasAny(.yi, .hedgesG, .cohensD, .oddsRatio, .riskRatio, .ri, .ti, .fi, .pi)
        case .pairedTest: wanted == .changeByChangeSD && has(.ti) && tellsOneN
        }
    }

    private var tellsOneChange: Bool { has(.mpre, .mpost) || has(.mchange) }

    private var tellsOneN: Bool { has(.ni) || has(.n1i) && !has(.n2i) }

    /// By the SD before nothing else is needed.
    private func tellsAfter(_ wanted: OutcomeMeasure?) -> Bool {
        switch wanted {
        case nil, .changeByPreSD?: true
        case .heteroscedasticChange?: has(.sdpost)
        default: hasAny(.sdpost, .sdchange)
        }
    }

    mutating func effect(of basis: EffectBasis, _ wanted: OutcomeMeasure?) throws(Refusal) -> MadeEffect {
        let measure = wanted ?? basis.measures.first ?? .generic
        switch basis {
        case .published: return try effectOfPublished(wanted)
        case .groups: return try effectOfGroups(measure)
        case .prePostGroups: return try effectOfPrePostGroups()
        case .changesOfGroups: return try effectOfChangesOfGroups(measure)
        case .standardized: return try effectOfStandardized(measure)
        case .cells: return try effectOfCells(measure)
        case .groupTest: return try effectOfGroupTest(measure)
        case .groupCorrelation: return try effectOfGroupCorrelation(measure)
        case .prePost: return try effectOfPrePost(measure)
        case .change: return try effectOfChange(measure)
        case .partialCorrelation: return try effectOfPartialCorrelation(measure)
        case .correlation: return try effectOfCorrelation(measure)
        case .proportion: return try effectOfProportion(measure)
        case .pairedTest: return try effectOfPairedTest()
        }
    }

    /// What would complete the row, where that is plain.
    private var missing: String? {
        if hasAny(.yi, .hedgesG, .cohensD, .oddsRatio, .riskRatio) {
            return "Give the effect's error: its variance (vi), SE (sei) or interval (ci.lb and ci.ub)."
        }
        let groups: [(Arm, OutcomeQuantity)] = [(.first, .n1i), (.second, .n2i)]
        for (arm, n) in groups where row.values[arm.mean] != nil || row.values[arm.median] != nil {
            if !hasSpread(arm) { return "Give the spread of each group: sd1i and sd2i, SEs or quartiles." }
            if row.values[n] == nil { return "Give the numbers of people, n1i and n2i." }
        }
        if has(.ri), !hasAny(.ni, .n1i) { return "Give the number of people (ni)." }
        if has(.ai, .ci) { return "Give those without the event (bi, di), or the numbers of people (n1i, n2i)." }
        if has(.m1i) != has(.m2i) { return "The numbers of one group are missing." }
        return has(.mpre) && !has(.ni) ? "Give the number of people (ni)." : nil
    }

    /// Why no effect came of the row.
    func nothingOffered(_ wanted: OutcomeMeasure?) -> Refusal {
        let told = OutcomeQuantity.allCases.filter { row.values[$0] != nil }.map { name($0) }
        let what = wanted.map { "no \($0.rawValue)" } ?? "no effect"
        guard !told.isEmpty else {
            return Refusal("row-without-numbers", "the row has no numbers that an effect is made of.", isAbsence: true)
        }
        if has(.ti), tellsOneN, wanted == nil {
            return Refusal(
                "t-ambiguous", "\(name(.ti)) with one number of people can be a paired test or a regression.",
                remedy: "For a paired test write SMCC in a column measure; for a regression give its predictors (mi).")
        }
        var remedy = missing ?? "Give the numbers for one measure; Docs/effect-measures.md lists them."
        if !bases(for: nil).isEmpty { remedy = "Choose another measure: the row has the numbers for one." }
        return Refusal(
            "numbers-incomplete", "the row gives \(what): it has only \(told.joined(separator: ", ")).", remedy: remedy,
            isAbsence: true)
    }
}
