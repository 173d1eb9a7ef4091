import Evidence
import Imaging
import Inference
import SeedBasedMapping
import Simulation
import Statistics
import Testing

/// The agreement test of a model that the pipeline has prepared.
@Suite("Agreement test: of a prepared model")
struct AgreementPipelineTests {
    @Test("A blob in simulated studies is found where it is, from their tables")
    func simulated() async throws {
        let space = try #require(AgreementSpace.make())
        var design = SimulationDesign()
        design.studies = 12
        design.effect = 0.8
        design.centre = [30, -18, 22]
        design.extent = 640
        design.noiseFWHM = 10
        let simulation = SimulatedStudies(design, mask: space.mask)
        let analysis = SeedBasedAnalysis(space: space, settings: Settings(), workers: Workers(threads: 2))
        let plan = ModelPlan(name: "blob")
        let model = try await analysis.prepare(plan, experiments: simulation.experiments(replicate: 0))
        let test = try await analysis.agreementTest(model)
        let rows = try await test.maxima(0..<40)
        let result = FamilyWiseResult(
            observed: test.observed().z, null: NullDistribution(rows.map(\.plain)), statistics: test.statistics,
            isExhaustive: false, isTwoTailed: false, instructions: .best)
        let p = result.map(.tfce, .positive).p
        let best = try #require(p.indices.min { p[$0] < p[$1] })
        let step = space.mask.world(at: best) - space.mask.world(at: simulation.centre)
        #expect(p[best] <= 0.05)
        #expect((step * step).sum().squareRoot() < 25)
    }
}
