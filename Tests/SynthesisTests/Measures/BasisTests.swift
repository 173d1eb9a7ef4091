import Evidence
import Synthesis
import Testing

/// What a row offers decides its measure.
@Suite("From a row to its measure")
struct BasisTests {
    private let groups: [OutcomeQuantity: Double] = [
        .m1i: 10, .sd1i: 2, .n1i: 20, .m2i: 9, .sd2i: 2, .n2i: 22,
    ]

    @Test("the published effect comes before the means, the means before counts")
    func order() throws {
        var numbers = groups
        numbers[.ai] = 3
        numbers[.ci] = 5
        var effect = try #require(measured([row(numbers)]).effects.first)
        #expect(effect.measure == .standardizedMeanDifference)
        #expect(effect.basis == "means and SDs of two groups")
        #expect(effect.n1 == 20 && effect.n2 == 22)
        numbers[.hedgesG] = -0.7
        numbers[.sei] = 0.3
        effect = try #require(measured([row(numbers)]).effects.first)
        #expect(effect.yi == -0.7)
        #expect(abs(effect.vi - 0.09) < 1e-15)
        #expect(effect.basis == "published effect and its SE")
        #expect(effect.columns == ["g", "sei"])
    }

    @Test("each kind of numbers has its measure")
    func defaults() {
        let cases: [([OutcomeQuantity: Double], OutcomeMeasure)] = [
            ([.yi: 0.2, .vi: 0.04], .generic),
            ([.ai: 1, .bi: 9, .ci: 3, .di: 7], .riskRatio),
            ([.ri: 0.3, .ni: 40], .fisherZ),
            ([.ri: 0.3, .ni: 40, .mi: 2], .partialFisherZ),
            ([.ri: 0.3, .n1i: 20, .n2i: 20], .standardizedMeanDifference),
            ([.xi: 3, .ni: 12], .logitProportion),
            ([.ti: 2.1, .n1i: 14, .n2i: 15], .standardizedMeanDifference),
            ([.mpre: 10, .mpost: 12, .sdpre: 3, .ri: 0.6, .ni: 25], .changeByPreSD),
            ([.mchange: 2, .sdchange: 3, .ni: 25], .changeByChangeSD),
            (
                [
                    .mpre1i: 10, .mpost1i: 12, .sdpre1i: 3, .n1i: 20, .mpre2i: 10, .mpost2i: 10.5, .sdpre2i: 3.2,
                    .n2i: 20, .ri: 0.5,
                ], .prePostControl
            ),
            ([.oddsRatio: 2, .lower: 1.1, .upper: 3.6], .oddsRatio),
            (
                [.med1i: 7, .q1OfGroup1: 4, .q3OfGroup1: 12, .n1i: 30, .m2i: 9, .sd2i: 4, .n2i: 30],
                .standardizedMeanDifference
            ),
        ]
        for (numbers, measure) in cases {
            let measurement = measured([row(numbers)])
            #expect(measurement.effects.first?.measure == measure, "\(numbers): \(measurement.notices)")
        }
    }

    @Test("a stated measure is made where the numbers allow, else the row is left out and told")
    func stated() throws {
        let wanted = MeasurementSettings(measure: .meanDifference)
        let measurement = measured([row(groups), row([.ri: 0.2, .ni: 30], study: "B", line: 3)], wanted)
        #expect(measurement.effects.map(\.measure) == [.meanDifference])
        #expect(measurement.effects.first?.yi == 1)
        let notice = try #require(measurement.notices.first { $0.location?.line == 3 })
        #expect(notice.code == "numbers-incomplete")
        #expect(notice.severity == .warning)
    }

    @Test("counts become standardised differences where all effects shall be those")
    func counts() throws {
        let measurement = measured(
            [row(groups), row([.ai: 3, .bi: 17, .ci: 9, .di: 11], study: "B", line: 3)],
            MeasurementSettings(measure: .standardizedMeanDifference))
        #expect(measurement.errors.isEmpty)
        #expect(measurement.effects.count == 2)
        #expect(measurement.effects[1].basis == "counts of two groups, log odds ratio by √3/π (Hasselblad & Hedges)")
    }

    @Test("a missing correlation is bracketed: the error of SMCR, and the size of SMCC as well")
    func bracket() throws {
        let numbers: [OutcomeQuantity: Double] = [.mpre: 20, .mpost: 14, .sdpre: 5, .sdpost: 6, .ni: 30]
        let pre = measured([row(numbers)])
        let effect = try #require(pre.effects.first)
        #expect(effect.assumedCorrelation == 0.5)
        #expect(effect.underCorrelations.map(\.correlation) == [0.3, 0.5, 0.7, 0.9])
        #expect(Set(effect.underCorrelations.map(\.yi)).count == 1)
        #expect(zip(effect.underCorrelations, effect.underCorrelations.dropFirst()).allSatisfy { $0.vi > $1.vi })
        #expect(pre.effects(assumingCorrelation: 0.9)[0].vi == effect.underCorrelations[3].vi)
        #expect(pre.notices.contains { $0.code == "correlation-assumed" && $0.message.hasSuffix("their error.") })
        let change = measured([row(numbers)], MeasurementSettings(measure: .changeByChangeSD))
        #expect(Set(change.effects[0].underCorrelations.map(\.yi)).count == 4)
        // Told, it is not assumed: neither directly nor by way of the SD of the change.
        var told = numbers
        told[.ri] = 0.6
        #expect(measured([row(told)]).assuming.isEmpty)
        told = numbers
        told[.sdchange] = 4.5
        #expect(measured([row(told)]).assuming.isEmpty)
    }

    @Test("a t with one number of people is not guessed at")
    func ambiguousT() {
        let measurement = measured([row([.ti: 2.2, .ni: 20])])
        #expect(measurement.effects.isEmpty)
        #expect(measurement.notices.contains { $0.code == "t-ambiguous" })
        let paired = measured([row([.ti: 2.2, .ni: 20], measure: "SMCC")])
        #expect(paired.effects.first?.measure == .changeByChangeSD)
    }

    @Test("names that the reader knows for measures are measures here")
    func names() {
        for name in OutcomeColumn.measureNames { #expect(OutcomeMeasure(named: name)?.rawValue == name) }
        #expect(OutcomeColumn.measureNames.count == OutcomeMeasure.allCases.count)
    }
}
