import Inference
import Testing

@Suite("Permutations of studies within strata")
struct StudyPermutationsTests {
    @Test("Studies stay in their stratum; all orders are enumerated once where they are few")
    func enumerated() {
        let strata = [0, 1, 0, 1, 0]
        let test = StudyPermutations(studies: 5, strata: strata, requested: 100, seed: 1)
        #expect(test.isExhaustive && test.count == 12)
        #expect(test.order(0) == [0, 1, 2, 3, 4])
        #expect(Set((0..<12).map { test.order($0) }).count == 12)
        for permutation in 0..<12 {
            let order = test.order(permutation)
            for (study, source) in order.enumerated() { #expect(strata[study] == strata[Int(source)]) }
        }
    }

    @Test("Drawn orders stay in their stratum, and every study goes everywhere in it about equally often")
    func drawn() {
        let strata = (0..<20).map { $0 / 5 }
        let test = StudyPermutations(studies: 20, strata: strata, requested: 1000, seed: 3)
        var first = [Int](repeating: 0, count: 20)
        for permutation in 1..<1000 {
            let order = test.order(permutation)
            #expect(Set(order).count == 20)
            for (study, source) in order.enumerated() { #expect(strata[study] == strata[Int(source)]) }
            first[Int(order[7])] += 1
        }
        // 200 ± 12.6 (SD) each of the five in its stratum.
        #expect(first[5..<10].allSatisfy { (140...260).contains($0) })
    }

    @Test("One stratum gives the orders there were before strata; sizes that are equal have none")
    func same() {
        let plain = StudyPermutations(studies: 12, requested: 50, seed: 9)
        let one = StudyPermutations(studies: 12, strata: Array(repeating: 4, count: 12), requested: 50, seed: 9)
        for permutation in 0..<50 { #expect(plain.order(permutation) == one.order(permutation)) }
        #expect(StudyPermutations.strata(bySize: [20, 20, 20]) == nil)
        let strata = StudyPermutations.strata(bySize: [30, 10, 50, 11, 29, 12, 51, 13, 31, 14]) ?? []
        // The five smallest, the five largest.
        #expect(strata == [1, 0, 1, 0, 1, 0, 1, 0, 1, 0])
    }
}
