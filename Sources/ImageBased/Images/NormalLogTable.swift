import Foundation
import Statistics

/// ln Φ(−z), fast: tabulated in steps of 1/16 and interpolated by polynomials of degree 5, to 1e-9 absolute.
///
/// Above zero ln Φ(−z) + z²/2 is tabulated, which hardly bends; below, ln Φ(−z) itself.
struct NormalLogTable: Sendable {
    private let above: [Double]
    private let below: [Double]

    private static let knots = 16 * 36
    private static let before = 3

    init() {
        let places = (-Self.before...Self.knots + 3).map { Double($0) / 16 }
        above = places.map { Normal.logCDF(-$0) + 0.5 * $0 * $0 }
        below = places.map { Normal.logCDF($0) }
    }

    /// ln Φ(−|z|) and ln Φ(|z|).
    @inline(__always)
    func callAsFunction(_ size: Double) -> (thin: Double, thick: Double) {
        let place = size * 16
        guard place < Double(Self.knots) else { return (Normal.logCDF(-size), Normal.logCDF(size)) }
        let knot = Int(place)
        let weights = QuinticWeights.at(place - Double(knot))
        var thin = 0.0
        var thick = 0.0
        above.withUnsafeBufferPointer { above in
            below.withUnsafeBufferPointer { below in
                for n in 0..<6 {
                    thin += weights[n] * above[knot + n + 1]
                    thick += weights[n] * below[knot + n + 1]
                }
            }
        }
        return (thin - 0.5 * size * size, min(0, thick))
    }
}

/// Lagrange's polynomials on −2 … 3.
enum QuinticWeights {
    /// At x from 0 to 1.
    @inline(__always)
    static func at(_ x: Double) -> SIMD8<Double> {
        let (a, b, c, d, e) = (x + 2, x + 1, x - 1, x - 2, x - 3)
        let (de, ab) = (d * e, a * b)
        return [
            b * x * c * de * (-1.0 / 120), a * x * c * de * (1.0 / 24), ab * c * de * (-1.0 / 12),
            ab * x * de * (1.0 / 12), ab * x * c * e * (-1.0 / 24), ab * x * c * d * (1.0 / 120), 0, 0,
        ]
    }
}
