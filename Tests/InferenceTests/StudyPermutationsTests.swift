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

    @Test("Studies of one size share a stratum, in whatever order the table has them")
    func ties() {
        // Eleven of 20 people and one of 21; by their place in the table alone the first six would be kept from the others.
        let nearly = StudyPermutations.strata(bySize: Array(repeating: 20, count: 11) + [21]) ?? []
        #expect(nearly == Array(repeating: 0, count: 11) + [1])
        // Ranks 0, 1, 2 | 3 to 6 | 7, 8, 9: twice the mean ranks 0, 2, 4, 9, 14, 16, 18, times 2, by 20.
        let sizes = [10, 11, 12, 15, 15, 15, 15, 30, 31, 32]
        let strata = StudyPermutations.strata(bySize: sizes) ?? []
        #expect(strata == [0, 0, 0, 0, 0, 0, 0, 1, 1, 1])
        let other = StudyPermutations.strata(bySize: sizes.reversed())
        #expect(other == strata.reversed(), "strata depend on the table's order")
    }
}
