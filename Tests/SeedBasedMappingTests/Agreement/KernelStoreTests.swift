import Evidence
import Imaging
import Inference
import SeedBasedMapping
import Simulation
import Testing

/// Models of a run share kernels. A failure would mean that a model's corrected p depends on which models ran before it.
@Suite("Kernels shared by models")
struct KernelStoreTests {
    @Test("A test with kernels of another model has the rows it has with its own")
    func same() async throws {
        let space = SeedBasedAnalysisTests.space
        let settings = try Settings().applying(["relocations=19"].map { try SettingAssignment(commandLine: $0) })
        let analysis = SeedBasedAnalysis(space: space, settings: settings, workers: Workers(threads: 2))
        let experiments = SeedBasedAnalysisTests.experiments
        let store = KernelStore()
        for part in [experiments, Array(experiments.dropLast(2)), experiments.reversed()] {
            let model = try await analysis.prepare(.mean, experiments: part)
            // Fewer start points than voxels, so that observed peaks need kernels of their own.
            let own = try await analysis.agreementTest(model, startPoints: 200)
            let shared = try await analysis.agreementTest(model, startPoints: 200, kernels: store)
            #expect(shared.kernelBytes == own.kernelBytes)
            let rows = try await own.maxima(0..<10)
            #expect(try await shared.maxima(0..<10) == rows)
        }
    }
}
