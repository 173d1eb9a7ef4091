public import ArgumentParser
public import Cuneus

/// Which project, and what the user says about data that do not say it themselves.
struct ProjectOptions: ParsableArguments {
    @Argument(
        help:
            "The project: a native or SDM folder, a Sleuth text, a NIMADS studyset (.json, .json.gz) or a Neurosynth coordinates table. Several are read as one; what follows a colon holds for one: inc.txt:+ dec.txt:-.",
        completion: .file())
    var project: [String]

    @Option(
        help: "Direction of peaks that carry neither sign nor statistic, as in Sleuth files: positive or negative.")
    var sign: AssumedSign?

    @Option(
        help: "Space of coordinates whose source names none: mni, talairach, talairach_spm, talairach_fsl or brett.")
    var space: CoordinateSpace?

    @Option(
        help: ArgumentHelp(
            "Annotation of a NIMADS studyset, whose columns join the study table (repeatable; default: the one beside it).",
            valueName: "json"),
        completion: .file(extensions: ["json", "gz"]))
    var annotation: [String] = []

    @Option(
        help: ArgumentHelp(
            "Sizes of the two groups where the input has one number: 18/18, or a table with study, n1 and n2.",
            valueName: "sizes"))
    var groups: GroupSizes?

    func read() throws(InputError) -> Project {
        var inputs: [ProjectInput] = []
        for text in project { inputs.append(try ProjectInput(commandLine: text)) }
        return try ProjectReader.read(
            inputs,
            assuming: ProjectReader.Assumptions(space: space, sign: sign, annotations: annotation, groups: groups))
    }
}

extension AssumedSign: ExpressibleByArgument {}
extension CoordinateSpace: ExpressibleByArgument {}

extension GroupSizes: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
