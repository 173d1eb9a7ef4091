internal import Evidence

/// Names such as `mean_t`, `SD control`, `n.exp`, `post_m_arm1`: a number, a group, a time, in any order.
///
/// Every word of the name has to be known; `n_sessions_arm1` is a covariate.
enum GroupColumn {
    private enum Number { case mean, sd, n, se, median, lowerQuartile, upperQuartile, quartileWidth, minimum, maximum }
    private enum Counted { case events, others, total }
    private enum Time { case before, after, change }

    private static let numbers: [String: Number] = [
        "mean": .mean, "means": .mean, "m": .mean, "avg": .mean, "average": .mean, "mn": .mean,
        "sd": .sd, "sds": .sd, "std": .sd, "stdev": .sd, "stddev": .sd,
        "n": .n, "size": .n, "number": .n, "participants": .n, "subjects": .n,
        "se": .se, "sem": .se, "stderr": .se,
        "median": .median, "med": .median, "mdn": .median, "q1": .lowerQuartile, "q3": .upperQuartile,
        "iqr": .quartileWidth, "min": .minimum, "minimum": .minimum, "max": .maximum, "maximum": .maximum,
    ]

    private static let counted: [String: Counted] = [
        "event": .events, "events": .events, "responders": .events, "remitters": .events, "pos": .events,
        "positive": .events, "noevent": .others, "nonevents": .others, "nonresponders": .others, "neg": .others,
        "negative": .others, "total": .total,
    ]

    private static let firstGroup: Set<String> = [
        "1", "t", "trt", "tx", "treat", "treated", "treatment", "exp", "experimental", "e", "int", "intervention", "ig",
        "eg", "tg", "patient", "patients", "pat", "case", "cases", "active", "therapy", "psychotherapy",
    ]

    private static let secondGroup: Set<String> = [
        "2", "c", "ctrl", "ctl", "con", "control", "controls", "cg", "comparison", "comparator", "placebo", "pbo",
        "plac", "hc", "healthy", "wl", "waitlist", "waiting", "tau", "cau", "ctr",
    ]

    private static let times: [String: Time] = [
        "pre": .before, "baseline": .before, "bl": .before, "base": .before, "pretest": .before, "before": .before,
        "post": .after, "posttest": .after, "after": .after, "endpoint": .after, "end": .after,
        "posttreatment": .after, "change": .change, "delta": .change,
    ]

    private static let fillers: Set<String> = [
        "arm", "group", "grp", "gr", "i", "of", "the", "in", "score", "scores", "list",
    ]

    /// 1 or 2 for a word that names a group, such as `Cases` in a column of groups.
    static func group(of word: String) -> Int? {
        let words = ColumnWords.words(word).filter { !fillers.contains($0) && $0 != "subjects" && $0 != "people" }
        guard !words.isEmpty else { return nil }
        if words.allSatisfy({ firstGroup.contains($0) }) { return 1 }
        return words.allSatisfy { secondGroup.contains($0) } ? 2 : nil
    }

    /// A word that is two or three known ones written together: `sdpre`, `ntreat`, `totaln`.
    static func parts(_ word: String) -> [String] {
        guard !isKnown(word) else { return [word] }
        for head in ["mean", "median", "sd", "se", "events", "event", "total", "change", "pre", "post", "n", "m"]
        where word.hasPrefix(head) && word.count > head.count {
            let rest = String(word.dropFirst(head.count))
            // "set" and "met" are words, not an error or a mean of t.
            let isLone = rest.count == 1 && (head == "se" || head == "m" || head == "pre" || head == "post")
            guard !isLone else { continue }
            if isKnown(rest) { return [head, rest] }
            let tail = parts(rest)
            if tail.count == 2, rest.count > 3 { return [head] + tail }
        }
        return [word]
    }

    private static func isKnown(_ word: String) -> Bool {
        numbers[word] != nil || counted[word] != nil || firstGroup.contains(word) || secondGroup.contains(word)
            || times[word] != nil || fillers.contains(word) || word == "pooled"
    }

    static func meaning(_ words: [String]) -> ColumnMeaning? {
        var number: Number?
        var counts: Counted?
        var group: Int?
        var time: Time?
        var isPooled = false
        for word in words where !fillers.contains(word) {
            if let found = numbers[word], number == nil {
                number = found
            } else if let found = counted[word], counts == nil {
                counts = found
            } else if let found = times[word], time == nil {
                time = found
            } else if firstGroup.contains(word), group == nil {
                group = 1
            } else if secondGroup.contains(word), group == nil {
                group = 2
            } else if word == "healthy" || word == "list" || word == "controls", group == 2 {
                continue
            } else if word == "pooled", !isPooled {
                isPooled = true
            } else {
                return nil
            }
        }
        if isPooled { return number == .sd && group == nil && time == nil && counts == nil ? .init(.sdpi) : nil }
        let quantity: OutcomeQuantity?
        if let counts {
            guard number == nil || number == .n, time == nil else { return nil }
            quantity = Self.quantity(counts, group)
        } else {
            quantity = number.flatMap { Self.quantity($0, group, time) }
        }
        return quantity.map { ColumnMeaning($0) }
    }

    /// What a column of one group's numbers is for the first and the second group, such as `Mean`; nil for other columns.
    static func ofOneGroup(_ name: String) -> (first: OutcomeQuantity, second: OutcomeQuantity)? {
        let words = ColumnWords.words(name)
        guard !words.contains(where: { firstGroup.contains($0) || secondGroup.contains($0) }),
            case .quantity(let first)? = meaning(words + ["1"])?.role,
            case .quantity(let second)? = meaning(words + ["2"])?.role, first != second
        else { return nil }
        return (first, second)
    }

    private static func quantity(_ counted: Counted, _ group: Int?) -> OutcomeQuantity? {
        switch (counted, group) {
        case (.events, 1): .ai
        case (.others, 1): .bi
        case (.events, 2): .ci
        case (.others, 2): .di
        case (.total, 1): .total1i
        case (.total, 2): .total2i
        case (.total, _): .ni
        case (.events, _): .xi
        case (.others, _): nil
        }
    }

    private static func quantity(_ number: Number, _ group: Int?, _ time: Time?) -> OutcomeQuantity? {
        if let time { return quantity(number, group, time) }
        guard let group else { return number == .n ? .ni : number == .se ? .sei : nil }
        let isFirst = group == 1
        return switch number {
        case .mean: isFirst ? .m1i : .m2i
        case .sd: isFirst ? .sd1i : .sd2i
        case .n: isFirst ? .n1i : .n2i
        case .se: isFirst ? .se1i : .se2i
        case .median: isFirst ? .med1i : .med2i
        case .lowerQuartile: isFirst ? .q1OfGroup1 : .q1OfGroup2
        case .upperQuartile: isFirst ? .q3OfGroup1 : .q3OfGroup2
        case .quartileWidth: isFirst ? .iqr1i : .iqr2i
        case .minimum: isFirst ? .min1i : .min2i
        case .maximum: isFirst ? .max1i : .max2i
        }
    }

    private static func quantity(_ number: Number, _ group: Int?, _ time: Time) -> OutcomeQuantity? {
        switch (number, time, group) {
        case (.mean, .before, nil): .mpre
        case (.mean, .after, nil): .mpost
        case (.mean, .change, nil): .mchange
        case (.sd, .before, nil): .sdpre
        case (.sd, .after, nil): .sdpost
        case (.sd, .change, nil): .sdchange
        case (.mean, .before, 1): .mpre1i
        case (.mean, .after, 1): .mpost1i
        case (.mean, .change, 1): .mchange1i
        case (.sd, .before, 1): .sdpre1i
        case (.sd, .after, 1): .sdpost1i
        case (.sd, .change, 1): .sdchange1i
        case (.n, .change, 1): .nchange1i
        case (.mean, .before, 2): .mpre2i
        case (.mean, .after, 2): .mpost2i
        case (.mean, .change, 2): .mchange2i
        case (.sd, .before, 2): .sdpre2i
        case (.sd, .after, 2): .sdpost2i
        case (.sd, .change, 2): .sdchange2i
        case (.n, .change, 2): .nchange2i
        default: nil
        }
    }
}
