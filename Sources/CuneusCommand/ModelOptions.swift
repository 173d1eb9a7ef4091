import ArgumentParser
import Cuneus

/// A model on the command line, in place of the plan's.
struct ModelOptions: ParsableArguments {
    @Option(
        name: .customLong("covariate"),
        help: ArgumentHelp(
            "Covariate of a model given here instead of the plan's (repeatable): a column, or as in the plan, for example '{column: sessions, centre: mean}'.",
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

    /// The project, with the model given here, if any, in place of its own.
    func applied(to project: Project) throws(InputError) -> Project {
        guard !covariates.isEmpty || filter != nil || test != nil else { return project }
        return try project.planning(
            try ModelPlan(commandLineCovariates: covariates, filter: filter, test: test))
    }
}
