import Foundation
import Statistics

/// z of a t (or of √F) with given degrees of freedom, fast: linear between tabulated values 1/64 apart.
///
/// Within 1e-5 of the exact z and strictly rising, which is all a comparison with permutations needs; beyond 40 it goes on with
/// the last slope.
struct ScoreTable: Sendable {
    private let values: [Float]
    private static let perUnit: Float = 64
    private static let last = 40 * 64

    /// - Parameter numerator: combinations tested; 1 is t.
    init(numerator: Int, denominator: Int) {
        let student = StudentT(degreesOfFreedom: denominator)
        let f = FDistribution(numerator: Double(numerator), denominator: Double(denominator))
        var values: [Float] = []
        var highest: Float = 0
        for knot in 0...Self.last {
            let x = Double(knot) / Double(Self.perUnit)
            var z: Double
            if numerator == 1 {
                z = LogProbability.z(upperTail: student.logUpperTail(x))
            } else {
                let tail = f.upperTail(x * x)
                z = tail > 1e-300 ? max(0, -Normal.quantile(tail)) : Double(highest)
            }
            if !z.isFinite { z = Double(highest) }
            highest = max(highest, Float(z))
            values.append(highest)
        }
        self.values = values
    }

    /// - Parameter x: t, or √F.
    @inline(__always)
    func callAsFunction(_ x: Float) -> Float {
        let size = abs(x)
        let place = size * Self.perUnit
        let knot = place < Float(Self.last) ? Int(place) : Self.last - 1
        let (low, high) = (values[knot], values[knot + 1])
        let z = low + (place - Float(knot)) * (high - low)
        return x < 0 ? -z : z
    }
}
