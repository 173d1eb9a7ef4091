internal import Evidence

/// What the name of a column can say.
struct ColumnMeaning: Hashable {
    var role: OutcomeColumn.Role
    /// Of several columns for one thing that of the lowest rank is taken: 0 for metafor's own name.
    var rank: Int
    /// metafor's name of the measure that the name says.
    var measure: String?
    /// Of an error or a limit, the effect that its name says it belongs to, such as `g` in `se_g`.
    var effect: String?

    init(_ role: OutcomeColumn.Role, rank: Int = 1, measure: String? = nil, effect: String? = nil) {
        self.role = role
        self.rank = rank
        self.measure = measure
        self.effect = effect
    }

    init(_ quantity: OutcomeQuantity, rank: Int = 1, measure: String? = nil, effect: String? = nil) {
        self.init(.quantity(quantity), rank: rank, measure: measure, effect: effect)
    }

    /// Whether it is an effect, of which a table gives one.
    var isEffect: Bool {
        guard case .quantity(let quantity) = role else { return false }
        return [.yi, .hedgesG, .cohensD, .oddsRatio, .riskRatio].contains(quantity)
    }

    /// Whether it is the error or a limit of an effect.
    var isError: Bool {
        guard case .quantity(let quantity) = role else { return false }
        return [.vi, .sei, .lower, .upper].contains(quantity)
    }

    /// nil where the name says none of what is known: a covariate.
    static func of(_ name: String) -> ColumnMeaning? {
        let plain = ColumnWords.plain(name)
        if let quantity = exact(plain) { return ColumnMeaning(quantity, rank: 0, effect: plain == "g" ? "g" : nil) }
        if let meaning = roles[plain] ?? effects[plain] { return meaning }
        let words = ColumnWords.words(name)
        return errorOfEffect(words) ?? describedEffect(words) ?? GroupColumn.meaning(words)
    }

    /// metafor's own names.
    private static func exact(_ plain: String) -> OutcomeQuantity? {
        if let quantity = plainNames[plain] { return quantity }
        return nil
    }

    private static let plainNames: [String: OutcomeQuantity] = {
        var names: [String: OutcomeQuantity] = [:]
        for quantity in OutcomeQuantity.allCases where !isAlias(quantity) {
            names[ColumnWords.plain(quantity.rawValue)] = quantity
        }
        return names
    }()

    /// Names that are effects with a measure of their own, in ``effects``.
    private static func isAlias(_ quantity: OutcomeQuantity) -> Bool {
        [.cohensD, .hedgesG, .oddsRatio, .riskRatio].contains(quantity)
    }

    private static let roles: [String: ColumnMeaning] = {
        var roles: [String: ColumnMeaning] = [:]
        func add(_ role: OutcomeColumn.Role, _ names: [String]) {
            for (rank, name) in names.enumerated() { roles[name] = ColumnMeaning(role, rank: rank) }
        }
        add(
            .study,
            [
                "study", "studyid", "studyname", "studylabel", "studlab", "trial", "trialid", "trialname", "paper",
                "article", "publication", "cohort", "site", "experiment", "study1",
            ])
        add(.author, ["author", "authors", "firstauthor", "authoryear", "slab", "source", "citation", "reference"])
        add(.sample, ["sample", "sampleid", "samplename", "dataset", "samplenr"])
        add(.outcome, ["outcome", "outcomename", "endpoint", "dependentvariable", "dv"])
        add(.region, ["region", "region1", "roi", "roi1", "brainregion", "structure", "seed"])
        add(.secondRegion, ["region2", "roi2", "target"])
        add(.modality, ["modality", "imagingmodality"])
        add(.year, ["year", "yr", "pubyear", "publicationyear", "yearofpublication", "yearpub"])
        add(.measure, ["measure", "estype", "effecttype", "effectmeasure", "esmeasure", "effectsizetype"])
        return roles
    }()

    /// Whole names that are effects, their errors, tests and counts.
    private static let effects: [String: ColumnMeaning] = {
        var effects: [String: ColumnMeaning] = [:]
        func add(_ quantity: OutcomeQuantity, _ names: [String], measure: String? = nil, stem: String? = nil) {
            for name in names {
                effects[name] = ColumnMeaning(quantity, rank: 1, measure: measure, effect: stem)
            }
        }
        add(.yi, ["y", "es", "effect", "effectsize", "effsize", "estimate", "est", "te"])
        add(.hedgesG, ["g", "hedgesg", "hedgeg", "hg", "gi", "smd", "stdmeandiff"], measure: "SMD", stem: "g")
        add(.cohensD, ["d", "cohensd", "cohend", "cohend", "dval"], measure: "SMD", stem: "d")
        add(.oddsRatio, ["or", "oddsratio"], measure: "OR", stem: "or")
        add(.riskRatio, ["rr", "riskratio", "relativerisk"], measure: "RR", stem: "rr")
        add(.yi, ["logor", "lnor", "logoddsratio", "logodds"], measure: "OR", stem: "logor")
        add(.yi, ["logrr", "logriskratio"], measure: "RR", stem: "logrr")
        add(.yi, ["md", "meandiff", "meandifference", "wmd"], measure: "MD", stem: "md")
        add(.yi, ["rom", "lnrom", "logrom"], measure: "ROM", stem: "rom")
        add(.yi, ["zr", "fisherz", "fishersz", "rz"], measure: "ZCOR", stem: "z")
        add(.yi, ["rd", "riskdifference", "riskdiff"], measure: "RD", stem: "rd")
        add(.ri, ["r", "cor", "corr", "correlation", "pearsonr", "pearson", "rxy", "rprepost", "prepostr"])
        add(.vi, ["v", "var", "variance", "samplingvariance", "samplingvar"])
        add(.sei, ["se", "stderr", "standarderror", "stderror", "sete"])
        add(
            .lower,
            [
                "cilower", "lower", "ll", "lcl", "cil", "lowerci", "ci95lower", "lower95", "lci", "cilow", "lb", "low",
                "lowercl", "95cilower", "lowerlimit", "cill", "ci95l", "95lower", "lower95ci", "lcb", "lowerbound",
                "95ll", "lo", "cilo", "conflow",
            ])
        add(
            .upper,
            [
                "ciupper", "upper", "ul", "ucl", "ciu", "upperci", "ci95upper", "upper95", "uci", "cihigh", "ub",
                "high",
                "uppercl", "95ciupper", "upperlimit", "ciul", "ci95u", "95upper", "upper95ci", "ucb", "upperbound",
                "95ul", "hi", "cihi", "confhigh",
            ])
        add(.ti, ["t", "tval", "tvalue", "tstat", "tstatistic"])
        add(.fi, ["f", "fval", "fvalue", "fstat", "fstatistic"])
        add(.pi, ["p", "pval", "pvalue"])
        add(.ni, ["n", "ntotal", "totaln", "samplesize", "ntot", "nobs", "total"])
        add(.ai, ["tpos", "a"])
        add(.bi, ["tneg", "b"])
        add(.ci, ["cpos", "c"])
        add(.di, ["cneg"])
        add(.xi, ["x", "events", "cases", "responders"])
        add(.mi, ["predictors", "npredictors"])
        return effects
    }()

    /// `se_g`, `g.se`, `var_d`, `or.lb`: an error or a limit beside the effect it belongs to.
    private static func errorOfEffect(_ words: [String]) -> ColumnMeaning? {
        let words = words.filter { !["of", "for", "ci", "95"].contains($0) }
        let rank = words.contains("precalc") ? 2 : 1
        let rest = words.filter { $0 != "precalc" }
        let kinds: [(Set<String>, OutcomeQuantity)] = [
            (["se", "stderr", "sei"], .sei), (["var", "v", "variance", "vi"], .vi),
            (["lb", "lower", "ll", "lcl", "low"], .lower), (["ub", "upper", "ul", "ucl", "high"], .upper),
        ]
        for (names, quantity) in kinds {
            for index in [0, rest.count - 1] where rest.count > 1 && names.contains(rest[index]) {
                var others = rest
                others.remove(at: index)
                let stem = others.joined()
                if let effect = effects[stem], effect.isEffect || effect.role == .quantity(.ri) {
                    let own = effect.role == .quantity(.yi) ? "yi" : stem
                    return ColumnMeaning(quantity, rank: rank, effect: effect.effect ?? own)
                }
                if stem == "yi" || stem == "ln" { return ColumnMeaning(quantity, rank: rank, effect: "yi") }
            }
        }
        return nil
    }

    /// `precalc_g`, `hedges g (post)` is not taken; `log OR` and `mean difference` are.
    private static func describedEffect(_ words: [String]) -> ColumnMeaning? {
        guard words.first == "precalc", words.count > 1, var meaning = effects[words.dropFirst().joined()],
            meaning.isEffect
        else { return nil }
        meaning.rank = 2
        return meaning
    }
}
