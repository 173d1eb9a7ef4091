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

    @Test("The predictor: mean 0, SD 1, and with itself the correlation 1 of the identity")
    func predictor() {
        for n in [2, 4, 9, 50] {
            let x = PermutationScheme.predictor(subjects: n)
            #expect(abs(x.reduce(0, +)) < 1e-12)
            #expect(abs(x.reduce(0) { $0 + $1 * $1 } / Double(n - 1) - 1) < 1e-12)
            #expect(zip(x, x.dropFirst()).allSatisfy { $0 < $1 })
            for requested in [10, 1_000_000] {
                let scheme = PermutationScheme([.init(id: "r", predictorOf: n)], requested: requested, seed: 1)
                let weights = scheme.weights(experiment: 0, permutation: 0)
                #expect(weights.slope == 1)
                #expect(weights.subjects == x.map { Float($0 / Double(n - 1)) })
            }
        }
    }

    @Test("Shuffles of a predictor: 4! × 2³ sign patterns all there, each once; drawn ones put every value everywhere")
    func shuffles() {
        let few = PermutationScheme(
            [.init(id: "r", predictorOf: 4), .init(id: "s", n1: 3, n2: 0)], requested: 1000, seed: 1)
        #expect(few.isExhaustive && few.count == 192)
        let all = (0..<192).map { p in (0..<2).map { few.weights(experiment: $0, permutation: p).subjects } }
        #expect(Set(all).count == 192)

        let draws = 20_000
        let n = 9
        let many = PermutationScheme([.init(id: "r", predictorOf: n)], requested: draws + 1, seed: 1)
        #expect(!many.isExhaustive)
        let x = PermutationScheme.predictor(subjects: n)
        var places = [Int](repeating: 0, count: n * n)
        var slopes = 0.0
        var squares = 0.0
        for p in 1...draws {
            let order = many.order(experiment: 0, permutation: p)
            #expect(order.sorted() == Array(0..<n))
            for (subject, value) in order.enumerated() { places[subject * n + value] += 1 }
            let weights = many.weights(experiment: 0, permutation: p)
            let direct = zip(x, weights.subjects).reduce(0) { $0 + $1.0 * Double($1.1) }
            #expect(abs(Double(weights.slope) - direct) < 1e-6)
            slopes += direct
            squares += direct * direct
        }
        let share = 1 / Double(n)
        let error = (share * (1 - share) / Double(draws)).squareRoot()
        #expect(places.allSatisfy { abs(Double($0) / Double(draws) - share) < 5 * error })
        // Over all permutations the correlation of a vector with its shuffle has mean 0 and variance 1/(n − 1).
        #expect(abs(slopes / Double(draws)) < 5 / (Double(draws) * Double(n - 1)).squareRoot())
        #expect(abs(squares / Double(draws) * Double(n - 1) - 1) < 0.06)
    }
}
