import Evidence
import Synthesis
import Testing

/// Each slip of the pen is told with its line, its column and what to do.
@Suite("Numbers that cannot be")
struct BadNumbersTests {
    private let groups: [OutcomeQuantity: Double] = [
        .m1i: 10, .sd1i: 2, .n1i: 20, .m2i: 9, .sd2i: 2, .n2i: 22,
    ]

    @Test("a number that cannot be leaves its row out with an error")
    func refused() throws {
        let cases: [(change: [OutcomeQuantity: Double], code: String)] = [
            ([.sd1i: 0], "spread-zero"), ([.sd2i: -2], "spread-negative"), ([.n1i: 19.5], "count-not-whole"),
            ([.n1i: 1], "n-too-small"), ([.n2i: -3], "count-negative"),
        ]
        for (change, code) in cases {
            let measurement = measured([row(groups.merging(change) { $1 }, line: 7)])
            let notice = try #require(measurement.errors.first, "\(code)")
            #expect(measurement.effects.isEmpty)
            #expect(notice.code == code)
            #expect(notice.location?.line == 7)
            #expect(notice.message.contains(change.keys.first?.rawValue ?? ""))
        }
        let others: [([OutcomeQuantity: Double], String)] = [
            ([.yi: 0.2, .vi: -0.1], "spread-negative"), ([.yi: 0.2, .vi: 0], "spread-zero"),
            ([.ri: 1.2, .ni: 20], "correlation-outside"), ([.ri: 1, .ni: 20], "correlation-perfect"),
            ([.ai: 30, .total1i: 20, .ci: 3, .total2i: 20], "count-above-n"),
            ([.xi: 9, .ni: 8], "count-above-n"), ([.pi: 1.3, .n1i: 9, .n2i: 9], "p-outside"),
            ([.yi: 0.5, .lower: 0.7, .upper: 0.9], "interval-outside"),
            ([.mpre: 1, .mpost: 2, .sdpre: 1, .sdpost: 1, .sdchange: 5, .ni: 20], "sds-do-not-fit"),
            ([.med1i: 3, .q1OfGroup1: 5, .q3OfGroup1: 4, .n1i: 20, .m2i: 3, .sd2i: 1, .n2i: 20], "quantiles-order"),
        ]
        for (numbers, code) in others {
            let measurement = measured([row(numbers)])
            #expect(measurement.errors.contains { $0.code == code }, "\(numbers): \(measurement.notices)")
            #expect(measurement.errors.allSatisfy { $0.code == "no-effects" || $0.remedy != nil })
        }
    }

    @Test("an SE beside a ratio is refused: it may be the ratio's or its logarithm's; the interval decides")
    func ratioErrors() throws {
        let alone = measured([row([.oddsRatio: 2, .sei: 0.3])])
        #expect(alone.effects.isEmpty)
        #expect(alone.errors[0].code == "ratio-error-scale")
        // Of an odds ratio of 2 from 1.2 to 3.4, an SE of 0.55 is the ratio's; its logarithm has 0.27.
        let both = measured([row([.oddsRatio: 2, .sei: 0.55, .lower: 1.2, .upper: 3.4])])
        let interval = measured([row([.oddsRatio: 2, .lower: 1.2, .upper: 3.4])])
        #expect(both.effects.map(\.vi) == interval.effects.map(\.vi))
        let columns = [
            OutcomeColumn(name: "OR", role: .quantity(.oddsRatio)),
            OutcomeColumn(name: "se_logOR", role: .quantity(.sei)),
        ]
        let named = EffectMeasurement(
            OutcomeTable(path: "table.tsv", rows: [row([.oddsRatio: 2, .sei: 0.27])], columns: columns))
        #expect(abs((named.effects.first?.vi ?? 0) - 0.27 * 0.27) < 1e-15)
    }

    @Test("a ratio under the name of its logarithm is refused where its interval gives it away")
    func unlogged() {
        let ratio = measured([row([.yi: 1.8, .lower: 1.2, .upper: 2.7], measure: "OR")])
        #expect(ratio.errors.first?.code == "ratio-not-logged")
        let logarithm = measured([row([.yi: 0.59, .lower: 0.18, .upper: 0.99], measure: "OR")])
        #expect(logarithm.errors.isEmpty)
        #expect(logarithm.effects.count == 1)
    }

    @Test("an F or a p takes its direction from the means or the effect beside it")
    func directionBeside() {
        let alone = measured([row([.pi: 0.03, .n1i: 20, .n2i: 20])])
        #expect(alone.notices.map(\.code) == ["sign-unknown"])
        let means = measured([row([.pi: 0.03, .n1i: 20, .n2i: 20, .m1i: 4, .m2i: 5])])
        #expect(means.notices.isEmpty)
        #expect(means.effects.map(\.yi) == alone.effects.map { -$0.yi })
        let effect = measured([row([.fi: 5, .n1i: 20, .n2i: 20, .yi: -1.5])])
        #expect((effect.effects.first?.yi ?? 1) < 0)
    }

    @Test("numbers of cases beside a d without its error are no proportion")
    func cases() {
        let found = measured([row([.cohensD: 0.4, .xi: 20, .ni: 41])])
        #expect(found.effects.isEmpty)
        #expect(measured([row([.xi: 20, .ni: 41])]).effects.first?.measure == .logitProportion)
    }

    @Test("an unused number that cannot be does no harm")
    func unused() {
        var numbers = groups
        numbers[.n1i] = 19.5
        numbers[.yi] = 0.4
        numbers[.sei] = 0.2
        let measurement = measured([row(numbers)])
        #expect(measurement.errors.isEmpty)
        #expect(measurement.effects.first?.yi == 0.4)
        #expect(measurement.effects.first?.n1 == nil)
    }

    @Test("measures that cannot be pooled are an error; like units a warning")
    func mixed() {
        let correlation = row([.ri: 0.4, .ni: 30], study: "B", line: 3)
        let mixed = measured([row(groups), correlation])
        #expect(mixed.errors.map(\.code) == ["measures-mixed"])
        #expect(mixed.errors[0].location?.line == 3)
        // Of two outcomes they do not meet.
        #expect(measured([row(groups), row([.ri: 0.4, .ni: 30], study: "B", outcome: "z", line: 3)]).errors.isEmpty)
    }

    @Test("a row twice is an error, the numbers of one row under another name a warning")
    func repeated() {
        let twice = measured([row(groups), row(groups, line: 3)])
        #expect(twice.errors.map(\.code) == ["row-repeated"])
        let renamed = measured([row(groups), row(groups, study: "B", line: 3)])
        #expect(renamed.errors.isEmpty)
        #expect(renamed.notices.map(\.code) == ["sample-under-two-names"])
        var other = groups
        other[.m1i] = 11
        let spelled = measured([row(groups, study: "Abbas, 2023"), row(other, study: "Abbas 2023", line: 3)])
        #expect(spelled.notices.map(\.code) == ["sample-spelled-twice"])
    }

    @Test("an effect far on the other side of its study's others is told, a mild one is not")
    func swapped() {
        func effects(_ values: [Double]) -> [Notice] {
            measured(
                values.enumerated().map { row([.yi: $1, .vi: 0.04], line: $0 + 2) }
                    + [row([.yi: 0.5, .vi: 0.04], study: "B", line: 9)]
            ).notices
        }
        let notices = effects([0.6, 0.5, -0.7])
        #expect(notices.map(\.code) == ["arms-swapped"])
        #expect(notices[0].location?.line == 4)
        #expect(notices[0].severity == .warning)
        #expect(effects([0.6, 0.5, -0.05]).isEmpty)
        // Two regions may go two ways.
        var regions = [row([.yi: 0.6, .vi: 0.04]), row([.yi: -0.7, .vi: 0.04], line: 3)]
        regions[0].region = "amygdala"
        regions[1].region = "hippocampus"
        #expect(measured(regions).notices.isEmpty)
        // Of two, the one that goes against the other studies.
        #expect(effects([0.6, -0.7]).map { $0.location?.line } == [3])
    }

    @Test("published effects that turn the sign: a row from means among them would be the wrong way round")
    func direction() {
        func numbers(_ shift: Double, published: Double?) -> [OutcomeQuantity: Double] {
            var numbers = groups
            numbers[.m1i] = 9 + shift
            if let published {
                numbers[.hedgesG] = published
                numbers[.sei] = 0.31
            }
            return numbers
        }
        var rows = (1...6).map { index in
            row(
                numbers(-Double(index) / 4, published: Double(index) / 8), study: "S\(index)", line: index + 1)
        }
        #expect(measured(rows).notices.map(\.code) == ["published-turned"])
        rows.append(row(numbers(-1, published: nil), study: "T", line: 9))
        let mixed = measured(rows)
        #expect(mixed.errors.map(\.code) == ["directions-mixed"])
        #expect(mixed.errors[0].location?.line == 9)
    }
}
