public import Evidence

extension ModelPlan {
    /// A model given on the command line, in the words of the plan: one of its own, or one of the plan's models with more asked of it.
    ///
    /// Without `test`, a single covariate is what is tested; several are held constant while the mean (of `base`: its own hypothesis)
    /// is.
    ///
    /// - Parameters:
    ///   - covariates: each as in the plan's list: `age`, or `{column: sessions, centre: mean}`.
    ///   - filter: as in the plan.
    ///   - test: what stands after `test:` in the plan: `mean`, `age`, `groups: disorder`, `contrast: 0+1`.
    ///   - base: the model that takes these covariates besides its own, and only those of its experiments that meet the filter.
    public init(
        commandLineCovariates covariates: [String], filter: String?, test: String?, base: ModelPlan? = nil
    ) throws(InputError) {
        self = base ?? ModelPlan(name: "command_line")
        var added: [Covariate] = []
        for text in covariates {
            guard let node = try PlanReader.compose(text, path: "--covariate \(text)", hasLines: false) else {
                continue
            }
            let covariate = try CovariateReader.read(node)
            if (self.covariates + added).contains(where: { $0.name == covariate.name }) {
                throw InputError(at: node.source, "covariate \"\(covariate.name)\" stands twice.")
            }
            added.append(covariate)
        }
        self.covariates += added
        if let filter {
            let own = try FilterExpression(parsing: filter, at: SourceLocation(file: "--filter"))
            if let known = base?.filter { self.filter = try known.and(own) } else { self.filter = own }
        }
        if let test, let node = try PlanReader.compose(test, path: "--test \(test)", hasLines: false) {
            hypothesis = try HypothesisReader.read(node)
        } else if added.count == 1 {
            hypothesis = Hypothesis(.covariate(added[0].name), source: added[0].source)
        }
        if let base {
            let words = added.map(\.name) + (filter == nil ? [] : ["filtered"]) + (test == nil ? [] : ["tested"])
            name = ([base.name] + words).joined(separator: "_")
        }
        source = SourceLocation(file: "command line")
    }
}

extension Project {
    /// This project with `model` in place of its own models.
    /// - Throws: when the model names columns that the study table does not have.
    public func planning(_ model: ModelPlan) throws(InputError) -> Project {
        var project = self
        project.models = [model]
        try project.checkModelColumns()
        return project
    }
}
