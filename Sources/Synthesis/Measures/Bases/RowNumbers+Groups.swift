internal import Evidence

/// Means and SDs of two groups, however they are told.
extension RowNumbers {
    /// A group's mean, SD and n, and how they were had.
    struct ToldGroup {
        var summary: GroupSummary
        var words: String
    }

    /// Whether the mean, the spread and the number of a group are there in some form.
    func tells(_ arm: Arm) -> Bool {
        guard row.values[arm.n] != nil || row.values[arm.total] != nil else { return false }
        let hasMean = row.values[arm.mean] != nil || row.values[arm.median] != nil || isPostAlone(arm)
        return hasMean && hasSpread(arm)
    }

    func hasSpread(_ arm: Arm) -> Bool {
        if row.values[arm.sd] != nil || row.values[arm.se] != nil || has(.sdpi) { return true }
        if isPostAlone(arm), row.values[arm.postSD] != nil { return true }
        guard row.values[arm.median] != nil else { return false }
        return tellsQuartiles(arm) || tellsRange(arm) || row.values[arm.quartileWidth] != nil
    }

    /// Whether the means after stand without those before: then they are the means.
    private func isPostAlone(_ arm: Arm) -> Bool { row.values[arm.postMean] != nil && row.values[arm.preMean] == nil }

    private func tellsQuartiles(_ arm: Arm) -> Bool {
        row.values[arm.lowerQuartile] != nil && row.values[arm.upperQuartile] != nil
    }

    private func tellsRange(_ arm: Arm) -> Bool { row.values[arm.minimum] != nil && row.values[arm.maximum] != nil }

    mutating func group(_ arm: Arm) throws(Refusal) -> ToldGroup {
        let n = try people([arm.n, arm.total])
        if let sd = try sd(arm, n: n), row.values[arm.mean] != nil || isPostAlone(arm) {
            let mean = try takeFirst([arm.mean, arm.postMean]) ?? 0
            return ToldGroup(summary: GroupSummary(mean: mean, sd: sd.value, n: n), words: sd.words)
        }
        return try quantiles(arm, n: n)
    }

    private mutating func sd(_ arm: Arm, n: Double) throws(Refusal) -> (value: Double, words: String)? {
        if let sd = try takeIfTold(arm.sd) { return (sd, "means and SDs") }
        if isPostAlone(arm), let sd = try takeIfTold(arm.postSD) { return (sd, "means and SDs") }
        if let se = try takeIfTold(arm.se) { return (se * n.squareRoot(), "means and their SEs (SD = SE·√n)") }
        if let sd = try takeIfTold(.sdpi) { return (sd, "means and the pooled SD") }
        guard row.values[arm.mean] != nil, row.values[arm.median] == nil, let width = try takeIfTold(arm.quartileWidth),
            let factor = QuantileSummary.quartileFactor(n)
        else { return nil }
        return (width / factor, "means and interquartile ranges (Wan et al. 2014)")
    }

    private mutating func quantiles(_ arm: Arm, n: Double) throws(Refusal) -> ToldGroup {
        let median = try take(arm.median)
        if !tellsQuartiles(arm), !tellsRange(arm), let factor = QuantileSummary.quartileFactor(n) {
            let width = try take(arm.quartileWidth)
            return ToldGroup(
                summary: GroupSummary(mean: median, sd: width / factor, n: n),
                words: "medians taken for means, and interquartile ranges (Wan et al. 2014)")
        }
        var summary = QuantileSummary(median: median, n: n)
        if tellsQuartiles(arm) {
            summary.lowerQuartile = try takeIfTold(arm.lowerQuartile)
            summary.upperQuartile = try takeIfTold(arm.upperQuartile)
        }
        if tellsRange(arm) {
            summary.minimum = try takeIfTold(arm.minimum)
            summary.maximum = try takeIfTold(arm.maximum)
        }
        guard summary.isOrdered else {
            throw Refusal(
                "quantiles-order",
                "smallest value, quartiles, median and largest value of a group are not in their order: "
                    + summary.told.map { NumberText.text($0) }.joined(separator: ", ") + ".",
                remedy: "Look them up; the widths of an interquartile range go in iqr1i and iqr2i.")
        }
        let what = summary.quartiles == nil ? "medians and ranges" : "medians and quartiles"
        if settings.quantiles == .boxCox {
            guard let moments = BoxCoxMoments(summary) else {
                throw Refusal(
                    "quantiles-positive", "the Box–Cox method needs values above 0.",
                    remedy: "Use the method luo-wan for this outcome.")
            }
            return ToldGroup(
                summary: GroupSummary(mean: moments.mean, sd: moments.sd, n: n),
                words: "\(what) (Box–Cox, McGrath et al. 2020)")
        }
        guard let moments = summary.luoWan else {
            throw Refusal("number-missing", "quartiles or smallest and largest value are missing.")
        }
        return ToldGroup(
            summary: GroupSummary(mean: moments.mean, sd: moments.sd, n: n),
            words: "\(what) (mean by Luo et al. 2018, SD by Wan et al. 2014)")
    }

    /// VR needs no means.
    var tellsSDsAlone: Bool { has(.sd1i, .n1i, .sd2i, .n2i) }

    mutating func effectOfGroups(_ measure: OutcomeMeasure) throws(Refusal) -> MadeEffect {
        if measure == .variabilityRatio, !(tells(.first) && tells(.second)) {
            let a = GroupSummary(mean: 0, sd: try take(.sd1i), n: try people([.n1i]))
            let b = GroupSummary(mean: 0, sd: try take(.sd2i), n: try people([.n2i]))
            return MadeEffect(
                value: GroupEffects.variabilityRatio(a, b), measure: measure, n1: a.n, n2: b.n,
                words: "SDs of two groups")
        }
        let first = try group(.first)
        let second = try group(.second)
        let (a, b) = (first.summary, second.summary)
        try checkSizes(a.n, b.n)
        let value: EffectValue
        switch measure {
        case .meanDifference: value = GroupEffects.meanDifference(a, b)
        case .heteroscedasticDifference: value = GroupEffects.heteroscedasticDifference(a, b)
        case .ratioOfMeans:
            try checkMeans(a, b, isPositive: a.mean > 0 && b.mean > 0 || a.mean < 0 && b.mean < 0)
            value = GroupEffects.ratioOfMeans(a, b)
        case .variationRatio:
            try checkMeans(a, b, isPositive: a.mean > 0 && b.mean > 0)
            value = GroupEffects.variationRatio(a, b)
        case .variabilityRatio: value = GroupEffects.variabilityRatio(a, b)
        case .pointBiserial: value = GroupEffects.pointBiserial(a, b)
        case .oddsRatio:
            value = oddsRatio(d: (a.mean - b.mean) / GroupEffects.pooledSD(a, b), a.n, b.n)
        default: value = GroupEffects.standardizedDifference(a, b)
        }
        var words = first.words == second.words ? first.words : "\(first.words); \(second.words)"
        words += " of two groups"
        if measure == .oddsRatio { words += ", d \(settings.oddsConversion.inverseWords)" }
        return MadeEffect(value: value, measure: measure, n1: a.n, n2: b.n, words: words)
    }

    /// A log odds ratio from a d, as `escalc`'s D2OR has it: the uncorrected d, and its variance.
    func oddsRatio(d: Double, _ n1: Double, _ n2: Double) -> EffectValue {
        EffectValue(yi: d, vi: 1 / n1 + 1 / n2 + d * d / (2 * (n1 + n2))).scaled(by: 1 / settings.oddsConversion.factor)
    }

    private func checkMeans(_ a: GroupSummary, _ b: GroupSummary, isPositive: Bool) throws(Refusal) {
        guard isPositive else {
            throw Refusal(
                "ratio-of-signs",
                "the means are \(NumberText.text(a.mean)) and \(NumberText.text(b.mean)); a ratio needs both above 0.",
                remedy: "Choose a difference (MD, SMD) for an outcome that has no zero of its own.")
        }
    }

    /// n₁ + n₂ − 2 has to leave something to correct by.
    func checkSizes(_ n1: Double, _ n2: Double) throws(Refusal) {
        guard n1 + n2 > 3 else {
            throw Refusal(
                "n-too-small", "the two groups have \(NumberText.text(n1 + n2)) people together; at least 4 are needed."
            )
        }
    }

    /// The two groups' numbers with a standardised difference, d or g.
    mutating func effectOfStandardized(_ measure: OutcomeMeasure) throws(Refusal) -> MadeEffect {
        let n1 = try people([.n1i])
        let n2 = try people([.n2i])
        try checkSizes(n1, n2)
        let correction = GroupEffects.correction(n1: n1, n2: n2)
        if measure == .standardizedMeanDifference, let g = try takeIfTold(.hedgesG) {
            return MadeEffect(
                value: GroupEffects.standardizedDifference(g: g, n1: n1, n2: n2), measure: measure, n1: n1, n2: n2,
                words: "Hedges' g and numbers of two groups")
        }
        let isG = has(.hedgesG)
        let d = isG ? try take(.hedgesG) / correction : try take(.cohensD)
        return MadeEffect(
            value: value(ofD: d, measure, n1, n2), measure: measure, n1: n1, n2: n2,
            words: isG ? "Hedges' g and numbers of two groups" : "Cohen's d and numbers of two groups")
    }

    func value(ofD d: Double, _ measure: OutcomeMeasure, _ n1: Double, _ n2: Double) -> EffectValue {
        switch measure {
        case .pointBiserial: GroupEffects.pointBiserial(d: d, n1: n1, n2: n2)
        case .oddsRatio: oddsRatio(d: d, n1, n2)
        default: GroupEffects.standardizedDifference(d: d, n1: n1, n2: n2)
        }
    }
}
