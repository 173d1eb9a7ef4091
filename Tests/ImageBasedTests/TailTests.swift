import Foundation
import ImageBased
import Statistics
import Testing

@Suite("Tails of t") struct TailTests {
    @Test("z and ln p as by 50 digits (mpmath), exactly and from the table")
    func reference() throws {
        for tail in try References.load().tails {
            let log2 = log(2.0)
            #expect(
                abs(StudentT(degreesOfFreedom: tail.df).logUpperTail(tail.t) - tail.logTail) < 1e-12
                    * max(1, -tail.logTail))
            #expect(near(TailTable.exactZ(tail.t, tail.df), tail.z, 1e-9), "df \(tail.df), t \(tail.t)")
            let fast = TailTable(degreesOfFreedom: tail.df)(-tail.t)
            #expect(near(-fast.z, tail.z, 1e-8), "df \(tail.df), t \(tail.t)")
            #expect(abs(fast.logP - (tail.logTail + log2)) < 1e-8, "df \(tail.df), t \(tail.t)")
            if tail.logTail < -1 {
                #expect(near(StudentT(degreesOfFreedom: tail.df).quantile(logUpperTail: tail.logTail), tail.t, 1e-11))
            }
        }
    }

    @Test("Between knots, and for z itself", arguments: [1, 3, 12, 40, Double.infinity])
    func between(df: Double) {
        let table = TailTable(degreesOfFreedom: df)
        for step in 0..<4000 {
            let t = 0.0113 * Double(step)
            let fast = table(t)
            #expect(near(fast.z, TailTable.exactZ(t, df), 1e-8) || t == 0)
            #expect(abs(fast.logP - TailTable.exactLogP(t, df)) < 1e-8)
        }
    }
}
