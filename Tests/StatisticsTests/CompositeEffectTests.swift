import Statistics
import Testing

@Suite("Effects of one sample combined")
struct CompositeEffectTests {
    @Test("Borenstein et al. 2009, chapter 24: 0.30 and 0.10 with variance 0.05 each and r = 0.5 are 0.20 with 0.0375")
    func borenstein() {
        let composite = CompositeEffect(effects: [0.3, 0.1], variances: [0.05, 0.05], correlation: 0.5)
        #expect(abs(composite.effect - 0.2) < 1e-15)
        #expect(abs(composite.variance - 0.0375) < 1e-15)
    }

    @Test("The double sum over pairs, for unequal variances and more than two")
    func doubleSum() {
        let v = [0.02, 0.11, 0.05, 0.3]
        for r in [0, 0.3, 1.0] {
            var sum = 0.0
            for i in v.indices { for j in v.indices { sum += (i == j ? 1 : r) * (v[i] * v[j]).squareRoot() } }
            let composite = CompositeEffect(effects: [1, 2, 3, 6], variances: v, correlation: r)
            #expect(composite.effect == 3)
            #expect(abs(composite.variance - sum / 16) < 1e-15)
        }
    }

    @Test("One effect is itself; wholly dependent equals gain nothing")
    func limits() {
        let one = CompositeEffect(effects: [0.4], variances: [0.07], correlation: 0.5)
        #expect(one.effect == 0.4 && abs(one.variance - 0.07) < 1e-17)
        let same = CompositeEffect(effects: [0.4, 0.4, 0.4], variances: [0.07, 0.07, 0.07], correlation: 1)
        #expect(abs(same.variance - 0.07) < 1e-16)
    }
}
