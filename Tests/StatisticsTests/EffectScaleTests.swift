import Foundation
import Statistics
import Testing

@Suite("Effect sizes")
struct EffectScaleTests {
    @Test(
        "Hedges' J is the exact gamma form (mpmath)",
        arguments: [
            (2.0, 0.5641895835477563), (9, 0.9138748917925522), (10, 0.9227456080530871), (34, 0.977750180256309),
            (150, 0.9949902570021235), (2000, 0.9996249453037127),
        ])
    func correction(df: Double, expected: Double) {
        #expect(abs(EffectScale.correction(degreesOfFreedom: df) - expected) < 1e-12)
    }

    @Test("At one degree of freedom, where the gamma form has a pole, the usual approximation stands in")
    func correctionAtOne() {
        #expect(EffectScale.correction(degreesOfFreedom: 1) == 0)
        #expect(EffectScale.correction(degreesOfFreedom: 0.5) == 1 - 3.0 / 1)
    }

    @Test(
        "One-sample standard errors of the published SDM-PSI report (its pp.htm): n, g, SE",
        arguments: [(35, 1.203, 0.226), (10, 2.179, 0.653)])
    func publishedStandardErrors(n: Int, g: Double, se: Double) {
        #expect(abs(EffectScale(n1: n).variance(ofG: g).squareRoot() - se) < 6e-4)
    }

    @Test("A peak of the published SDM-PSI project: n = 20, t = 4.697432 is g = 1.0082681")
    func publishedPeak() {
        let scale = EffectScale(n1: 20)
        #expect(abs(scale.g(fromT: 4.697432) - 1.0082681) < 1e-6)
        #expect(abs(scale.t(fromG: scale.g(fromT: -2.5)) + 2.5) < 1e-12)
    }

    @Test("Two groups: d = t·√(1/n₁ + 1/n₂), shrunk by J(n₁ + n₂ − 2)")
    func twoSample() {
        let scale = EffectScale(n1: 12, n2: 18)
        #expect(scale.degreesOfFreedom == 28)
        let j = 0.9729  // 1 − 3/(4·28 − 1) = 0.97297; exact 0.97290
        #expect(abs(scale.g(fromT: 2) - j * 2 * (1.0 / 12 + 1.0 / 18).squareRoot()) < 1e-4)
        #expect(abs(scale.constantVariance - 5.0 / 36) < 1e-15)
    }

    @Test("The variance of g is unbiased: simulated t of normal samples, n = 12, d = 0.8, 200 000 draws")
    func varianceIsUnbiased() {
        // For X ~ N(d, 1): mean of g is d, and its variance equals the mean of c + K·g² (to Monte-Carlo error).
        let scale = EffectScale(n1: 12)
        let generator = Philox(key: 7)
        var sum = 0.0
        var squares = 0.0
        var variances = 0.0
        let draws = 200_000
        for draw in 0..<draws {
            var values: [Double] = []
            for block in 0..<3 {
                let words = generator([UInt32(draw), UInt32(block), 0, 0])
                for lane in 0..<4 { values.append(0.8 + Normal.quantile(Philox.uniform(words[lane]))) }
            }
            let mean = values.reduce(0, +) / 12
            let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 11
            let g = scale.g(fromT: mean / (spread / 12).squareRoot())
            sum += g
            squares += g * g
            variances += scale.variance(ofG: g)
        }
        let n = Double(draws)
        let mean = sum / n
        #expect(abs(mean - 0.8) < 0.004)
        #expect(abs((squares / n - mean * mean) / (variances / n) - 1) < 0.02)
    }

    @Test("Printed statistics become t by matching tails")
    func conversions() {
        #expect(abs(StatisticConversion.t(fromOneTailedP: 0.001, degreesOfFreedom: 22) - 3.504992031084662) < 1e-9)
        // r = 0.632 is the two-sided 5 % point for n = 10, where t(8) = 2.306.
        #expect(abs(StatisticConversion.t(fromR: 0.632, participants: 10) - 2.306) < 2e-3)
        #expect(StatisticConversion.t(fromF: 9) == 3)
        // P(Z > 3.09) = 0.001000 and t(15) at that tail is 3.733 (tables).
        #expect(abs(StatisticConversion.t(fromZ: 3.0902, degreesOfFreedom: 15) - 3.7328) < 1e-3)
        #expect(StatisticConversion.t(fromZ: -2, degreesOfFreedom: 9) < -2)
    }

    @Test("A correlation is Fisher's z with variance 1/(n − 3): n = 20, t = 3 is r = 0.57735, z = 0.65848")
    func correlation() {
        let scale = EffectScale(correlationOf: 20)
        // r = 3/√27 = 1/√3; artanh(1/√3) = ln(2 + √3)/2.
        let z = 0.5 * log(2 + 3.0.squareRoot())
        #expect(abs(scale.g(fromT: 3) - z) < 1e-15)
        #expect(abs(scale.g(fromT: -3) + z) < 1e-15)
        #expect(abs(scale.t(fromG: z) - 3) < 1e-13)
        // r/√(1 − r²) = (1/√3)/√(2/3).
        #expect(abs(scale.standardised(fromG: z) - 0.5.squareRoot()) < 1e-15)
        #expect(scale.degreesOfFreedom == 18)
        #expect(scale.variance(ofG: z) == 1.0 / 17 && scale.variance(ofG: 0) == 1.0 / 17)
    }
}
