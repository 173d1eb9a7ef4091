/// The combinations of a design's coefficients that are tested or shown.
struct Combinations {
    let columns: [DesignMatrix.Column]
    /// Mean of each column over the experiments.
    let means: [Double]
    let terms: [CovariateTerm]
    /// First column of each term.
    let starts: [Int]

    init(columns: [DesignMatrix.Column], values: [Double], rows: Int, terms: [CovariateTerm]) {
        self.columns = columns
        self.terms = terms
        means = columns.indices.map { column in
            guard column > 0, rows > 0 else { return 1 }
            return (0..<rows).reduce(0) { $0 + values[$1 * columns.count + column] } / Double(rows)
        }
        var starts: [Int] = []
        var start = 1
        for term in terms {
            starts.append(start)
            start += max(term.levels.count - 1, 1)
        }
        self.starts = starts
    }

    var adjustedMeans: [DesignMatrix.Combination] {
        var rows = [DesignMatrix.Combination(name: "mean", weights: means)]
        for (position, term) in terms.enumerated() {
            for level in term.levels {
                rows.append(
                    DesignMatrix.Combination(
                        name: "\(term.covariate.column)[\(level)]", weights: averages { $0 == position ? level : nil }))
            }
        }
        return rows
    }

    func test(_ plan: ModelPlan) throws(InputError) -> [DesignMatrix.Combination] {
        let source = plan.hypothesis.source ?? plan.source
        switch plan.hypothesis.kind {
        case .mean: return [DesignMatrix.Combination(name: "mean", weights: means)]
        case .covariate(let name): return try coefficients(of: name, plan)
        case .groups(let name):
            let rows = try coefficients(of: name, plan)
            guard terms.contains(where: { $0.covariate.column == name && $0.covariate.isCategorical }) else {
                throw InputError(
                    at: source, "test: the groups of \"\(name)\" cannot be compared: the model has it as a number.",
                    remedy: "Write {column: \(name), coding: treatment, reference: ...} among the covariates, or test "
                        + "the covariate.")
            }
            return rows
        case .contrast(let contrasts):
            var rows: [DesignMatrix.Combination] = []
            for contrast in contrasts { rows.append(try row(contrast, source)) }
            try checkRank(rows, source)
            return rows
        }
    }

    func predictions(
        _ plan: ModelPlan
    ) throws(InputError) -> (combinations: [DesignMatrix.Combination], notices: [Notice]) {
        var rows: [DesignMatrix.Combination] = []
        var notices: [Notice] = []
        for prediction in plan.predictions {
            var weights = means
            for setting in prediction.settings {
                let source = setting.source ?? prediction.source ?? plan.source
                var isKnown = false
                for (term, start) in zip(terms, starts) where term.covariate.column == setting.column {
                    isKnown = true
                    for (offset, weight) in try coded(setting, in: term, source).enumerated() {
                        weights[start + offset] = weight
                    }
                }
                guard isKnown else {
                    throw InputError(
                        at: source, "predict: the model has no covariate \"\(setting.column)\".",
                        remedy: terms.isEmpty
                            ? "Add it to the covariates."
                            : Nearest.suggestion(setting.column, among: plan.covariateColumns, called: "covariates"))
                }
                if let notice = outside(setting, prediction.name, source) { notices.append(notice) }
            }
            rows.append(DesignMatrix.Combination(name: prediction.name, weights: weights))
        }
        return (rows, notices)
    }

    /// A contrast between levels whose weights do not cancel is no comparison of them.
    func contrastNotices(_ plan: ModelPlan) -> [Notice] {
        guard case .contrast(let contrasts) = plan.hypothesis.kind else { return [] }
        return contrasts.compactMap { contrast in
            guard case .named(let parts) = contrast, !parts.contains(where: { $0.name == "intercept" }) else {
                return nil
            }
            for term in terms where term.covariate.isCategorical {
                let prefix = "\(term.covariate.column)["
                let own = parts.filter { $0.name.hasPrefix(prefix) }
                let sum = own.reduce(0) { $0 + $1.weight }
                guard own.count > 1, abs(sum) > 1e-9 else { continue }
                return Notice(
                    .warning, code: "contrast-sum", at: own[0].source ?? plan.hypothesis.source ?? plan.source,
                    "test: the weights of the levels of \(term.covariate.column) sum to "
                        + "\(NumberText.text(sum.rounded(digits: 4))), not 0: "
                        + "\(Self.words(own.map { ($0.name, $0.weight) })) is no comparison of levels, and it hangs on the "
                        + "coding and the reference.",
                    remedy: "Let the weights cancel, such as 1 and -1, or 1, -0.5 and -0.5.")
            }
            return nil
        }
    }

    /// One row per column made from the table's column `name`, or from the term of that name.
    private func coefficients(of name: String, _ plan: ModelPlan) throws(InputError) -> [DesignMatrix.Combination] {
        let chosen = columns.indices.filter { index in
            guard let covariate = columns[index].covariate.map({ plan.covariates[$0] }) else { return false }
            return covariate.column == name || covariate.name == name
        }
        guard !chosen.isEmpty else {
            let known =
                plan.covariateColumns + plan.covariates.map(\.name).filter { !plan.covariateColumns.contains($0) }
            let isMean = Nearest.match(name, among: known + ["mean"]) == "mean"
            throw InputError(
                at: plan.hypothesis.source ?? plan.source, "test: the model has no covariate \"\(name)\".",
                remedy: isMean
                    ? "Did you mean \"mean\"?"
                    : known.isEmpty
                        ? "Add it: covariates: [\(name)]."
                        : Nearest.suggestion(name, among: known, called: "covariates"))
        }
        return chosen.map { unit($0) }
    }

    private func unit(_ index: Int) -> DesignMatrix.Combination {
        DesignMatrix.Combination(
            name: columns[index].name, weights: columns.indices.map { $0 == index ? 1 : 0 })
    }

    private func row(_ contrast: Hypothesis.Contrast, _ source: SourceLocation?) throws(InputError)
        -> DesignMatrix.Combination
    {
        switch contrast {
        case .positional(let numbers):
            guard numbers.count <= columns.count else {
                throw InputError(
                    at: source,
                    "test: the contrast has \(numbers.count) numbers; the model has \(columns.count) "
                        + "coefficient\(columns.count == 1 ? "" : "s"): \(columns.map(\.name).joined(separator: ", ")).",
                    remedy: "Write at most one number per coefficient, in this order.")
            }
            let weights = numbers + [Double](repeating: 0, count: columns.count - numbers.count)
            return DesignMatrix.Combination(
                name: Self.words(zip(columns, weights).map { ($0.name, $1) }), weights: weights)
        case .named(let parts):
            var weights = [Double](repeating: 0, count: columns.count)
            for part in parts {
                guard let row = named(part.name) else {
                    throw InputError(
                        at: part.source ?? source, "test: the model has no coefficient \"\(part.name)\".",
                        remedy: Nearest.suggestion(part.name, among: coefficientNames, called: "coefficients"))
                }
                for index in weights.indices { weights[index] += part.weight * row[index] }
            }
            return DesignMatrix.Combination(name: Self.words(parts.map { ($0.name, $0.weight) }), weights: weights)
        }
    }

    /// What may be named in a contrast: the intercept, numeric terms, and every level, the reference too.
    private var coefficientNames: [String] {
        ["intercept"]
            + terms.flatMap { term in
                term.levels.isEmpty ? [term.covariate.name] : term.levels.map { "\(term.covariate.column)[\($0)]" }
            }
    }

    private func named(_ name: String) -> [Double]? {
        if let index = columns.firstIndex(where: { $0.name == name }) { return unit(index).weights }
        for (term, start) in zip(terms, starts) {
            guard let level = term.levels.first(where: { name == "\(term.covariate.column)[\($0)]" }) else { continue }
            var weights = [Double](repeating: 0, count: columns.count)
            for (offset, weight) in term.coded(level).enumerated() { weights[start + offset] = weight }
            return weights
        }
        return nil
    }

    private func checkRank(_ rows: [DesignMatrix.Combination], _ source: SourceLocation?) throws(InputError) {
        var basis: [[Double]] = []
        for row in rows {
            var rest = row.weights
            for axis in basis {
                let share = zip(rest, axis).reduce(0) { $0 + $1.0 * $1.1 }
                for index in rest.indices { rest[index] -= share * axis[index] }
            }
            let whole = row.weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
            let length = rest.reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard length > 1e-9 * whole else {
                throw InputError(
                    at: source,
                    whole == 0
                        ? "test: the contrast \(row.name) has no weight other than 0."
                        : "test: the contrast \(row.name) follows from those before it.",
                    remedy: whole == 0
                        ? "The reference level of treatment coding weighs nothing by itself; name another coefficient."
                        : "Leave it out.")
            }
            basis.append(rest.map { $0 / length })
        }
    }

    /// Columns at their means, but the terms for which `level` names one at that level.
    private func averages(level: (Int) -> String?) -> [Double] {
        var weights = means
        for (position, start) in starts.enumerated() {
            guard let level = level(position) else { continue }
            for (offset, weight) in terms[position].coded(level).enumerated() { weights[start + offset] = weight }
        }
        return weights
    }

    private func coded(
        _ setting: Prediction.Setting, in term: CovariateTerm, _ source: SourceLocation?
    ) throws(InputError) -> [Double] {
        if term.levels.isEmpty {
            switch setting.value {
            case .number(let number): return [term.coded(number)]
            case .text(let text):
                if let number = NumberText.parse(text) { return [term.coded(number)] }
                throw InputError(
                    at: source, "predict: \(setting.column) is \"\(text)\"; a number was expected.",
                    remedy: "The model has \(setting.column) as a number.")
            case .missing: throw InputError(at: source, "predict: \(setting.column) has no value.")
            }
        }
        let name =
            switch setting.value {
            case .number(let number): NumberText.text(number)
            case .text(let text): text
            case .missing: ""
            }
        guard let level = CovariateTerm.level(name, among: term.levels) else {
            throw InputError(
                at: source, "predict: no experiment of the model has \(setting.column) \"\(name)\".",
                remedy: Nearest.suggestion(name, among: term.levels, called: "levels"))
        }
        return term.coded(level)
    }

    private func outside(_ setting: Prediction.Setting, _ name: String, _ source: SourceLocation?) -> Notice? {
        for term in terms where term.covariate.column == setting.column {
            guard case .numbers(let numbers, _, _, _) = term.values, let least = numbers.min(),
                let most = numbers.max()
            else { continue }
            let value: Double? =
                switch setting.value {
                case .number(let number): number
                case .text(let text): NumberText.parse(text)
                case .missing: nil
                }
            guard let value, value < least || value > most else { continue }
            return Notice(
                .warning, code: "prediction-outside", at: source,
                "prediction \"\(name)\": \(setting.column) = \(NumberText.text(value)) lies outside the experiments' "
                    + "\(NumberText.text(least)) to \(NumberText.text(most)).",
                remedy: "Read it as an extrapolation.")
        }
        return nil
    }

    /// `disorder[a] - disorder[b] + 0.5 age`
    static func words(_ parts: [(name: String, weight: Double)]) -> String {
        var text = ""
        for (name, weight) in parts where weight != 0 {
            let size = abs(weight) == 1 ? name : "\(NumberText.text(abs(weight))) \(name)"
            if text.isEmpty {
                text = weight < 0 ? "-\(size)" : size
            } else {
                text += weight < 0 ? " - \(size)" : " + \(size)"
            }
        }
        return text.isEmpty ? "0" : text
    }
}
