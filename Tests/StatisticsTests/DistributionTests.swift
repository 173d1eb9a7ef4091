import Foundation
import Statistics
import Testing

/// Expected values: mpmath at 40 digits and scipy 1.17.1.
@Suite("Distributions")
struct DistributionTests {
    private func expect(_ found: Double, _ expected: Double, relative: Double, _ what: String) {
        #expect(abs(found - expected) <= relative * abs(expected), "\(what): found \(found), expected \(expected)")
    }

    @Test(
        "ln Γ agrees with mpmath to 1e-14",
        arguments: [
            (0.5, 0.5723649429247001), (1.5, -0.12078223763524522), (4.5, 2.4537365708424423),
            (9.99, 12.779315214350193), (10, 12.801827480081469), (25, 54.78472939811232), (500.5, 2608.2229044109868),
        ])
    func logGamma(x: Double, expected: Double) {
        // Absolute near the zeros at 1 and 2.
        #expect(abs(SpecialFunctions.logGamma(x) - expected) <= 1e-14 * max(1, abs(expected)))
    }

    @Test(
        "Φ keeps relative accuracy far into the lower tail",
        arguments: [
            (-8, 6.220960574271784e-16), (-3, 0.0013498980316300946), (-1.96, 0.024997895148220435),
            (0.3, 0.6179114221889527), (2.5, 0.9937903346742238), (-30, 4.906713927148187e-198),
            (-37, 5.725571222524577e-300),
        ])
    func normalCDF(x: Double, expected: Double) {
        expect(Normal.cdf(x), expected, relative: 1e-13, "Φ(\(x))")
    }

    @Test(
        "ln Φ stays finite where Φ underflows",
        arguments: [(-36, -652.5032275937984), (-60, -1805.0135606805673), (-200, -20006.21728089819)])
    func normalLogCDF(x: Double, expected: Double) {
        expect(Normal.logCDF(x), expected, relative: 1e-12, "lnΦ(\(x))")
    }

    @Test(
        "Φ⁻¹ agrees with scipy",
        arguments: [
            (1e-300, -37.0470962993612), (1e-20, -9.262340089798409), (1e-5, -4.264890793922825),
            (0.001, -3.090232306167813), (0.02425, -1.972961051311885), (0.3, -0.5244005127080409),
            (0.975, 1.959963984540054), (0.999999, 4.753424308817087),
        ])
    func normalQuantile(p: Double, expected: Double) {
        expect(Normal.quantile(p), expected, relative: 1e-12, "Φ⁻¹(\(p))")
    }

    @Test("Φ⁻¹ of the ends of [0, 1] is infinite, outside it is NaN")
    func normalQuantileEnds() {
        #expect(Normal.quantile(0) == -.infinity)
        #expect(Normal.quantile(1) == .infinity)
        #expect(Normal.quantile(0.5) == 0)
        #expect(Normal.quantile(1.5).isNaN)
    }

    @Test(
        "The t tail agrees with mpmath",
        arguments: [
            (1.0, 1.0, 0.25), (4, 2.776, 0.025011389159988205), (10, 3.169272667175838, 0.005000000046217847),
            (29, 8, 4.006287824815851e-09), (9, 30, 1.2418523520791312e-10), (200, 0.01, 0.4960156275766406),
            (3, 1e5, 1.1026577904466273e-15),
        ])
    func tTail(df: Double, t: Double, expected: Double) {
        expect(StudentT(degreesOfFreedom: df).upperTail(t), expected, relative: 1e-12, "P(T\(df) > \(t))")
    }

    @Test(
        "The t quantile agrees with scipy",
        arguments: [
            (10.0, 0.005, 3.1692726726169504), (22, 0.001, 3.504992031084662), (1, 0.25, 1.0000000000000002),
            (7, 1e-8, 27.802283188119887), (100, 0.4, 0.25402218245822766), (2.5, 0.01, 5.353111173030874),
            (10, 0.995, -3.1692726726169504),
        ])
    func tQuantile(df: Double, p: Double, expected: Double) {
        expect(StudentT(degreesOfFreedom: df).quantile(upperTail: p), expected, relative: 1e-10, "t\(df)(\(p))")
    }

    @Test("z to t and back is the identity, also far out", arguments: [-30.0, -5, -0.1, 0, 0.5, 3, 12, 35])
    func zToT(z: Double) {
        let t = StudentT(degreesOfFreedom: 17)
        #expect(abs(t.z(fromT: t.t(fromZ: z)) - z) <= 1e-9 * max(1, abs(z)))
    }

    @Test(
        "z to t grows as far as numbers go and stays there: a stronger z is never a weaker effect",
        arguments: [1.0, 2, 5, 19, 100, 1000])
    func saturation(df: Double) {
        let student = StudentT(degreesOfFreedom: df)
        var last = 0.0
        for step in 1...800 {
            let z = Double(step) * Double(step) / 64
            let t = student.t(fromZ: z)
            #expect(t.isFinite && t > 0 && t >= last * (1 - 1e-12), "z = \(z)")
            #expect(student.t(fromZ: -z) == -t)
            last = t
        }
    }

    @Test("z to t beyond the smallest number is the closed form of two degrees of freedom")
    func farTail() {
        // t = (1 − 2p)/√(2p(1 − p)), so ln t = −(ln 2 + ln p)/2 there; ln p by scipy 1.17's norm.logsf.
        for (z, logP) in [(36.0, -652.5032275937986), (40, -804.6084420137539)] {
            let t = StudentT(degreesOfFreedom: 2).t(fromZ: z)
            #expect(abs(log(t) + 0.5 * (log(2) + logP)) < 1e-9 * abs(logP))
            #expect(abs(StudentT(degreesOfFreedom: 2).z(fromT: t) - z) < 1e-9 * z)
        }
        #expect(StudentT(degreesOfFreedom: 2).t(fromZ: 130) == .greatestFiniteMagnitude)
    }

    @Test(
        "The χ² tail agrees with mpmath",
        arguments: [
            (1.0, 3.84, 0.050043521248705106), (49, 64, 0.07362871368142465), (49, 200, 3.844747171401603e-20),
            (3, 0.1, 0.9918374237318764),
        ])
    func chiSquareTail(df: Double, x: Double, expected: Double) {
        let chi = ChiSquare(degreesOfFreedom: df)
        expect(chi.upperTail(x), expected, relative: 1e-12, "P(χ²\(df) > \(x))")
        expect(chi.quantile(upperTail: expected), x, relative: 1e-9, "quantile")
        #expect(abs(chi.cdf(x) + chi.upperTail(x) - 1) < 1e-14)
    }

    @Test(
        "The F tail agrees with scipy",
        arguments: [
            (49.0, 123.4, 1.3, 0.12521966595902537), (5, 10, 3.33, 0.049831275797221346),
            (2, 1000, 7, 0.0009572436660041136),
        ])
    func fTail(numerator: Double, denominator: Double, x: Double, expected: Double) {
        let f = FDistribution(numerator: numerator, denominator: denominator)
        expect(f.upperTail(x), expected, relative: 1e-11, "P(F > \(x))")
    }
}
