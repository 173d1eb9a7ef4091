import Foundation
import ImageBased
import Imaging
import Statistics
import Testing

@Suite("One statistic as another") struct ConversionTests {
    private static let scales = [
        EffectScale(n1: 8), EffectScale(n1: 25), EffectScale(n1: 14, n2: 19), EffectScale(correlationOf: 30),
    ]

    @Test("There and back, also far out", arguments: ImageStatistic.allCases)
    func roundTrips(statistic: ImageStatistic) {
        for scale in Self.scales {
            for t in [-300, -12, -3, -0.4, 0.2, 2.5, 7, 40, 1000] as [Double] {
                let there = ImageConversion(from: .t, to: statistic, scale: scale)(t)
                if scale.isCorrelation, statistic == .d || statistic == .g {
                    #expect(there.isNaN)
                    continue
                }
                let back = ImageConversion(from: statistic, to: .t, scale: scale)(there)
                // A two-sided p has lost the sign; one near 1 has lost digits; so has an r near 1.
                if statistic == .oneSidedP, t < 0 { continue }
                if statistic == .r, abs(t) > 100 { continue }
                #expect(near(back, statistic == .twoSidedP ? abs(t) : t, 1e-8), "\(t) by \(statistic)")
            }
        }
    }

    @Test("z far out is that of the tail's logarithm (mpmath)")
    func tails() throws {
        for tail in try References.load().tails where tail.df == tail.df.rounded() && tail.df > 1 {
            let scale = EffectScale(n1: Int(tail.df) + 1)
            let z = ImageConversion(from: .t, to: .z, scale: scale)(tail.t)
            #expect(near(z, tail.z, 1e-9))
            #expect(near(ImageConversion(from: .z, to: .t, scale: scale)(tail.z), tail.t, 1e-8))
            let logp = ImageConversion(from: .t, to: .signedLogP, scale: scale)(-tail.t)
            #expect(near(-logp, -(tail.logTail + log(2.0)) / log(10.0), 1e-9))
        }
    }

    @Test("a larger z is never a smaller effect: 0 or infinity would lose the strongest voxels")
    func saturation() {
        let z = (1...300).map { Float($0) }
        for scale in Self.scales {
            for statistic in [ImageStatistic.t, .g, .d, .r] {
                if scale.isCorrelation, statistic == .d || statistic == .g { continue }
                let made = ImageConversion(from: .z, to: statistic, scale: scale)(z)
                #expect(made.allSatisfy { $0.isFinite && $0 > 0 }, "\(statistic)")
                #expect(zip(made, made.dropFirst()).allSatisfy { $0 <= $1 * (1 + 1e-6) }, "\(statistic)")
            }
        }
    }

    @Test("d, g and r are the textbook's")
    func effects() {
        // One sample of 20, t = 2: d = t/√n; two groups: d = t·√(1/n₁ + 1/n₂); r = t/√(t² + df).
        #expect(near(ImageConversion(from: .t, to: .d, scale: EffectScale(n1: 20))(2), 2 / 20.0.squareRoot(), 1e-14))
        let two = EffectScale(n1: 10, n2: 15)
        #expect(near(ImageConversion(from: .t, to: .d, scale: two)(2), 2 * (0.1 + 1 / 15.0).squareRoot(), 1e-14))
        #expect(near(ImageConversion(from: .t, to: .r, scale: two)(2), 2 / 27.0.squareRoot(), 1e-14))
        // J of 23 degrees of freedom is 0.9670 (Hedges 1981, table).
        #expect(abs(ImageConversion(from: .d, to: .g, scale: two)(1) - 0.9670) < 5e-5)
        #expect(near(ImageConversion(from: .z, to: .twoSidedP, scale: two)(1.959963984540054), 0.05, 1e-12))
        #expect(near(ImageConversion(from: .oneSidedP, to: .z, scale: two)(0.975), -1.959963984540054, 1e-12))
    }

    @Test("A stack makes what a method needs of what there is")
    func stacks() throws {
        var stack = try ImageStack(mask: row(of: 4))
        let t: [Float] = [2, -1, 0, 5]
        try stack.append(.init(id: "t", sampleSize: 16), values: [.t: t])
        try stack.append(.init(id: "z", sampleSize: 16), values: [.z: t])
        try stack.append(.init(id: "effect"), values: [.effect: [1, 2, 3, 4], .variance: [1, 4, 0, 0.25]])
        let made = try stack.adding([.t, .z])
        #expect(made.values(.t, of: 2)![0] == 1 && made.values(.t, of: 2)![2].isNaN && made.values(.t, of: 2)![3] == 8)
        // Without n, t of a study's effect is its z.
        #expect(abs(made.values(.z, of: 2)![3] - 8) < 1e-5)
        #expect(near(Double(made.values(.z, of: 0)![0]), StudentT(degreesOfFreedom: 15).z(fromT: 2), 1e-7))
        #expect(near(Double(made.values(.t, of: 1)![0]), StudentT(degreesOfFreedom: 15).t(fromZ: 2), 1e-6))
        #expect(made.values(.z, of: 0)![2].isNaN)
        let effects = try stack.selecting([0, 1]).adding([.effect, .variance])
        let scale = EffectScale(n1: 16)
        #expect(near(Double(effects.values(.effect, of: 0)![0]), scale.g(fromT: 2), 1e-7))
        #expect(near(Double(effects.values(.variance, of: 0)![0]), scale.variance(ofG: scale.g(fromT: 2)), 1e-6))
    }
}
