public import Evidence

extension ModelPlan {
    /// A model given on the command line, in the words of the plan.
    ///
    /// - Parameters:
    ///   - covariates: each as in the plan's list: `age`, or `{column: sessions, centre: mean}`.
    ///   - filter: as in the plan.
    ///   - test: what stands after `test:` in the plan: `mean`, `age`, `groups: disorder`, `contrast: 0+1`.
    public init(commandLineCovariates covariates: [String], filter: String?, test: String?) throws(InputError) {
        self.init(name: "command_line")
        for text in covariates {
            guard let node = try PlanReader.compose(text, path: "--covariate \(text)", hasLines: false) else {
                continue
            }
            let covariate = try CovariateReader.read(node)
            if self.covariates.contains(where: { $0.name == covariate.name }) {
                throw InputError(at: node.source, "covariate \"\(covariate.name)\" stands twice.")
            }
            self.covariates.append(covariate)
        }
        if let filter {
            self.filter = try FilterExpression(parsing: filter, at: SourceLocation(file: "--filter"))
        }
        if let test, let node = try PlanReader.compose(test, path: "--test \(test)", hasLines: false) {
            hypothesis = try HypothesisReader.read(node)
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
