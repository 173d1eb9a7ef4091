import Inference
import Testing

@Suite("Permutations of subjects")
struct PermutationSchemeTests {
    private func scheme(_ groups: [(Int, Int)], _ requested: Int, seed: UInt64 = 1) -> PermutationScheme {
        PermutationScheme(
            groups.enumerated().map {
                PermutationScheme.Experiment(id: "e\($0.offset)", n1: $0.element.0, n2: $0.element.1)
            },
            requested: requested, seed: seed)
    }

    @Test("Permutation 0 is the identity: the plain mean, and the plain difference of means")
    func identity() {
        for requested in [1000, 1_000_000_000] {
            let scheme = scheme([(4, 0), (3, 2)], requested)
            #expect(scheme.weights(experiment: 0, permutation: 0).subjects == [0.25, 0.25, 0.25, 0.25])
            #expect(scheme.weights(experiment: 0, permutation: 0).slope == 1)
            let two = scheme.weights(experiment: 1, permutation: 0)
            let third = Float(1) / 3
            #expect(two.subjects == [third, third, third, -0.5, -0.5])
            #expect(two.slope == 1)
        }
    }

    @Test("When few exist, all are there, each once: 2⁴ sign patterns × C(5, 2) relabellings")
    func exhaustive() {
        let scheme = scheme([(4, 0), (3, 2)], 1000)
        #expect(scheme.isExhaustive && scheme.count == 160)
        #expect(scheme.smallestP == 1.0 / 160)
        let all = (0..<160).map { p in
            [
                scheme.weights(experiment: 0, permutation: p).subjects,
                scheme.weights(experiment: 1, permutation: p).subjects,
            ]
        }
        #expect(Set(all).count == 160)
    }

    @Test("Group sizes are kept, and the slope is the permuted difference of a constant effect in the first group")
    func relabelling() {
        let scheme = scheme([(7, 5), (130, 0)], 500)
        #expect(!scheme.isExhaustive && scheme.count == 500)
        for p in 0..<200 {
            let weights = scheme.weights(experiment: 0, permutation: p)
            #expect(weights.subjects.count { $0 > 0 } == 7)
            #expect(abs(weights.subjects[..<7].reduce(0, +) - weights.slope) < 1e-6)
            let signs = scheme.weights(experiment: 1, permutation: p)
            #expect(abs(signs.subjects.reduce(0, +) - signs.slope) < 1e-5)
        }
    }

    @Test("Flips are fair coins; every subject is as often in each group as the sizes say; no two subjects go together")
    func frequencies() {
        let draws = 20_000
        let scheme = scheme([(6, 4), (140, 0)], draws + 1)
        var inFirst = [Double](repeating: 0, count: 10)
        var together = 0.0
        var flips = [Double](repeating: 0, count: 140)
        for p in 1...draws {
            let weights = scheme.weights(experiment: 0, permutation: p).subjects
            for subject in 0..<10 where weights[subject] > 0 { inFirst[subject] += 1 }
            if weights[0] > 0, weights[9] > 0 { together += 1 }
            let signs = scheme.weights(experiment: 1, permutation: p).subjects
            for subject in 0..<140 where signs[subject] < 0 { flips[subject] += 1 }
        }
        let n = Double(draws)
        // Five standard errors.
        #expect(inFirst.allSatisfy { abs($0 / n - 0.6) < 5 * (0.24 / n).squareRoot() })
        #expect(abs(together / n - 6.0 * 5 / 90) < 5 * (0.25 / n).squareRoot())
        #expect(flips.allSatisfy { abs($0 / n - 0.5) < 5 * (0.25 / n).squareRoot() })
    }

    @Test("An experiment's permutations do not depend on the others, nor on how many are asked for")
    func addressable() {
        let one = scheme([(20, 0), (9, 9)], 500)
        let other = PermutationScheme(
            [.init(id: "e1", n1: 9, n2: 9), .init(id: "x", n1: 30, n2: 0)], requested: 9000, seed: 1)
        for p in [1, 17, 499] {
            #expect(
                one.weights(experiment: 1, permutation: p) == other.weights(experiment: 0, permutation: p))
        }
        #expect(
            one.weights(experiment: 0, permutation: 3)
                != scheme([(20, 0)], 500, seed: 2).weights(experiment: 0, permutation: 3))
    }
}
