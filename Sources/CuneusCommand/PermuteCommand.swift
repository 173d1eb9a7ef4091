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
            """)

    @OptionGroup var options: AnalysisOptions
    @Option(help: "The model (default: the only one, or the first).") var model: String?
    @Option(help: ArgumentHelp("Which part of how many.", valueName: "i/n")) var shard: Shard
    @Option(help: "File of this part.") var out: String

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
        let analysis = SeedBasedAnalysis(
            space: try AnalysisSpace(settings: settings), settings: settings, workers: options.workers,
            progress: TerminalProgress(isQuiet: options.quiet))
        let (experiments, design) = try opened.project.design(of: plan, settings: settings)
        let ledger = try await analysis.permute(
            plan, experiments: experiments, design: plan.isMeanOnly ? nil : design, shard: shard.number,
            of: shard.count, options: try options.permutationOptions(ledger: out))
        withExtendedLifetime(lock) {}
        try StandardOutput.print(
            "\(plan.name): permutations \(ledger.header.range) of \(ledger.header.permutations) in \(out)")
    }
}
