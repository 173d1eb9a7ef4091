import Inference
import Testing

@Suite("Corrected p values")
struct NullDistributionTests {
    private let null = NullDistribution(
        [5, 1, 2, 2, 3, 4, 0.5, 1.5, 2.5, 3.5].map { x in
            NullDistribution.Maxima(positive: SIMD4(repeating: x), negative: SIMD4(repeating: 6 - x))
        })

    @Test("p is the share of maxima at least as large, the identity among them")
    func corrected() {
        let p = null.correctedP(.voxel, .positive)
        #expect(p(5) == 0.1)
        #expect(p(6) == 0)
        #expect(p(2) == 0.7)
        #expect(p(-1) == 1)
        #expect(p(.nan).isNaN)
    }

    @Test("Two-tailed: against the larger tail of each permutation")
    func twoTailed() {
        // max(x, 6 − x): 5 5 4 4 3 4 5.5 4.5 3.5 3.5
        let p = null.correctedP(.voxel, .positive, isTwoTailed: true)
        #expect(p(5) == 0.3)
        #expect(p(5.5) == 0.1)
    }

    @Test("A threshold is the least maximum whose p is at or below the level, ties counted")
    func threshold() {
        let p = null.correctedP(.voxel, .positive)
        #expect(p.threshold(level: 0.1) == 5)
        #expect(p.threshold(level: 0.2) == 4)
        #expect(p.threshold(level: 0.6) == 2.5, "2 occurs twice: its p is 0.7")
        #expect(p.threshold(level: 0.05) == nil, "ten permutations cannot give p ≤ 0.05")
    }
}
