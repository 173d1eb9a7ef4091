import SeedBasedMapping
import Statistics
import Testing

@Suite("Truncated normal")
struct TruncatedNormalTests {
    /// scipy.stats.truncnorm 1.17.1: mean, deviation, lower, upper → mean, variance, quartiles.
    @Test(
        "Moments and quantiles agree with scipy",
        arguments: [
            ([0.1, 0.4, -0.5, 0.6], [0.074318, 0.077636, -0.140673, 0.29547]),
            ([0, 0.3, 1.2, 1.5], [1.265049, 0.003446, 1.220059, 1.293244]),
            ([0.5, 0.2, -2, -0.4], [-0.440864, 0.001553, -0.45726, -0.412155]),
        ])
    func scipy(parameters: [Double], expected: [Double]) {
        let d = TruncatedNormal(
            mean: parameters[0], deviation: parameters[1], lower: parameters[2], upper: parameters[3])
        #expect(abs(d.moments.mean - expected[0]) < 2e-6)
        #expect(abs(d.moments.variance - expected[1]) < 2e-6)
        #expect(abs(d.value(ofRank: Normal.quantile(0.25)) - expected[2]) < 2e-6)
        #expect(abs(d.value(ofRank: Normal.quantile(0.75)) - expected[3]) < 2e-6)
    }

    /// mpmath quadrature at 40 digits: mean, deviation, lower, upper → mean, variance.
    @Test(
        "The moments of a narrow interval do not cancel",
        arguments: [
            ([0.1, 0.25, 0.3, 0.300002], [0.300000999998933, 3.333333333e-13]),
            ([0, 0.25, -5, -4.9999], [-4.99994993333407, 8.333306621e-10]),
            ([0, 1, 2, 2.0005], [2.00024995832813, 2.083333212e-8]),
        ])
    func narrow(parameters: [Double], expected: [Double]) {
        let moments = TruncatedNormal(
            mean: parameters[0], deviation: parameters[1], lower: parameters[2], upper: parameters[3]
        ).moments
        #expect(abs(moments.mean - expected[0]) < 1e-10)
        #expect(abs(moments.variance / expected[1] - 1) < 1e-4)
    }

    @Test("Values rise with the rank and never leave the bounds, however far the bounds are from the mean")
    func farBounds() {
        for (lower, upper) in [(-1.0, 1.0), (4, 4.5), (-60, -50), (38, 40), (200, 201), (-1000, 1000)] {
            let d = TruncatedNormal(mean: 0, deviation: 1, lower: lower, upper: upper)
            var previous = -Double.infinity
            for rank in stride(from: -8.0, through: 8, by: 0.5) {
                let value = d.value(ofRank: rank)
                #expect(value >= lower && value <= upper && value >= previous, "[\(lower), \(upper)] at \(rank)")
                previous = value
            }
            #expect(d.moments.mean >= lower && d.moments.mean <= upper)
            #expect(d.moments.variance >= 0)
        }
    }

    @Test("In the far tail the distribution is the exponential pile at the near bound")
    func farTail() {
        // For X ~ N(0, 1) given X > 40: median = √(40² + 2 ln 2) to first order.
        let d = TruncatedNormal(mean: 0, deviation: 1, lower: 40, upper: 100)
        #expect(abs(d.value(ofRank: 0) - (1600 + 2 * 0.693147180559945).squareRoot()) < 1e-4)
    }
}
