import Convergence
import Imaging
import Inference
import Testing

@Suite("Chi-square where nothing, or nearly everything, is active")
struct ChiSquareEdgeTests {
    private static func space() throws -> ConvergenceSpace {
        let grid = try #require(Grid(shape: [30, 30, 30], affine: Affine(scale: [2, 2, 2], origin: [-30, -30, -30])))
        return try ConvergenceSpace(mask: Mask(grid: grid) { _ in true })
    }

    private static func sets(_ count: Int, at focus: SIMD3<Double>, _ name: String) -> [FociSet] {
        (0..<count).map { FociSet(id: "\(name)\($0)", sampleSize: 20, foci: [focus]) }
    }

    @Test("no posterior is NaN, and the group given no activation is 0: a viewer shows NaN as a hole in the brain")
    func posteriors() async throws {
        let outcome = try await MKDAChi2().run(
            Self.sets(3, at: [-20, 0, 0], "a"), Self.sets(4, at: [20, 0, 0], "b"), in: Self.space())
        let active = try #require(outcome.maps[nimare: "prob_desc-A"])
        for name in ["prob_desc-FgA", "prob_desc-FgA_prior"] {
            let map = try #require(outcome.maps[nimare: name])
            #expect(map.allSatisfy { !$0.isNaN })
            #expect(zip(active, map).allSatisfy { $0 != 0 || $1 == 0 })
            // Around the first group's focus every active experiment is of the first group.
            #expect(map.max() == 1)
        }
    }

    @Test("p of a test is never 0, however strong: 0 is the one thing a probability from data cannot be")
    func smallestP() async throws {
        let outcome = try await MKDAChi2().run(
            Self.sets(40, at: [-20, 0, 0], "a"), Self.sets(40, at: [-20, 0, 0], "b"), in: Self.space())
        let p = try #require(outcome.maps[nimare: "p_desc-uniformity"])
        let logp = try #require(outcome.maps[nimare: "logp_desc-uniformity"])
        // 40 experiments active at 515 of 27,000 voxels: chi-square 2,057, p 10^-448.
        #expect(logp.max().map { $0 > 400 } == true)
        #expect(p.allSatisfy { $0 > 0 && $0 <= 1 })
        #expect(p.min() == .leastNonzeroMagnitude)
    }
}
