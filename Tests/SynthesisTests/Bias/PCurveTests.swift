import Foundation
import Statistics
import Synthesis
import Testing

@Suite("p-curve")
struct PCurveTests {
    struct Reference: Decodable {
        struct Curve: Decodable {
            var values: [Double]
            /// 0 for z.
            var df: [Double]
            var significant: Int
            var below: Int
            var binomial: Double
            var full: Double?
            var half: Double?
            var flat: Double?
            var power: [Double]
        }

        var pcurves: [Curve]
    }

    @Test("Skew, flatness and power agree with scipy's noncentral χ² and F")
    func scipy() throws {
        let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Reference/pcurve-boundaries.json")
        let reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: url))
        #expect(reference.pcurves.count == 6)
        for c in reference.pcurves {
            let found = PCurve(
                zip(c.values, c.df).map { $1 == 0 ? .z($0) : .t($0, degreesOfFreedom: $1) })
            #expect(found.pValues.count == c.significant)
            #expect(found.countBelowHalf == c.below)
            #expect(isClose(found.binomialP ?? .nan, c.binomial, 1e-10))
            for (skew, expected) in [
                (found.rightSkew, c.full), (found.halfRightSkew, c.half), (found.flatness, c.flat),
            ] {
                #expect((skew == nil) == (expected == nil))
                if let skew, let expected { #expect(isClose(skew.z, expected, 1e-6, scale: 1), "\(c)") }
            }
            let power = try #require(found.power())
            #expect(isClose([power.value, power.interval.lower, power.interval.upper], c.power, 1e-5), "\(c) \(power)")
        }
    }

    @Test("Real effects give right skew and their power; a p-hacked set of p just below .05 does not")
    func meaning() throws {
        let draw = Philox(seed: 2, name: "real", purpose: 0)
        let real = PCurve((0..<400).map { .z(2.8 + Normal.quantile(Philox.uniform(draw([UInt32($0), 0, 0, 0]).x))) })
        #expect(real.hasEvidentialValue)
        #expect(!real.isInadequate)
        // z of 2.8 has a power of .80.
        #expect(abs(try #require(real.power()).value - 0.8) < 0.05)
        let hacked = PCurve([2.0, 1.97, 2.05, 2.1, 1.99, 2.02, 2.15].map { .z($0) })
        #expect(!hacked.hasEvidentialValue)
        #expect(hacked.isInadequate)
        #expect(try #require(hacked.power()).value == 0.05)
    }

    @Test("Without significant results there is no curve")
    func none() {
        let found = PCurve(effects: [0.1, 0.2], variances: [0.1, 0.2])
        #expect(found.pValues.isEmpty)
        #expect(found.rightSkew == nil && found.flatness == nil && found.power() == nil && found.binomialP == nil)
        #expect(!found.hasEvidentialValue && !found.isInadequate)
    }
}
