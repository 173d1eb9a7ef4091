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

    /// metafor 3.8.1, `aggregate(struct = "CS", weighted = FALSE)` and `rma(method = "DL")`: Reference/shared-samples.R.
    @Test(
        "Seven experiments of four samples, combined and pooled as metafor does",
        arguments: [
            (0, [0.02, 0.11, 0.0425, 0.02], 0.3087757517, 0.1187353878, 0.0218378822),
            (0.5, [0.0396101229, 0.11, 0.0605277564, 0.02], 0.2755524204, 0.1197110213, 0.0138409249),
            (0.8, [0.0513761967, 0.11, 0.0713444102, 0.02], 0.2560528345, 0.1174098483, 0.0086211192),
        ])
    func metafor(_ r: Double, _ variances: [Double], _ effect: Double, _ se: Double, _ tau2: Double) {
        let samples = [
            ([0.62, 0.31, 0.44], [0.05, 0.08, 0.05]), ([-0.10], [0.11]), ([0.85, 0.20], [0.04, 0.13]), ([0.15], [0.02]),
        ]
        let composites = samples.map { CompositeEffect(effects: $0.0, variances: $0.1, correlation: r) }
        for (composite, variance) in zip(composites, variances) { #expect(abs(composite.variance - variance) < 1e-10) }
        #expect(abs(composites[0].effect - 0.4566666667) < 1e-10 && abs(composites[2].effect - 0.525) < 1e-10)
        let pooled = RandomEffects(
            effects: composites.map(\.effect), variances: composites.map(\.variance), estimator: .dersimonianLaird)
        #expect(abs(pooled.effect - effect) < 1e-9)
        #expect(abs(pooled.variance.squareRoot() - se) < 1e-9)
        #expect(abs(pooled.tau2 - tau2) < 1e-9)
    }
}
