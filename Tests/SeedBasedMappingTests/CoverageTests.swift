import Evidence
import Foundation
import Imaging
import Inference
import SeedBasedMapping
import Statistics
import TestSupport
import Testing

/// A failure would mean that studies of a part of the brain are taken as studies of all of it.
@Suite("Experiments that looked at a part of the brain")
struct CoverageTests {
    private typealias Base = SeedBasedAnalysisTests

    /// The right half, as an image beside the tests' own files.
    private static func withCoverage(_ scratch: Scratch) throws -> [Experiment] {
        let mask = Base.space.mask
        let values = (0..<mask.count).map { mask.world(at: $0).x >= 0 ? Float(1) : 0 }
        let path = "\(scratch.path)/right.nii.gz"
        try NIfTIImage(mask.scatter(values)).write(to: path)
        var experiments = Base.experiments
        experiments[3].coverage = Experiment.Coverage(path: path, source: SourceLocation(file: "studies.tsv", line: 5))
        return experiments
    }

    private static func run(_ experiments: [Experiment], _ settings: [String]) async throws -> ModelResult {
        let settings = try Settings().applying(settings.map { try SettingAssignment(commandLine: $0) })
        return try await SeedBasedAnalysis(space: Base.space, settings: settings, workers: Workers(threads: 2)).run(
            .mean, experiments: experiments)
    }

    @Test("Outside its coverage the model is that without it, inside that with it", arguments: ["effects", "sdm-psi"])
    func model(method: String) async throws {
        let scratch = try Scratch()
        let settings =
            ["method=\(method)", "relocations=0", "permutations=0", "imputations=10", "samples=separate"]
            + (method == "effects" ? [] : ["leave_out=0", "effect_smoothing=0", "tau2_smoothing=0"])
        let covered = try await Self.run(Self.withCoverage(scratch), settings).maps
        let all = try await Self.run(Base.experiments, settings).maps
        var fewer = Base.experiments
        fewer.remove(at: 3)
        let without = try await Self.run(fewer, settings).maps
        let mask = Base.space.mask
        for voxel in stride(from: 0, to: mask.count, by: 37) {
            let other = mask.world(at: voxel).x >= 0 ? all : without
            #expect(abs(covered.g[voxel] - other.g[voxel]) < 1e-4)
            #expect(covered.df[voxel] == other.df[voxel])
        }
    }

    @Test("Its peaks are relocated within what it looked at, and the rest of the test knows")
    func agreement() async throws {
        let scratch = try Scratch()
        let settings = ["relocations=19", "samples=separate", "imputations=2"]
        let covered = try await Self.run(Self.withCoverage(scratch), settings)
        #expect(covered.familyWise?.kind == .relocations)
        #expect(covered.notices.isEmpty)
    }

    @Test("A peak where nobody looked is told with its place; an image without a voxel of the mask is refused")
    func contradictions() async throws {
        let scratch = try Scratch()
        var experiments = try Self.withCoverage(scratch)
        experiments[4].coverage = experiments[3].coverage
        let result = try await Self.run(experiments, ["relocations=0", "imputations=2", "samples=separate"])
        let notice = try #require(result.notices.first { $0.code == "peak-outside-coverage" })
        #expect(notice.message.contains("'e'"))
        let mask = Base.space.mask
        let empty = "\(scratch.path)/empty.nii.gz"
        try NIfTIImage(mask.scatter([Float](repeating: 0, count: mask.count))).write(to: empty)
        experiments[3].coverage?.path = empty
        await #expect(throws: InputError.self) {
            try await Self.run(experiments, ["relocations=0", "imputations=2"])
        }
    }
}
