import ArgumentParser
import Cuneus

struct MergeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Put the parts of a permutation test together and write the results.",
        discussion: """
            Usage: cuneus merge PROJECT PART ... (the files that cuneus permute wrote), or, for all models of a plan,
            cuneus merge PROJECT --parts DIR, where DIR/<model>/ has the parts of a model.

            Checks that the parts belong to this project and these settings, that none is missing and none is there
            twice, and then writes what cuneus run would have written.
            """)

    @OptionGroup var options: AnalysisOptions
    @Option(
        help: "The model (default: the only one, or the first; with --parts all, and the option is repeatable).")
    var model: [String] = []
    @Option(
        help: ArgumentHelp(
            "Folder with a folder of parts for each model, in place of naming them; see cuneus slurm.", valueName: "dir"
        ),
        completion: .directory)
    var parts: String?
    @Option(
        help: ArgumentHelp("Folder for the results (default: cuneus-out/<project>).", valueName: "dir"),
        completion: .directory)
    var out: String?

    func validate() throws {
        if parts == nil, model.count > 1 { throw ValidationError("Parts that are named are of one --model.") }
    }

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
        if let parts {
            // All of these are inputs, those too that say nothing about themselves.
            return try await merge(options, options.project.project, from: parts)
        }
        options.project.project = inputs
        guard !shards.isEmpty else {
            throw InputError(
                "no part is named.", remedy: "Name the files that cuneus permute wrote, behind the project.")
        }
        let ledgers = try shards.map { try PermutationLedger.read($0).ledger }
        // Parsed, so that every option of a run has its default, those that are added later too.
        var command = try RunCommand.parse(inputs)
        command.options = options
        command.out = out
        let (project, names) = try options.read(models: model)
        let name = names.first ?? project.models.first?.name ?? "mean"
        command.model = options.adHoc.isGiven ? model : [name]
        try await command.perform(shards: [name: ledgers])
    }

    /// All models, with the parts of each from a folder of its own.
    @_optimize(none)
    private func merge(_ options: AnalysisOptions, _ inputs: [String], from folder: String) async throws {
        let (project, chosen) = try options.read(models: model)
        let plans = try AnalysisOptions.chosen(chosen, of: project)
        let names = project.models.map(\.name).filter { name in plans.contains { $0.name == name } }
        var shards: [String: [PermutationLedger]] = [:]
        var faults: [String] = []
        for (name, place) in zip(names, ModelFindings.folderNames(names)) {
            let path = Path.join(folder, place)
            let files = Path.contents(path).filter { $0.hasSuffix(".tsv") }.map { Path.join(path, $0) }
            // A model without parts has no test that could be shared, or it is run here.
            guard !files.isEmpty else { continue }
            do {
                shards[name] = try files.map { try PermutationLedger.read($0).ledger }
                faults += Self.faults(shards[name] ?? []).map { "model \"\(name)\": \($0)" }
            } catch {
                guard let problem = error as? PermutationLedger.Problem else { throw error }
                faults.append(problem.description)
            }
        }
        guard !shards.isEmpty || !faults.isEmpty else {
            throw InputError(
                at: SourceLocation(file: folder), "there are no parts of these models.",
                remedy: "Name the folder that has a folder of parts for each model.")
        }
        // Told before the work, which takes minutes.
        guard faults.isEmpty else {
            throw InputError(
                at: SourceLocation(file: folder), "the parts are not all there: \(faults.joined(separator: "; ")).",
                remedy: "Give the same cuneus slurm command again: it runs what is missing.")
        }
        var command = try RunCommand.parse(inputs)
        command.options = options
        command.out = out
        command.model = model
        try await command.perform(shards: shards)
    }

    /// Which permutations of a test its parts lack.
    private static func faults(_ ledgers: [PermutationLedger]) -> [String] {
        var faults: [String] = []
        var next = 0
        let sorted = ledgers.sorted {
            ($0.header.range.lowerBound, $0.header.range.upperBound)
                < ($1.header.range.lowerBound, $1.header.range.upperBound)
        }
        for ledger in sorted {
            let range = ledger.header.range
            if range.lowerBound > next { faults.append("permutations \(next) to \(range.lowerBound - 1) are missing") }
            if !ledger.isComplete {
                faults.append(
                    "\(PathParts.name(ledger.path)) ends at permutation \(ledger.next) of \(range.upperBound)")
            }
            next = max(next, range.upperBound)
        }
        if let total = sorted.last?.header.permutations, next < total {
            faults.append("permutations \(next) to \(total - 1) are missing")
        }
        return faults
    }
}
