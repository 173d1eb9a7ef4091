import PrimaryStudy
import Statistics
import Testing

@Suite struct RearrangementsTests {
    @Test(arguments: 2...10) func allSignFlipsAreMadeOnce(rows: Int) {
        let all = Rearrangements(ExchangeScheme(.signFlips), rows: rows, requested: 1024, seed: 3)
        #expect(all.isExhaustive)
        #expect(all.count == 1 << rows)
        #expect(Set((0..<all.count).map { all.flips($0) }).count == all.count)
        #expect(all.flips(0).allSatisfy { !$0 })
    }

    @Test func ofTwoGroupsEveryDivisionIsMadeOnce() {
        let classes = [1, 0, 0, 1, 0, 1, 0]
        let all = Rearrangements(ExchangeScheme(.permutations), rows: 7, classes: classes, requested: 100, seed: 1)
        #expect(all.isExhaustive)
        #expect(all.count == 35)
        let divisions = (0..<all.count).map { number in
            let order = all.order(number)
            #expect(Set(order).count == 7)
            return Set(order.indices.filter { classes[$0] == 1 }.map { order[$0] })
        }
        #expect(Set(divisions).count == 35)
        #expect(all.order(0) == Array(0..<7))
    }

    @Test func sessionsChangePlacesWithinPeopleOnly() {
        let blocks = [0, 0, 0, 1, 1, 1, 2, 2, 2]
        let classes = Array(0..<9)
        let all = Rearrangements(
            ExchangeScheme(.permutations, blocks: blocks), rows: 9, classes: classes, requested: 300, seed: 1)
        #expect(all.count == 216)
        var seen: Set<[Int]> = []
        for number in 0..<all.count {
            let order = all.order(number)
            #expect(order.indices.allSatisfy { blocks[order[$0]] == blocks[$0] })
            seen.insert(order)
        }
        #expect(seen.count == 216)
        let drawn = Rearrangements(
            ExchangeScheme(.permutations, blocks: blocks), rows: 9, requested: 50, seed: 1)
        #expect(!drawn.isExhaustive)
        for number in 0..<50 { #expect(drawn.order(number).enumerated().allSatisfy { blocks[$1] == blocks[$0] }) }
    }

    @Test func randomOrdersAndFlipsAreFair() {
        let drawn = Rearrangements(ExchangeScheme(.both), rows: 12, requested: 20_000, seed: 9)
        var places = [Int](repeating: 0, count: 12)
        var flipped = 0
        for number in 1..<20_000 {
            let order = drawn.order(number)
            places[order[3]] += 1
            flipped += drawn.flips(number)[5] ? 1 : 0
        }
        // Within 4.5 standard deviations of 1/12 and 1/2.
        for count in places { #expect(abs(Double(count) - 20_000.0 / 12) < 4.5 * 39.1) }
        #expect(abs(Double(flipped) - 10_000) < 4.5 * 70.7)
    }
}
