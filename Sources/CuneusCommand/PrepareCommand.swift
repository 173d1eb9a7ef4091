import ArgumentParser
import Cuneus

struct PrepareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prepare",
        abstract: "Compute once what all parts of a permutation test share, for cuneus permute --prepared.",
        discussion: """
            Before its first permutation a part of cuneus permute makes the templates, the bounds of what was reported, and
            the kernels of places that peaks are moved to, or the most likely effect, or the scores of the studies: seconds
            to a minute, the same in every part. Here that is written into one file for all models with a test that parts
            can share; a part that is given the file begins at once.

            The file belongs to this input, these settings and this version of cuneus, which it knows by their hashes: a part
            of anything else refuses it, as it does a damaged one. Parts are the same with the file and without it, byte for
            byte. It may be removed when the parts are done.

            It pays where there are many parts and a disk that all machines read fast: the file takes up to some hundred
            megabytes, which every part reads. cuneus slurm --prepare does it for an array of jobs.

            Example, on four machines with i = 1, 2, 3, 4:
              cuneus prepare my_project --out prepared.cuneus
              cuneus permute my_project --shard i/4 --out shard-i.tsv --prepared prepared.cuneus
            """)

    @OptionGroup var options: AnalysisOptions
    @Option(help: "Only this model of the plan (repeatable; default: all that have a test to share).")
    var model: [String] = []
    @Option(help: "The file that is written.", completion: .file()) var out: String

    func run() async throws {
        try await Interruption.cancellable { try await perform() }
    }

    @_optimize(none)
    private func perform() async throws {
        let opened = try options.open(models: model)
        let shared = opened.models.filter { SharedTest.permutations(of: $0.plan, $0.settings) != nil }
        guard !shared.isEmpty else {
            throw InputError(
                "no model has a permutation test that could be shared: there is nothing to prepare.",
                remedy: "Ask for a test, such as --set permutations=1000 with --method sdm-psi.")
        }
        let lock = try OutputPlace.lock(file: out)
        let progress = TerminalProgress(isQuiet: options.quiet)
        let spaces = SpaceStore()
        let permutation = try options.permutationOptions(kernels: KernelStore())
        var contents: [PreparedFile.Content] = []
        for (plan, settings) in shared {
            let (experiments, rows) = try opened.project.design(of: plan, settings: settings)
            let design = plan.isMeanOnly ? nil : rows
            let analysis = SeedBasedAnalysis(
                space: try spaces.space(settings), settings: settings, workers: options.workers, progress: progress)
            contents.append(
                try await analysis.preparedTest(
                    plan, experiments: experiments, design: design,
                    source: try PreparedSource(plan, experiments: experiments, design: design, settings: settings),
                    options: permutation))
        }
        let bytes = try PreparedFile.write(contents, program: CuneusVersion.text, to: out)
        withExtendedLifetime(lock) {}
        let names = shared.map(\.plan.name).joined(separator: ", ")
        try StandardOutput.print("\(out): \(names), \((bytes + 500_000) / 1_000_000) MB")
    }
}
