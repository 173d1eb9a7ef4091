import ArgumentParser

@main
struct CuneusBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cuneus-bench",
        abstract: "How close to the published outputs, and how fast.",
        subcommands: [Conformance.self, Speed.self])
}
