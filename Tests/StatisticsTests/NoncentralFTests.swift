import Statistics
import Testing

@Suite("Noncentral F")
struct NoncentralFTests {
    /// `Scripts/reference/explained_variance.py`: sums of 30 digits.
    @Test(
        "The distribution function agrees with 30-digit sums, to 1e-11 of itself",
        arguments: [
            (3.5, 2.0, 12.0, 5.0, 0.546314846510517), (0.4, 3, 20, 30, 1.37557061511962e-6),
            (25, 2, 7, 100, 0.0679666319439055), (80, 2, 30, 150, 0.547968970499303), (1, 1, 10, 0, 0.65910686769794),
        ])
    func sums(f: Double, numerator: Double, denominator: Double, noncentrality: Double, expected: Double) {
        let found = NoncentralF(numerator: numerator, denominator: denominator, noncentrality: noncentrality).cdf(f)
        #expect(agree(found, expected, 1e-11, scale: 1e-290), "\(found)")
    }

    @Test("Of one column it is the two-sided noncentral t; without noncentrality it is F")
    func limits() {
        for t in [0.3, 1.1, 2.5, 6] {
            for delta in [0.4, 2, 5] {
                let both = NoncentralT(degreesOfFreedom: 9, noncentrality: delta)
                let inside = both.cdf(t) - both.cdf(-t)
                let square = NoncentralF(numerator: 1, denominator: 9, noncentrality: delta * delta)
                #expect(abs(square.cdf(t * t) - inside) < 1e-12)
            }
            let central = NoncentralF(numerator: 3, denominator: 9, noncentrality: 0)
            #expect(abs(1 - central.cdf(t) - FDistribution(numerator: 3, denominator: 9).upperTail(t)) < 1e-13)
        }
        let one = NoncentralF(numerator: 2, denominator: 9, noncentrality: 4)
        #expect(one.cdf(0) == 0)
        #expect(one.cdf(.infinity) == 1)
        #expect(NoncentralF(numerator: 0, denominator: 9, noncentrality: 4).cdf(1).isNaN)
        #expect(NoncentralF(numerator: 2, denominator: 9, noncentrality: -1).cdf(1).isNaN)
    }

    @Test("Far below the noncentrality the probability is 0, and soon found to be")
    func far() {
        #expect(NoncentralF(numerator: 2, denominator: 20, noncentrality: 1e6).cdf(1) == 0)
    }
}
