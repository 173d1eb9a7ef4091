import ArgumentParser

@main
struct CuneusBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cuneus-bench",
        abstract: "How close to the published outputs and to a known truth, and how fast.",
        discussion: "Without a subcommand: conformance, speed, then the permutation test's speed.",
        subcommands: [
            Everything.self, Conformance.self, Speed.self, Permutations.self, JackknifeSpeed.self, Simulate.self,
            Slope.self, SlopeRegions.self, VoxelSizes.self, Errors.self, ConvergenceSpeed.self, ImageConformance.self,
            ImageSpeed.self, Compare.self, SideBySide.self, TruthOfImages.self, TruthOfBounds.self, Coverage.self,
            WholeMaps.self, Gate.self, RealNulls.self, ReportSpeed.self, StudySpeed.self, StudyErrors.self,
            SynthesisCoverageTable.self, SelectionCoverage.self,
        ],
        defaultSubcommand: Everything.self)
}

/// What `make bench` runs.
struct Everything: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "all", abstract: "Conformance, speed, permutations, then the methods the field compares with.")

    func run() async throws {
        try await Conformance.parse([]).run()
        print()
        try await Speed.parse([]).run()
        print()
        try await Permutations.parse([]).run()
        print()
        try await ConvergenceSpeed.parse([]).run()
        print()
        try await ImageSpeed.parse([]).run()
        print()
        try await ReportSpeed.parse([]).run()
        print()
        try await StudySpeed.parse([]).run()
    }
}
