import ImageBased
import Imaging
import Inference
import Statistics
import Testing

@Suite("Combined tests") struct CombinedTests {
    @Test(
        "Images of one sample, with a known null correlation: PyMARE's z and p",
        arguments: ["stouffers", "stouffers-n", "fishers", "fishers-n"])
    func grouped(name: String) async throws {
        let reference = try References.load().combined
        let voxels = reference.z[0].count
        var stack = try ImageStack(mask: row(of: voxels))
        for (image, z) in reference.z.enumerated() {
            try stack.append(
                .init(id: "\(image)", sample: "\(reference.groups[image])", sampleSize: reference.n[image]),
                values: [.z: z.map { Float($0) }])
        }
        let weighting: ImageWeighting = name.hasSuffix("-n") ? .sampleSize : .equal
        let dependence = ImageDependence.correlation(Matrix(rows: reference.correlation))
        let method: any ImageMethod =
            name.hasPrefix("stouffers")
            ? StouffersTest(weighting: weighting, dependence: dependence)
            : FishersTest(weighting: weighting, dependence: dependence)
        let maps = try await method.run(stack, workers: Workers(threads: 1))
        let expected = try #require(reference.results[name])
        for voxel in 0..<voxels {
            #expect(abs(Double(maps[.z]![voxel]) - expected.z[voxel]) < 1e-6)
            #expect(near(Double(maps[.p]![voxel]), expected.p[voxel], 1e-6))
        }
    }

    @Test("Correlations are mended for centring as by PyMARE")
    func centring() throws {
        let references = try References.load()
        let groups = references.combined.groups
        let samples = (0...groups.max()!).map { sample in groups.indices.filter { groups[$0] == sample } }
        let ours = NullCorrelation.undoCentring(Matrix(rows: references.centring.observed), samples: samples)
        for i in groups.indices {
            for j in groups.indices where i != j && groups[i] == groups[j] {
                #expect(abs(ours[i, j] - references.centring.corrected[i][j]) < 1e-10)
            }
        }
    }

    @Test(
        "Correlated images without an effect: the estimated correlation keeps Stouffer's error rate; ignoring it does not"
    )
    func errorRate() async throws {
        let draws = Draws("stouffer")
        let voxels = 20_000
        var stack = try ImageStack(mask: row(of: voxels))
        for image in 0..<12 {
            // Samples of three images that share half of their variance; an effect that all share must not matter.
            let z = (0..<voxels).map { voxel in
                Float(
                    0.5.squareRoot() * (draws.normal(100 + image / 3, voxel) + draws.normal(image, voxel))
                        + (voxel % 2 == 0 ? 0 : 2))
            }
            try stack.append(.init(id: "\(image)", sample: "\(image / 3)"), values: [.z: z])
        }
        func rate(_ dependence: ImageDependence) async throws -> Double {
            let p = try await StouffersTest(dependence: dependence).run(stack, workers: Workers(threads: 2))[.p]!
            return Double(stride(from: 0, to: voxels, by: 2).count { p[$0] < 0.05 }) / Double(voxels / 2)
        }
        let corrected = try await rate(.estimated)
        // Monte-Carlo error of 10,000 voxels: 0.0022; the correlation is estimated to about 0.01.
        #expect(abs(corrected - 0.05) < 0.008)
        #expect(try await rate(.ignored) > 0.12)
    }

    @Test("Extreme z neither overflow nor vanish")
    func extremes() async throws {
        var stack = try ImageStack(mask: row(of: 3))
        for image in 0..<6 {
            try stack.append(.init(id: "\(image)"), values: [.z: [60, -45, image == 0 ? 80 : 1e-6]])
        }
        let fisher = try await FishersTest().run(stack, workers: Workers(threads: 1))
        let stouffer = try await StouffersTest().run(stack, workers: Workers(threads: 1))
        // Six z of 60: 60·√6 by Stouffer.
        #expect(near(Double(stouffer[.z]![0]), 60 * 6.0.squareRoot(), 1e-6))
        #expect(near(Double(stouffer[.logp]![0]), 10800.0 / 2.302585 + 2.5, 1e-3))
        for maps in [fisher, stouffer] {
            #expect(maps[.z]!.allSatisfy { $0.isFinite })
            #expect(maps[.z]![1] < -100)
        }
    }
}
