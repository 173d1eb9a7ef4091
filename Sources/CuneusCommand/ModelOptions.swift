import ArgumentParser
import Cuneus

/// A model on the command line, in place of the plan's.
struct ModelOptions: ParsableArguments {
    @Option(
        name: .customLong("covariate"),
        help: ArgumentHelp(
            "Covariate of a model given here instead of the plan's, or besides those of --model (repeatable): a column, or as in the plan, for example '{column: sessions, centre: mean}'. A single one is what is tested, unless --test says otherwise.",
            valueName: "column"))
    var covariates: [String] = []

    @Option(
        help: ArgumentHelp(
            "Which experiments that model takes, for example 'task == \"rest\" and controls == 1'.",
            valueName: "expression"))
    var filter: String?

    @Option(
        help: ArgumentHelp(
            "What that model tests: mean, a covariate, 'groups: column' or 'contrast: 0+1'.", valueName: "test"))
    var test: String?

    var isGiven: Bool { !covariates.isEmpty || filter != nil || test != nil }

    /// The project, with the model given here, if any, in place of its own.
    ///
    /// - Parameter names: models of the plan that were asked for. One is what the model given here starts from.
    /// - Returns: the project, and what is left to choose among its models.
    func applied(
        to project: Project, models names: [String] = []
    ) throws(InputError) -> (project: Project, names: [String]) {
        guard isGiven else { return (project, names) }
        guard names.count < 2 else {
            throw InputError(
                "--covariate, --filter and --test make one model, and --model names \(names.count).",
                remedy: "Give one --model, or write the models into the plan.")
        }
        let base = try AnalysisOptions.chosen(names, of: project).first
        let plan = try ModelPlan(
            commandLineCovariates: covariates, filter: filter, test: test, base: names.isEmpty ? nil : base)
        if covariates.count > 1, test == nil {
            Failure.complain(
                "note: --test says what is tested; without it, several covariates are held constant and "
                    + "\(plan.hypothesis.kind == .mean ? "the mean" : "what the model itself asks") is tested.")
        }
        return (try project.planning(plan), [])
    }
}
