import Statistics
import Synthesis
import Testing

/// Senn et al. 2013: 26 trials of glucose-lowering drugs, one with three arms.
@Suite("Treatments compared in a network")
struct TreatmentNetworkTests {
    private func network() throws -> (TreatmentNetwork, SynthesisReference.Network) {
        let reference = try SynthesisReference.load().network
        let network = try TreatmentNetwork(
            arms: reference.arms.map {
                .init(study: $0.study, treatment: $0.treatment, value: $0.value, variance: $0.variance)
            }, reference: "placebo")
        return (network, reference)
    }

    @Test("Contrasts, τ² and Q as metafor's `rma.mv` with ρ = ½")
    func senn() throws {
        let (network, reference) = try network()
        #expect(network.treatments.first == "placebo")
        #expect(Set(network.treatments) == Set(reference.treatments))
        for (index, treatment) in reference.treatments.dropFirst().enumerated() {
            let found = try network.comparison(treatment, with: "placebo")
            #expect(
                isNear([found.value, found.standardError], [reference.b[index], reference.se[index]], 1e-6),
                "\(treatment) \(found)")
        }
        #expect(isNear(network.tau2, reference.tau2, 1e-6))
        #expect(isNear([network.total.statistic, network.total.degreesOfFreedom], [reference.q, reference.qdf], 1e-9))
        #expect(
            isNear(
                [network.withinDesigns.statistic, network.withinDesigns.degreesOfFreedom],
                [reference.within, reference.withinDf], 1e-8), "\(network.withinDesigns) \(reference.within)")
        #expect(
            network.betweenDesigns.degreesOfFreedom
                == network.total.degreesOfFreedom - network.withinDesigns.degreesOfFreedom)
    }

    @Test("Comparisons add up, whichever treatment is the reference; P-scores have mean ½")
    func consistency() throws {
        let (network, reference) = try network()
        let other = try TreatmentNetwork(
            arms: reference.arms.map {
                .init(study: $0.study, treatment: $0.treatment, value: $0.value, variance: $0.variance)
            }, reference: "metformin")
        for (a, b) in [("acarbose", "placebo"), ("metformin", "rosiglitazone"), ("miglitol", "sulfonylurea")] {
            let x = try network.comparison(a, with: b)
            let y = try other.comparison(a, with: b)
            #expect(isNear([x.value, x.standardError], [y.value, y.standardError], 1e-7), "\(a) \(b)")
            let back = try network.comparison(b, with: a)
            #expect(isNear(back.value, -x.value, 1e-12))
        }
        let scores = try network.pScores()
        #expect(isNear(scores.reduce(0, +) / Double(scores.count), 0.5, 1e-12))
        #expect(throws: SynthesisError.unknown(what: "treatment", name: "x")) { try network.comparison("x", with: "y") }
    }

    @Test("Treatments that nothing connects, and a contrast that follows from others, are refused")
    func refusals() {
        let apart: [TreatmentNetwork.Contrast] = [
            .init(study: "1", treatment: "a", comparator: "b", effect: 0.1, variance: 0.1),
            .init(study: "2", treatment: "a", comparator: "b", effect: 0.2, variance: 0.1),
            .init(study: "3", treatment: "c", comparator: "d", effect: 0.2, variance: 0.1),
        ]
        #expect(throws: SynthesisError.unconnected(["d", "c"])) { try TreatmentNetwork(apart) }
        #expect(throws: SynthesisError.unknown(what: "treatment", name: "z")) {
            try TreatmentNetwork(apart, reference: "z")
        }
    }
}
