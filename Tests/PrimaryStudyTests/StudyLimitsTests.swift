import PrimaryStudy
import Statistics
import Testing

@Suite("What a study of ten can show")
struct StudyLimitsTests {
    private let limits = StudyLimits(
        degreesOfFreedom: 9, dPerT: 1 / 10.0.squareRoot(), people: 10, isCorrelation: false,
        thresholds: [("p < .05", StudentT(degreesOfFreedom: 9).quantile(upperTail: 0.025)), ("not to be had", nil)])

    /// scipy 1.17.1, Scripts/reference/study_limits.py. Type M is by Simpson's rule, good to four digits.
    @Test(
        "Power, type M, type S and people needed are those of scipy's noncentral t",
        arguments: [
            (0, 0.2, 0.087657, 4.6902, 0.064931, 199), (1, 0.5, 0.293176, 2.01575, 0.001184, 34),
            (2, 0.8, 0.616233, 1.39938, 0.000017, 15),
        ])
    func noncentral(_ n: Int, _ d: Double, _ power: Double, _ m: Double, _ s: Double, _ people: Int) throws {
        let one = try #require(limits.rows.first?.cases[n])
        #expect(one.effect == d)
        #expect(abs(one.power - power) < 1e-6)
        #expect(abs(one.exaggeration - m) < 1e-3 * m)
        #expect(abs(one.wrongSign - s) < 1e-6)
        #expect(one.needed == people)
    }

    @Test("The smallest effect is 0.715, and a true one of 0.996 is found in four of five studies")
    func smallest() throws {
        let row = try #require(limits.rows.first)
        #expect(abs((row.smallest ?? 0) - 0.7154) < 1e-4)
        #expect(abs((row.detectable ?? 0) - 0.9960) < 1e-4)
    }

    @Test("Of correlations: no |r| below 0.632 counts in ten people")
    func correlation() throws {
        let limits = StudyLimits(
            degreesOfFreedom: 8, dPerT: 1, people: 10, isCorrelation: true,
            thresholds: [("p < .05", StudentT(degreesOfFreedom: 8).quantile(upperTail: 0.025))])
        let row = try #require(limits.rows.first)
        #expect(abs((row.smallest ?? 0) - 0.6319) < 1e-4)
        #expect(row.cases.map(\.effect) == [0.1, 0.3, 0.5])
        let powers = row.cases.map(\.power)
        #expect(zip(powers, powers.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test("A threshold that cannot be had has no numbers")
    func impossible() {
        #expect(limits.rows[1].critical == nil)
        #expect(limits.rows[1].cases.isEmpty)
    }
}
