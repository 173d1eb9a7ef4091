import Statistics
import Testing

@Suite("Noncentral t")
struct NoncentralTTests {
    @Test("Both tails agree with integrals in 70 digits, to 1e-11 of themselves, however small")
    func tails() throws {
        let cases = try Quadrature.load().noncentralT
        #expect(cases.count == 80)
        for c in cases {
            let t = NoncentralT(degreesOfFreedom: c.df, noncentrality: c.delta)
            let name = "t \(c.t) df \(c.df) delta \(c.delta)"
            #expect(agree(t.cdf(c.t), c.cdf, 1e-11, scale: 1e-290), "\(name) \(t.cdf(c.t)) \(c.cdf)")
            #expect(
                agree(t.upperTail(c.t), c.upper, 1e-11, scale: 1e-290), "\(name) upper \(t.upperTail(c.t)) \(c.upper)")
        }
        #expect((cases.map(\.cdf).min() ?? 1) < 1e-30)
    }

    @Test("Without noncentrality it is Student's t; with many degrees of freedom it is normal")
    func limits() {
        for x in [-6.0, -1, 0.3, 2, 15] {
            let t = NoncentralT(degreesOfFreedom: 7, noncentrality: 0)
            #expect(agree(t.upperTail(x), StudentT(degreesOfFreedom: 7).upperTail(x), 1e-12, scale: 1e-300))
            let many = NoncentralT(degreesOfFreedom: 1e7, noncentrality: 2)
            #expect(abs(many.cdf(x) - Normal.cdf(x - 2)) < 1e-6)
        }
        #expect(NoncentralT(degreesOfFreedom: 5, noncentrality: 1).cdf(.infinity) == 1)
        #expect(NoncentralT(degreesOfFreedom: 0, noncentrality: 1).cdf(1).isNaN)
    }
}
