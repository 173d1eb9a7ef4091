import ArgumentParser
import Cuneus

struct MergeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Put the parts of a permutation test together and write the results.",
        discussion: """
            Usage: cuneus merge PROJECT PART ... (the files that cuneus permute wrote).

            Checks that the parts belong to this project and these settings, that none is missing and none is there
            twice, and then writes what cuneus run would have written.
            """)

    @OptionGroup var options: AnalysisOptions
    @Option(help: "The model (default: the only one, or the first).") var model: String?
    @Option(
        help: ArgumentHelp("Folder for the results (default: cuneus-out/<project>).", valueName: "dir"),
        completion: .directory)
    var out: String?

    func run() async throws {
        try await Interruption.cancellable { try await perform() }
    }

    private func perform() async throws {
        // What follows the project are the parts; further inputs say something about themselves, such as dec.txt:-.
        var options = options
        var inputs: [String] = []
        var shards: [String] = []
        for text in options.project.project {
            let isInput = try inputs.isEmpty || ProjectInput(commandLine: text).path != text
            if isInput { inputs.append(text) } else { shards.append(text) }
        }
        options.project.project = inputs
        guard !shards.isEmpty else {
            throw InputError(
                "no part is named.", remedy: "Name the files that cuneus permute wrote, behind the project.")
        }
        let ledgers = try shards.map { try PermutationLedger.read($0).ledger }
        var command = RunCommand()
        command.options = options
        // A command that was not parsed has no defaults.
        command.out = out
        command.bounds = false
        command.lean = false
        command.verbose = false
        command.skipTrust = false
        command.maxsMinsZ = false
        command.noViewer = false
        command.figures = false
        command.naming = .nimare
        let asked = model.map { [$0] } ?? []
        let (project, names) = try options.read(models: asked)
        let name = names.first ?? project.models.first?.name ?? "mean"
        command.model = options.adHoc.isGiven ? asked : [name]
        try await command.perform(shards: [name: ledgers])
    }
}
