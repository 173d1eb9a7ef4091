import ArgumentParser

@main
struct CuneusBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cuneus-bench",
        abstract: "How close to the published outputs and to a known truth, and how fast.",
        subcommands: [Conformance.self, Simulate.self, Speed.self])
}
