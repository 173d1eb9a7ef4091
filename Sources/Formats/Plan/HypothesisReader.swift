import Evidence

/// Reads `test:`.
///
///     test: mean
///     test: {covariate: age}
///     test: {groups: disorder}
///     test: {contrast: {"disorder[anxiety]": 1, "disorder[depression]": -1}}
///     test: {contrast: 0+1}
enum HypothesisReader {
    static func read(_ node: PlanNode) throws(InputError) -> Hypothesis {
        if let text = node.scalar?.trimmingBlanks, !text.isEmpty {
            return Hypothesis(text == "mean" ? .mean : .covariate(text), source: node.source)
        }
        guard node.isMapping else { throw malformed(node) }
        let entries = try node.entries(known: ["mean", "covariate", "groups", "contrast"], of: "test")
        guard entries.count == 1, let (key, value) = entries.first else { throw malformed(node) }
        switch key.text {
        case "covariate": return Hypothesis(.covariate(try value.text("covariate")), source: value.source)
        case "groups": return Hypothesis(.groups(try value.text("groups")), source: value.source)
        case "contrast": return Hypothesis(.contrast(try contrasts(value)), source: value.source)
        default: return Hypothesis(.mean, source: value.source)
        }
    }

    private static func malformed(_ node: PlanNode) -> InputError {
        InputError(
            at: node.source, "test should say one thing: mean, or one of covariate:, groups: or contrast:.",
            remedy: "Write, for example, test: {covariate: age}.")
    }

    private static func contrasts(_ node: PlanNode) throws(InputError) -> [Hypothesis.Contrast] {
        guard let list = node.list else { return [try contrast(node)] }
        var contrasts: [Hypothesis.Contrast] = []
        for item in list { contrasts.append(try contrast(item)) }
        guard !contrasts.isEmpty else { throw InputError(at: node.source, "the contrast is empty.") }
        return contrasts
    }

    private static func contrast(_ node: PlanNode) throws(InputError) -> Hypothesis.Contrast {
        if let text = node.scalar { return try positional(text, at: node.source) }
        var weights: [Hypothesis.Weight] = []
        for (key, value) in try node.entries(known: nil, of: "contrast") {
            weights.append(
                Hypothesis.Weight(
                    key.text.trimmingBlanks, try value.number("the weight of \(key.text)"), source: key.source))
        }
        return .named(weights)
    }

    /// SDM's way: numbers joined by `+`.
    private static func positional(_ text: String, at source: SourceLocation) throws(InputError) -> Hypothesis.Contrast
    {
        var numbers: [Double] = []
        for part in text.split(separator: "+", omittingEmptySubsequences: false) {
            guard let number = NumberText.parse(String(part)) else {
                throw InputError(
                    at: source, "the contrast \"\(text)\" is not understood.",
                    remedy: "Write one number per coefficient joined by + (0+1), or name: weight pairs.")
            }
            numbers.append(number)
        }
        return .positional(numbers)
    }
}
