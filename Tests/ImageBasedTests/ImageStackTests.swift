import Foundation
import ImageBased
import Imaging
import Inference
import Statistics
import Testing

@Suite("Stacks and maps of images") struct ImageStackTests {
    @Test("Images on another grid are resampled; one whose header differs in the last digits is not")
    func grids() throws {
        let mask = box(6, 6, 6)
        let near = Grid(shape: [6, 6, 6], affine: Affine(scale: [2, 2, 2], origin: [1e-5, 0, 0]))!
        let values = (0..<216).map { Float($0 + 1) }
        var stack = try ImageStack(mask: mask)
        try stack.append(.init(id: "near"), images: [.effect: Volume(grid: near, values: values)])
        #expect(stack.values(.effect, of: 0) == values)
        // 4 mm voxels that hold x: linear interpolation gives x back where they reach.
        let coarse = Grid(shape: [4, 4, 4], affine: Affine(scale: [4, 4, 4], origin: [0, 0, 0]))!
        let ramp = (0..<64).map { Float(coarse.world(atIndex: $0).x + 1) }
        try stack.append(.init(id: "coarse"), images: [.effect: Volume(grid: coarse, values: ramp)])
        let found = stack.values(.effect, of: 1)!
        for voxel in 0..<216 { #expect(abs(found[voxel] - Float(mask.world(at: voxel).x + 1)) < 1e-5) }
        #expect(stack.bytes >= 2 * 216 * 4)
    }

    @Test("Corrected maps: Bonferroni and Benjamini–Hochberg over the voxels that have a value")
    func corrected() async throws {
        var stack = try ImageStack(mask: row(of: 5))
        for (image, z) in ([[2, -3, 0.5, 0, 1], [2.5, -3, 0.1, 0, 1.5]] as [[Float]]).enumerated() {
            try stack.append(.init(id: "\(image)"), values: [.z: z])
        }
        let maps = try await StouffersTest().run(stack, workers: Workers(threads: 1))
        let p = maps[.p]!
        #expect(p[3].isNaN)
        let bonferroni = try #require(maps.corrected(.bonferroni)?[nimare: "p_corr-FWE_method-bonferroni"])
        for voxel in [0, 1, 2, 4] { #expect(near(Double(bonferroni[voxel]), min(1, 4 * Double(p[voxel])), 1e-6)) }
        let fdr = try #require(maps.corrected(.benjaminiHochberg))
        // The four p by size: the step-up rule by hand.
        let sorted = [1, 0, 4, 2]
        var expected = [Double](repeating: 1, count: 5)
        var least = 1.0
        for (rank, voxel) in sorted.enumerated().reversed() {
            least = min(least, Double(p[voxel]) * 4 / Double(rank + 1))
            expected[voxel] = least
        }
        let corrected = try #require(fdr[nimare: "p_corr-FDR_method-indep"])
        for voxel in sorted { #expect(near(Double(corrected[voxel]), expected[voxel], 1e-6)) }
        #expect(fdr[nimare: "z_corr-FDR_method-indep"]![1] < 0 && bonferroni[3].isNaN)
    }

    @Test("Every estimator by name runs on a stack that has what it needs", arguments: ImageEstimator.allCases)
    func byName(estimator: ImageEstimator) async throws {
        let method = estimator.method
        let stack = try simulated("names", studies: 8, mask: row(of: 12), missing: 0).adding([.t, .z])
        let maps = try await method.run(stack, workers: Workers(threads: 1))
        for name in [MapName.Value.z, .p, .logp, .dof] {
            #expect(maps[name]?.allSatisfy { $0.isFinite } == true, "\(method.name) \(name)")
        }
        #expect(ImageEstimator(rawValue: estimator.rawValue) == estimator)
    }
}
