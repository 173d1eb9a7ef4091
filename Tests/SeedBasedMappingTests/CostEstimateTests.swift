import Evidence
import Imaging
import Inference
import SeedBasedMapping
import Testing

@Suite("What a run is said to take")
struct CostEstimateTests {
    private func estimate(
        _ experiments: Int, subjects: Int, permutations: Int, memory: Int = 4 << 30
    ) throws -> CostEstimate {
        var settings = Settings.sdmPSI
        settings.permutations = permutations
        let list = (0..<experiments).map { index in
            Experiment(
                id: "E\(index)", study: "S", sample: "S\(index)",
                n1: subjects / experiments + (index < subjects % experiments ? 1 : 0), report: .peaks([]),
                source: SourceLocation(file: "studies.tsv"))
        }
        return CostEstimate(
            experiments: list, settings: settings, space: try AnalysisSpace(settings: settings),
            workers: Workers(threads: 2), memory: memory, instructions: .v4)
    }

    @Test(
        "is near what Docs/performance.md measured on two threads with AVX-512",
        arguments: [
            // experiments, subjects, permutations, seconds, MiB
            (50, 1018, 0, 20.0, 343.0), (50, 1018, 1000, 147, 2975), (22, 385, 1000, 81, 1416),
        ])
    func measured(_ experiments: Int, _ subjects: Int, _ permutations: Int, _ seconds: Double, _ mebibytes: Double)
        throws
    {
        let cost = try estimate(experiments, subjects: subjects, permutations: permutations)
        #expect(abs(cost.seconds / seconds - 1) < 0.2, "\(cost.seconds) s, measured \(seconds)")
        let found = Double(try #require(cost.bytes)) / Double(1 << 20)
        #expect(abs(found / mebibytes - 1) < 0.1, "\(found) MiB, measured \(mebibytes)")
    }

    @Test("keeps to the memory limit by drawing anew, and says when it cannot")
    func limited() throws {
        let whole = try #require(try estimate(50, subjects: 1018, permutations: 1000).bytes)
        let tight = try #require(try estimate(50, subjects: 1018, permutations: 1000, memory: 1 << 30).bytes)
        #expect(tight < whole / 2)
        #expect(try estimate(50, subjects: 1018, permutations: 1000, memory: 1 << 20).bytes == nil)
    }
}
