import Evidence
import Formats
import Foundation
import Imaging
import Inference
import SeedBasedMapping
import Statistics
import Testing

@Suite("Statistic maps")
struct StatisticMapsTests {
    private static let space = SeedBasedAnalysisTests.space
    private static let mask = space.mask

    /// Loads an image made of one value per voxel of the test space, as experiment `a` of 20 participants.
    private func load(
        _ values: [Float], grid: Grid = space.grid, intent: Intent = .none, as kind: Experiment.StatisticMap.Kind = .t
    ) throws -> [Float] {
        let folder = NSTemporaryDirectory() + "cuneus-map-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let experiment = try experiment(values, grid: grid, intent: intent, as: kind, in: folder)
        guard case .map(let map) = experiment.report else { return [] }
        return try StatisticMapLoader.load(map, of: experiment, mask: Self.mask)
    }

    private func experiment(
        _ values: [Float], grid: Grid = space.grid, intent: Intent = .none, as kind: Experiment.StatisticMap.Kind = .t,
        in folder: String
    ) throws -> Experiment {
        let path = folder + "/a.nii.gz"
        try NIfTIImage(Volume(grid: grid, values: values), intent: intent).write(to: path)
        let source = SourceLocation(file: path)
        return Experiment(
            id: "a", study: "a", sample: "a", n1: 20,
            report: .map(Experiment.StatisticMap(path: path, kind: kind, source: source)), source: source)
    }

    private var count: Int { Self.space.grid.count }

    @Test("t becomes g by the sample's scale; 0 and NaN are missing")
    func values() throws {
        var image = [Float](repeating: 4.697432, count: count)
        image[Int(Self.mask.voxels[3])] = 0
        image[Int(Self.mask.voxels[4])] = .nan
        let g = try load(image)
        // The published project's peak: n = 20, t = 4.697432 is g = 1.0082681.
        #expect(abs(g[0] - 1.0082681) < 1e-6)
        #expect(g[3].isNaN && g[4].isNaN && !g[5].isNaN)
    }

    @Test("An image without a value in the mask is refused: it would take part in nothing")
    func empty() throws {
        #expect(throws: InputError.self) { _ = try load(Array(repeating: .nan, count: count)) }
        #expect(throws: InputError.self) { _ = try load(Array(repeating: 0, count: count)) }
        let elsewhere = try #require(
            Grid(shape: Self.space.grid.shape, affine: Affine(scale: [2, 2, 2], origin: [5000, 0, 0])))
        #expect(throws: InputError.self) { _ = try load(Array(repeating: 3, count: count), grid: elsewhere) }
    }

    @Test(
        "An image whose header says p, F or r is not read as t or z",
        arguments: [
            Intent.pValue, .log10PValue, .fTest(numerator: 1, denominator: 19), .correlation(degreesOfFreedom: 18),
        ])
    func otherStatistics(intent: Intent) throws {
        let image = [Float](repeating: 0.3, count: count)
        #expect(throws: InputError.self) { _ = try load(image, intent: intent) }
        #expect(throws: InputError.self) { _ = try load(image, intent: intent, as: .z) }
        _ = try load(image, intent: .tTest(degreesOfFreedom: 19))
        _ = try load(image, intent: .estimate("contrast"))
    }

    @Test("An image that does not say where its voxels are is refused, as a map and as a mask")
    func unplaced() throws {
        let path = NSTemporaryDirectory() + "cuneus-map-\(UUID().uuidString).nii"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try NIfTIImage(Volume(grid: .mni2mm, repeating: 3)).write(to: path)
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        // qform_code and sform_code of a NIfTI-1 header.
        for byte in 252..<256 { bytes[byte] = 0 }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let source = SourceLocation(file: path)
        let map = Experiment.StatisticMap(path: path, kind: .t, source: source)
        let experiment = Experiment(id: "a", study: "a", sample: "a", n1: 20, report: .map(map), source: source)
        #expect(throws: InputError.self) { _ = try StatisticMapLoader.load(map, of: experiment, mask: Self.mask) }
        var settings = Settings.sdmPSI
        settings.mask = .file(path)
        #expect(throws: InputError.self) { _ = try AnalysisSpace(settings: settings) }
    }

    @Test("A z too large to have a t is refused, not turned into an infinite effect")
    func hugeZ() throws {
        var image = [Float](repeating: 1, count: count)
        image[Int(Self.mask.voxels[7])] = 60
        #expect(throws: InputError.self) { _ = try load(image, as: .z) }
    }

    @Test("A map of part of the brain is told of, and counts only where it has values")
    func partial() async throws {
        let folder = NSTemporaryDirectory() + "cuneus-map-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let grid = Self.space.grid
        let half = (0..<grid.count).map { grid.world(atIndex: $0).x < 0 ? Float(4) : 0 }
        var settings = Settings.sdmPSI
        settings.imputations = 2
        let analysis = SeedBasedAnalysis(space: Self.space, settings: settings, workers: Workers(threads: 2))
        let result = try await analysis.run(.mean, experiments: [try experiment(half, in: folder)])
        #expect(result.notices.map(\.code) == ["map-coverage"])
        // n = 20, t = 4: g = 0.9599104·4/√20 (J of 19 degrees of freedom by scipy.special.gammaln).
        for position in 0..<Self.mask.count {
            let g = result.maps.g[position]
            #expect(Self.mask.world(at: position).x < 0 ? abs(g - 0.8585699) < 1e-5 : g.isNaN)
        }
    }
}
