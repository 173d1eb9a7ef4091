import Foundation
import Inference
import SeedBasedMapping
import Statistics
import Testing
import VoxelKernels

/// The vector forms of the normal distribution's functions against those of one number at a time.
@Suite("Normal kernels")
struct NormalKernelTests {
    private static func values(_ count: Int, _ kernel: (Int32, UnsafeMutablePointer<Double>) -> Void) -> [Double] {
        let all = VectorInstructions.available.map { instructions in
            var values = [Double](repeating: .nan, count: count)
            kernel(instructions.code, &values)
            return values
        }
        #expect(all.allSatisfy { $0.map(\.bitPattern) == all[0].map(\.bitPattern) }, "all instructions the same bits")
        return all[0]
    }

    @Test("Quantiles of words are the Floats of AS 241, and in double precision within 1e-15 of it")
    func quantiles() {
        // Both ends word by word, and between them words of all sizes.
        let ends = (0..<4096).flatMap { [UInt32($0), ~UInt32($0)] }
        let words = ends + (0..<65536).map { UInt32($0) &* 65521 }
        let found = Self.values(words.count) { cuneus_normal_of_words($0, words, words.count, $1) }
        let expected = words.map { Normal.quantile(Philox.uniform($0)) }
        #expect(found.map { Float($0) } == expected.map { Float($0) })
        let largest: Double = zip(found, expected).map { abs($0 / $1 - 1) }.max() ?? .nan
        #expect(largest < 1e-15)
    }

    /// mpmath, 40 digits.
    @Test("Φ within 1e-15 of itself in both tails, and increasing")
    func distribution() {
        let x = [-37.0, -20, -8.5, -5, -2.25, -1, -0.125, 0, 0.125, 1, 2.25, 5, 8.25, 12, -1e-9, 40]
        let phi = [
            5.725571222524577e-300, 2.7536241186062337e-89, 9.479534822203318e-18, 2.866515718791939e-07,
            0.012224472655044703, 0.15865525393145705, 0.4502617751698871, 0.5,
            0.5497382248301129, 0.8413447460685429, 0.9877755273449553, 0.9999997133484281,
            0.9999999999999999, 1.0, 0.49999999960105773, 1.0,
        ]
        let found = Self.values(16) { cuneus_normal_cdf($0, x, 16, $1) }
        for (value, expected) in zip(found, phi) { #expect(abs(value / expected - 1) < 1e-15, "Φ = \(expected)") }
        let line = (0..<8192).map { -8 + Double($0) / 512 }
        let rising = Self.values(line.count) { cuneus_normal_cdf($0, line, line.count, $1) }
        #expect(zip(rising, rising.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test(
        "Truncated normals: the Floats of one value at a time, also mirrored, narrow, and where probabilities underflow",
        arguments: [
            (0, 1, -1, 2), (0.3, 0.4, -0.2, 0.1), (0, 1, -40, 40), (0, 1, 4, 4.5), (0, 1, -60, -50), (0, 1, 38, 40),
            (2, 0.1, -1000, 1000), (0, 1, 200, 201), (0, 1, -0.0001, 0.0001),
        ] as [(Double, Double, Double, Double)])
    func truncated(mean: Double, deviation: Double, lower: Double, upper: Double) {
        let distribution = TruncatedNormal(mean: mean, deviation: deviation, lower: lower, upper: upper)
        for batch in 0..<64 {
            let ranks = (0..<16).map { Float(-4 + Double(batch * 16 + $0) / 128) }
            let expected = ranks.map { Float(distribution.value(ofRank: Double($0))) }
            for instructions in VectorInstructions.available {
                var found = [Float](repeating: .nan, count: 16)
                cuneus_truncated_values(instructions.code, mean, deviation, lower, upper, ranks, 16, &found)
                for (value, expected) in zip(found, expected) {
                    #expect(abs(value - expected) <= expected.ulp, "[\(lower), \(upper)]: \(value), \(expected)")
                }
            }
        }
    }
}
