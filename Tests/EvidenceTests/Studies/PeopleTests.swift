import Evidence
import TestSupport
import Testing

@Suite("People")
struct PeopleTests {
    private func group(_ sample: String, _ n1: Int, _ n2: Int = 0, shares: Bool = false) -> People.Group {
        People.Group(sample: sample, n1: n1, n2: n2, sharesControls: shares)
    }

    @Test("of a sample the experiment with most people counts, once")
    func once() {
        #expect(People([group("A", 20), group("A", 18), group("B", 12, 10)]).count == 42)
        #expect(People([group("A", 20, 20), group("A", 30)]).count == 40)
    }

    @Test("first groups of experiments that share only their controls are added, the controls counted once")
    func sharedControls() {
        #expect(People([group("A", 20, 20, shares: true), group("A", 20, 20, shares: true)]).count == 60)
        #expect(People([group("A", 20, 20), group("A", 25, 20, shares: true)]).count == 65)
        #expect(People([group("A", 20, 18, shares: true), group("A", 25, 22, shares: true)]).count == 67)
    }

    @Test("what is not known is said, not counted as nothing")
    func unknown() {
        let people = People([group("A", 27)] + (1...905).map { group("S\($0)", 0) })
        #expect(people.words == "27 participants in 1 of 906 samples, the others of unknown size")
        #expect(People([group("A", 0)]).words == "an unknown number of participants")
        #expect(People([group("A", 1)]).words == "1 participant")
        #expect(People([group("A", 12345)]).words == "12,345 participants")
    }

    @Test("the count does not depend on the order, never exceeds the sum, and is at least the largest experiment")
    func property() {
        var random = SeededGenerator(7)
        for _ in 0..<2000 {
            let groups = (0..<Int.random(in: 1...8, using: &random)).map { _ in
                group(
                    ["A", "B", "C"].randomElement(using: &random)!, Int.random(in: 1...40, using: &random),
                    Int.random(in: 0...40, using: &random), shares: Bool.random(using: &random))
            }
            let count = People(groups).count
            #expect(count == People(groups.shuffled(using: &random)).count)
            #expect(count <= groups.reduce(0) { $0 + $1.n1 + $1.n2 })
            #expect(count >= groups.map { $0.n1 + $0.n2 }.max()!)
        }
    }
}
