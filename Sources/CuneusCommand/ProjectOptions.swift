public import ArgumentParser
public import Cuneus

/// Which project, and what the user says about data that do not say it themselves.
struct ProjectOptions: ParsableArguments {
    @Argument(
        help:
            "The project: a native or SDM folder, a Sleuth text, a NIMADS studyset (.json, .json.gz) or a Neurosynth coordinates table.",
        completion: .file())
    var project: String

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

    func read() throws(InputError) -> Project {
        try ProjectReader.read(
            project, assuming: ProjectReader.Assumptions(space: space, sign: sign, annotations: annotation))
    }
}

extension AssumedSign: ExpressibleByArgument {}
extension CoordinateSpace: ExpressibleByArgument {}
