extension DesignMatrix {
    /// The design of a model for the experiments it takes.
    ///
    /// Experiments without a value of every covariate are left out first; means and standard deviations are those of the
    /// experiments that remain. Those of a sample that will be combined have one row, and count once.
    /// - Parameter samples: what becomes of experiments that share a sample.
    /// - Throws: ``InputError`` at the plan's line for a covariate that is constant, text, or a combination of others, for
    ///   levels, tests and predictions that do not exist, and for too few experiments; at the study's line for a cell
    ///   that is no number.
    public init(
        _ plan: ModelPlan, experiments: [Experiment], samples: Settings.SharedSamples = .separate
    ) throws(InputError) {
        try plan.checkColumns(Self.columnNames(of: experiments))
        let (complete, dropped) = Self.complete(experiments, plan)
        let rows = SharedSample.rows(of: complete, rule: samples, covariates: plan.covariateColumns)
        let kept = rows.map { complete[$0.lowerBound] }
        var notices = Self.notice(of: dropped, plan, remaining: complete.count).map { [$0] } ?? []
        if kept.isEmpty, !plan.covariates.isEmpty {
            throw InputError(
                at: plan.covariates.first?.source,
                "model \"\(plan.name)\": no experiment has \(plan.covariateColumns.joined(separator: " and ")).",
                remedy: "Fill in the columns, or leave covariates out.")
        }
        var terms: [CovariateTerm] = []
        for covariate in plan.covariates { terms.append(try CovariateTerm(covariate, experiments: kept)) }
        var columns = [Column(name: "intercept", covariate: nil, content: .intercept)]
        for (position, term) in terms.enumerated() { columns += term.columns(at: position) }
        var values: [Double] = []
        for index in kept.indices { values += [1] + terms.flatMap { $0.row(index) } }

        if columns.count > 1 {
            guard kept.count > columns.count else {
                throw InputError(
                    at: plan.covariates.first?.source,
                    "model \"\(plan.name)\" has \(columns.count) coefficients "
                        + "(\(columns.map(\.name).joined(separator: ", "))) and only \(kept.count) experiments"
                        + (kept.count < complete.count ? " (those of a sample count once)." : "."),
                    remedy: "At least \(columns.count + 1) are needed; take fewer covariates, or a wider filter.")
            }
            try Self.checkDependence(columns, values, plan)
        }
        let combinations = Combinations(columns: columns, values: values, rows: kept.count, terms: terms)
        let test = try combinations.test(plan)
        let predictions = try combinations.predictions(plan)
        notices += predictions.notices + combinations.contrastNotices(plan)
        notices += Self.warnings(columns, values, terms, kept, plan)
        self.init(
            members: rows.map { complete[$0].map(\.id) }, columns: columns, values: values, test: test,
            adjustedMeans: combinations.adjustedMeans, predictions: predictions.combinations, dropped: dropped,
            notices: notices)
    }

    private static func columnNames(of experiments: [Experiment]) -> [String]? {
        experiments.isEmpty ? nil : Set(experiments.flatMap(\.covariates.keys)).sorted()
    }

    private static func complete(_ experiments: [Experiment], _ plan: ModelPlan) -> ([Experiment], [Dropped]) {
        var kept: [Experiment] = []
        var dropped: [Dropped] = []
        for experiment in experiments {
            let missing = plan.covariateColumns.filter { experiment.value(ofColumn: $0) == .missing }
            if missing.isEmpty {
                kept.append(experiment)
            } else {
                dropped.append(Dropped(experiment: experiment.id, missing: missing))
            }
        }
        return (kept, dropped)
    }

    private static func notice(of dropped: [Dropped], _ plan: ModelPlan, remaining: Int) -> Notice? {
        guard !dropped.isEmpty else { return nil }
        let names = CovariateTerm.list(dropped.map(\.experiment))
        let missing = plan.covariateColumns.filter { name in dropped.contains { $0.missing.contains(name) } }
        return Notice(
            .warning, code: "covariate-missing", at: plan.covariates.first?.source ?? plan.source,
            "model \"\(plan.name)\" leaves out \(dropped.count) experiment\(dropped.count == 1 ? "" : "s") without "
                + "\(missing.joined(separator: " or ")): \(names); \(remaining) remain.",
            remedy: "Fill in the column if the papers say it.")
    }

    private static func checkDependence(_ columns: [Column], _ values: [Double], _ plan: ModelPlan) throws(InputError) {
        guard let found = Collinearity(data(columns, values)).dependence else { return }
        let column = columns[found.column + 1]
        let source = column.covariate.map { plan.covariates[$0].source } ?? plan.source
        let others = found.of.map { "\"\(columns[$0 + 1].name)\"" }
        guard !others.isEmpty else {
            throw InputError(
                at: source, "column \"\(column.name)\" of model \"\(plan.name)\" is the same in all experiments.",
                remedy: "A covariate must vary to be estimated; leave it out, or widen the filter.")
        }
        throw InputError(
            at: source,
            "column \"\(column.name)\" of model \"\(plan.name)\" is determined by \(others.joined(separator: ", ")) "
                + "(collinear): their effects cannot be told apart.",
            remedy: "Leave one of them out.")
    }

    /// Columns without the intercept.
    private static func data(_ columns: [Column], _ values: [Double]) -> [[Double]] {
        (1..<columns.count).map { column in
            stride(from: column, to: values.count, by: columns.count).map { values[$0] }
        }
    }

    /// Ten studies per coefficient: Cochrane Handbook, 10.11.5.1. R² above 0.9 makes standard errors three times as large.
    private static func warnings(
        _ columns: [Column], _ values: [Double], _ terms: [CovariateTerm], _ kept: [Experiment], _ plan: ModelPlan
    ) -> [Notice] {
        guard columns.count > 1 else { return [] }
        var notices: [Notice] = []
        let source = plan.covariates.first?.source ?? plan.source
        let share = Double(kept.count) / Double(columns.count - 1)
        if share < 10 {
            let few = share < 5
            notices.append(
                Notice(
                    .warning, code: few ? "far-too-few-per-coefficient" : "few-per-coefficient", at: source,
                    "model \"\(plan.name)\" has \(NumberText.text(share.rounded(digits: 1))) experiments per "
                        + "coefficient (\(kept.count) for \(columns.count - 1) besides the intercept); 10 or more are "
                        + "advised (Cochrane Handbook, 10.11.5.1).",
                    remedy: few
                        ? "Slopes from so few experiments are not to be relied on: take fewer covariates."
                        : "Read the result as exploratory."))
        }
        for term in terms {
            for level in term.levels {
                let members = kept.filter { $0.level(ofColumn: term.covariate.column) == level }
                guard members.count == 1 else { continue }
                notices.append(
                    Notice(
                        .warning, code: "level-of-one", at: term.covariate.source,
                        "\(term.covariate.column) is \"\(level)\" in one experiment only (\"\(members[0].id)\").",
                        remedy: "Its coefficient is this one experiment; merge levels, or leave it out with the filter."
                    ))
            }
        }
        let inflation = Collinearity(data(columns, values)).varianceInflation
        for (index, factor) in inflation.enumerated() where factor > 10 {
            let column = columns[index + 1]
            notices.append(
                Notice(
                    .warning, code: "nearly-collinear", at: column.covariate.flatMap { plan.covariates[$0].source },
                    "column \"\(column.name)\" of model \"\(plan.name)\" is nearly determined by the others "
                        + "(variance inflation \(NumberText.text(factor.rounded(digits: 0)))).",
                    remedy: plan.covariates.contains { $0.isPower }
                        ? "Centre a covariate before squaring it: centre: mean." : "Consider leaving one of them out."))
        }
        return notices
    }
}

extension ModelPlan {
    /// Columns of the study table the design needs, each once, in order.
    public var covariateColumns: [String] {
        var seen: Set<String> = []
        return covariates.map(\.column).filter { seen.insert($0).inserted }
    }

    /// - Parameter columns: further columns of the study table; nil when not known.
    /// - Throws: when the table lacks a column of a covariate, naming the nearest.
    func checkColumns(_ columns: [String]?) throws(InputError) {
        guard let columns else { return }
        let known = FilterExpression.builtInColumns + columns
        for covariate in covariates where !known.contains(covariate.column) {
            throw InputError(
                at: covariate.source, "covariates: there is no column \"\(covariate.column)\".",
                remedy: Nearest.suggestion(covariate.column, among: known, called: "columns"))
        }
    }
}

extension Covariate {
    fileprivate var isPower: Bool { if case .numeric(_, _, let power) = kind { power > 1 } else { false } }
}

extension Experiment {
    /// The name of the level a categorical covariate has here; empty when missing.
    func level(ofColumn column: String) -> String {
        switch value(ofColumn: column) {
        case .number(let number): NumberText.text(number)
        case .text(let text): text
        case .missing: ""
        }
    }
}
