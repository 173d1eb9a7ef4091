import ArgumentParser

@main
struct CuneusBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cuneus-bench",
        abstract: "How close to the published outputs, and how fast.",
        discussion: "Without a subcommand: conformance, then speed.",
        subcommands: [Everything.self, Conformance.self, Speed.self, Permutations.self, Errors.self],
        defaultSubcommand: Everything.self)
}

/// What `make bench` runs.
struct Everything: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "all", abstract: "Conformance, then speed.")

    func run() async throws {
        try await Conformance.parse([]).run()
        print()
        try await Speed.parse([]).run()
    }
}
