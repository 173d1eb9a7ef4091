import ArgumentParser
import Cuneus

/// What a study asks, and of whom.
struct StudyQuestionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Sessions compared within people: the last minus the first.", valueName: "column=a,b"))
    var paired: String?

    @Option(
        help: ArgumentHelp(
            "Two groups: the first minus the second; more: does any differ (F)?", valueName: "column=a,b"))
    var groups: String?

    @Option(
        help: ArgumentHelp(
            "A number that the images go with: a column, change:column or baseline:column. Several, between commas: any of them (F)?",
            valueName: "columns"))
    var correlate: String?

    @Option(
        help: ArgumentHelp(
            "Columns held constant; change: and baseline: before a name say which of several sessions.",
            valueName: "columns"))
    var covariates: String?

    @Option(help: ArgumentHelp("All of this as a formula.", valueName: "formula")) var formula: String?

    @Option(help: ArgumentHelp("Take only these rows (repeatable).", valueName: "column=a,b")) var only: [String] = []

    @Option(
        help: ArgumentHelp("Which images of a folder of derivatives (repeatable).", valueName: "entity=label"))
    var entity: [String] = []

    @Option(
        name: .customLong("values"),
        help: ArgumentHelp("Columns with values of regions, in place of images.", valueName: "columns"))
    var valueColumns: String?

    @Option(help: ArgumentHelp("The column of people, where it has another name.", valueName: "name"))
    var subjectColumn: String?
    @Option(help: ArgumentHelp("The column of sessions.", valueName: "name")) var sessionColumn: String?
    @Option(help: ArgumentHelp("The column of images.", valueName: "name")) var imageColumn: String?

    @Flag(help: "Leave out people who lack a session, an image or a number; else they are errors.")
    var dropIncomplete = false

    func validate() throws {
        if formula != nil, paired != nil || groups != nil || correlate != nil || covariates != nil {
            throw ValidationError("Give --formula, or --paired, --groups, --correlate and --covariates; not both.")
        }
    }

    var values: [String] {
        (valueColumns ?? "").split(separator: ",").map { String($0.drop { $0 == " " }) }.filter { !$0.isEmpty }
    }

    func opened(_ path: String) throws -> (table: ParticipantTable, design: ParticipantDesign) {
        var entities: [String: String] = [:]
        for text in entity {
            let halves = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard halves.count == 2 else {
                throw InputError("--entity is \"\(text)\".", remedy: "Write for example --entity contrast=fear.")
            }
            entities[halves[0]] = halves[1]
        }
        var table = try ParticipantTable.open(
            path,
            columns: ParticipantColumns(subject: subjectColumn, session: sessionColumn, image: imageColumn),
            entities: entities)
        for text in only { table = try table.selecting(try StudyLevels(text, option: "--only", counts: 1...100)) }
        let question =
            if let formula {
                try StudyQuestion(formula: formula, table: table)
            } else {
                try StudyQuestion(paired: paired, groups: groups, correlate: correlate, covariates: covariates)
            }
        return (table, try ParticipantDesign(question, table: table, dropsIncomplete: dropIncomplete))
    }
}
