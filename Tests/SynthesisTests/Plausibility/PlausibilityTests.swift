import Foundation
import Statistics
import Synthesis
import Testing

@Suite("Means and SDs that whole-number answers can have")
struct PlausibilityTests {
    private func check(_ mean: String, _ sd: String?, n: Int, items: Int = 1, from: Int = 1, to: Int = 7) throws
        -> SummaryPlausibility
    {
        try SummaryPlausibility(
            mean: #require(ReportedNumber(mean)), deviation: sd.map { try #require(ReportedNumber($0)) },
            participants: n, scale: #require(ItemScale(items: items, lowest: from, highest: to)))
    }

    /// Brown & Heathers 2017: 5.19 is not the mean of 28 whole numbers; 5.18 and 5.21 are.
    @Test("GRIM: the paper's example")
    func grim() throws {
        #expect(try check("5.19", nil, n: 28).mean == .impossible)
        #expect(try check("5.18", nil, n: 28).mean == .possible)
        #expect(try check("5.21", nil, n: 28).mean == .possible)
        let nearest = try check("5.19", nil, n: 28).nearestMeans
        #expect(isClose(nearest, [145.0 / 28, 146.0 / 28], 1e-12))
        // With four items each the steps are of 1/112, finer than the last digit.
        #expect(try check("5.19", nil, n: 28, items: 4).mean == .notTestable)
        #expect(try check("5.19", nil, n: 100).mean == .notTestable)
        #expect(try check("7.50", nil, n: 20).mean == .impossible)
    }

    @Test("No set of answers is ever called impossible, and every SD called impossible comes from no set")
    func everySet() throws {
        // All multisets of 7 answers from 0 to 4.
        let n = 7
        var printed: Set<String> = []
        func format(_ x: Double) -> String { String(format: "%.2f", x) }
        func visit(_ counts: [Int], _ left: Int) {
            guard counts.count < 4 else {
                let all = counts + [left]
                let sum = all.enumerated().reduce(0) { $0 + $1.offset * $1.element }
                let squares = all.enumerated().reduce(0) { $0 + $1.offset * $1.offset * $1.element }
                let variance = (Double(squares) - Double(sum * sum) / Double(n)) / Double(n - 1)
                printed.insert(format(Double(sum) / Double(n)) + " " + format(max(0, variance).squareRoot()))
                return
            }
            for next in 0...left { visit(counts + [next], left - next) }
        }
        visit([], n)
        #expect(printed.count > 100)
        let means = Set(printed.map { $0.split(separator: " ")[0] })
        for mean in means {
            for hundredths in 0...230 {
                let sd = format(Double(hundredths) / 100)
                let found = try check(String(mean), sd, n: n, from: 0, to: 4)
                #expect(found.mean == .possible)
                let isReal = printed.contains("\(mean) \(sd)")
                #expect(found.isExact)
                // A half may be rounded either way, which format() does one way only.
                if isReal { #expect(found.deviation == .possible, "\(mean) \(sd)") }
                if found.deviation == .possible, !isReal {
                    let near = [hundredths - 1, hundredths + 1].map { format(Double($0) / 100) }
                    #expect(near.contains { printed.contains("\(mean) \($0)") }, "\(mean) \(sd)")
                }
            }
        }
    }

    @Test("The SD lies between what the scale allows for the mean")
    func range() throws {
        // Mean 1 on 1…7: all answer 1.
        let floor = try check("1.00", "0.50", n: 20)
        #expect(floor.deviation == .impossible)
        #expect(floor.deviationRange == Interval(lower: 0, upper: 0))
        // Mean 4 of 20 on 1…7: at most ten at each end, √(20·9/19).
        let middle = try #require(try check("4.00", "3.20", n: 20).deviationRange)
        #expect(isClose(middle.upper, (180.0 / 19).squareRoot(), 1e-12))
        #expect(try check("4.00", "3.20", n: 20).deviation == .impossible)
        #expect(try check("4.00", "3.08", n: 20).deviation == .possible)
    }

    @Test("A large sample is tested by whole sums of squares and the scale's ends alone")
    func large() throws {
        let found = try check("21.3", "7.5", n: 400, from: 0, to: 52)
        #expect(found.deviation == .possible)
        #expect(!found.isExact)
        #expect(try check("21.3", "30.0", n: 400, from: 0, to: 52).deviation == .impossible)
        let huge = try check("21", "7.5", n: 900_000, from: 0, to: 52)
        #expect(huge.mean == .notTestable && huge.deviation == .notTestable)
    }

    @Test("Numbers are read as they are printed: trailing zeros count, commas and exponents are not numbers here")
    func reading() {
        #expect(ReportedNumber("3.50")?.decimals == 2)
        #expect(ReportedNumber("-2")?.decimals == 0)
        for bad in ["3,5", "1e3", "", "nan", "0x10", "3.5.1", "inf", " 3"] {
            #expect(ReportedNumber(bad) == nil, "\(bad)")
        }
        #expect(ItemScale(items: 0, lowest: 1, highest: 5) == nil)
        #expect(ItemScale(lowest: 5, highest: 5) == nil)
    }
}
