import ArgumentParser
import Cuneus

struct PermuteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "permute",
        abstract: "Run one part of a model's permutation test, for many machines to share the work.",
        discussion: """
            Every part (shard) is a file of its own that says what it belongs to. A part that was interrupted resumes
            when the same command is given again. cuneus merge puts the parts together; the result is that of
            cuneus run, byte for byte.

            Example, on four machines with i = 1, 2, 3, 4:
              cuneus permute my_project --shard i/4 --out shard-i.tsv
            then
              cuneus merge my_project shard-*.tsv --out results

            Every part first computes what all parts share: seconds to a minute. Computed once and handed to all:
              cuneus prepare my_project --out prepared.cuneus
              cuneus permute my_project --shard i/4 --out shard-i.tsv --prepared prepared.cuneus
            """)

    @OptionGroup var options: AnalysisOptions
    @Option(help: "The model (default: the only one, or the first).") var model: String?
    @Option(help: ArgumentHelp("Which part of how many.", valueName: "i/n")) var shard: Shard
    @Option(help: "File of this part.") var out: String
    @Option(
        help: ArgumentHelp(
            "What all parts share, from cuneus prepare; the part is the same, byte for byte.", valueName: "file"),
        completion: .file())
    var prepared: String?

    /// At most a million of them: more than there are permutations.
    struct Shard: ExpressibleByArgument {
        var number: Int
        var count: Int

        init?(argument: String) {
            let parts = argument.split(separator: "/").compactMap { Int($0) }
            guard parts.count == 2, (1...1_000_000).contains(parts[1]), (1...parts[1]).contains(parts[0]) else {
                return nil
            }
            (number, count) = (parts[0], parts[1])
        }
    }

    func run() async throws {
        try await Interruption.cancellable { try await perform() }
    }

    @_optimize(none)
    private func perform() async throws {
        let opened = try options.open(models: model.map { [$0] } ?? [])
        guard let (plan, settings) = opened.models.first else { return }
        guard settings.permutations > 0 || settings.testsAgreement(of: plan) || settings.testsCovariates(of: plan)
        else {
            throw InputError("permutations is 0: there is nothing to share.", remedy: "Use --set permutations=1000.")
        }
        let lock = try OutputPlace.lock(file: out)
        let (experiments, rows) = try opened.project.design(of: plan, settings: settings)
        let design = plan.isMeanOnly ? nil : rows
        var permutation = try options.permutationOptions(ledger: out)
        if let prepared {
            permutation.prepared = try PreparedFile(prepared, program: CuneusVersion.text).test(
                of: plan.name,
                source: try PreparedSource(plan, experiments: experiments, design: design, settings: settings))
        }
        let analysis = SeedBasedAnalysis(
            space: try permutation.prepared?.space ?? AnalysisSpace(settings: settings), settings: settings,
            workers: options.workers, progress: TerminalProgress(isQuiet: options.quiet))
        let ledger = try await analysis.permute(
            plan, experiments: experiments, design: design, shard: shard.number, of: shard.count, options: permutation)
        withExtendedLifetime(lock) {}
        try StandardOutput.print(
            "\(plan.name): permutations \(ledger.header.range) of \(ledger.header.permutations) in \(out)")
    }
}
