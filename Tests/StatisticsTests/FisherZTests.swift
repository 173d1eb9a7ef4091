import Statistics
import Testing

@Suite("Fisher's z")
struct FisherZTests {
    @Test("r = 0.5 over 28: z = ½ ln 3, variance 1/25, t = 0.5·√(26/0.75)")
    func transform() {
        #expect(abs(FisherZ.z(fromR: 0.5) - 0.5493061443340549) < 1e-15)
        #expect(FisherZ.variance(participants: 28) == 0.04)
        #expect(FisherZ.variance(participants: 30, partialled: 2) == 0.04)
        #expect(FisherZ.variance(participants: 3) == .infinity)
        #expect(abs(FisherZ.t(fromR: 0.5, degreesOfFreedom: 26) - 2.943920288775949) < 1e-13)
        #expect(abs(FisherZ.z(fromT: 2.943920288775949, degreesOfFreedom: 26) - 0.5493061443340549) < 1e-14)
    }

    @Test("There and back, also where r rounds to 1")
    func roundTrip() {
        for t in [-900.0, -3.2, 0, 0.4, 12, 1e9] {
            let z = FisherZ.z(fromT: t, degreesOfFreedom: 18)
            #expect(abs(FisherZ.t(fromZ: z, degreesOfFreedom: 18) - t) <= 1e-13 * max(1, abs(t)))
            #expect(abs(FisherZ.r(fromZ: z) - FisherZ.r(fromT: t, degreesOfFreedom: 18)) < 1e-15)
        }
    }

    @Test("R 4.2.2: cor.test's interval for r = 0.5, n = 28, and the smallest significant r for n = 10 (0.6319)")
    func interval() {
        // tanh(atanh(.5) + c(-1, 1) * qnorm(.975) / sqrt(25))
        let interval = FisherZ.interval(ofR: 0.5, participants: 28)
        #expect(abs(interval.lower - 0.156028362529086) < 1e-13 && abs(interval.upper - 0.735818479443937) < 1e-13)
        #expect(abs(FisherZ.criticalR(participants: 10) - 0.631896864719834) < 1e-12)
    }
}
