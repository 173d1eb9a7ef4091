import ArgumentParser

@main
struct CuneusBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cuneus-bench",
        abstract: "How close to the published outputs and to a known truth, and how fast.",
        discussion: "Without a subcommand: conformance, speed, then the permutation test's speed.",
        subcommands: [
            Everything.self, Conformance.self, Speed.self, Permutations.self, JackknifeSpeed.self, Simulate.self,
            Errors.self, ConvergenceSpeed.self, ImageSpeed.self, Compare.self, SideBySide.self,
        ],
        defaultSubcommand: Everything.self)
}

/// What `make bench` runs.
struct Everything: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "all", abstract: "Conformance, speed, permutations.")

    func run() async throws {
        try await Conformance.parse([]).run()
        print()
        try await Speed.parse([]).run()
        print()
        try await Permutations.parse([]).run()
    }
}
