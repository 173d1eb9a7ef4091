import Evidence
import Formats
import Imaging
import Inference
import PrimaryStudy
import Reporting
import TestSupport
import Testing

@Suite("A study as an experiment of a project")
struct StudyExperimentTests {
    private func result() async throws -> StudyResult {
        try await StudyFixture.analysis().run(workers: Workers(threads: 2))
    }

    @Test("A project is made where there is none; reading it gives the map, n and peaks")
    func fresh() async throws {
        let scratch = try Scratch()
        let result = try await result()
        let project = "\(scratch.path)/project"
        let files = try StudyExperiment(result, id: "mine", run: "out").add(to: project)
        #expect(files.contains("\(project)/maps/mine_t.nii.gz"))
        let read = try ProjectReader.read(project)
        let experiment = try #require(read.experiments.first)
        #expect(experiment.id == "mine")
        #expect(experiment.n1 == 10)
        #expect(experiment.n2 == 0)
        #expect(experiment.degreesOfFreedom == 9)
        #expect(experiment.hasMap)
        #expect(experiment.peaksBesideMap.count == result.findings.flatMap(\.cluster.peaks).count)
        let image = try NIfTIImage(contentsOf: "\(project)/maps/mine_t.nii.gz")
        let values = result.mask.values(of: image.volume(0))
        #expect(zip(values, result.fit.statistic).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) })
    }

    @Test("A project that is there keeps its rows and columns; the same name twice is refused with its line")
    func existing() async throws {
        let scratch = try Scratch([
            "project/studies.tsv": "experiment\tn1\tyear\nolder\t22\t2011\n",
            "project/peaks.tsv": "experiment\tx\ty\tz\nolder\t1\t2\t3\n",
        ])
        let result = try await result()
        let project = "\(scratch.path)/project"
        let made = try StudyExperiment(result, id: "mine", run: "out")
        _ = try made.add(to: project)
        let read = try ProjectReader.read(project)
        #expect(read.experiments.map(\.id) == ["older", "mine"])
        #expect(read.experiments[0].covariates["year"] == .number(2011))
        #expect(read.experiments[0].peaks.count == 1)
        let error = #expect(throws: InputError.self) { try made.add(to: project) }
        #expect(error?.location?.line == 3)
    }

    @Test("Names that cannot be an experiment's are refused")
    func names() async throws {
        let result = try await result()
        for id in ["", "a b", "../x", ".hidden"] {
            #expect(throws: InputError.self) { try StudyExperiment(result, id: id, run: "out") }
        }
    }
}
