import Foundation
import Statistics

/// z and ln p (two-sided) of t, fast: for maps with one t per voxel and a few different degrees of freedom.
///
/// In w = √(ν·ln(1 + t²/ν)), which is nearly z (Wallace 1959, doi:10.1214/aoms/1177706266), both z/w and ln p + w²/2 are smooth.
/// They are tabulated in steps of 1/16 and interpolated by polynomials of degree 5: errors below 1e-9 of z and 1e-8 of
/// p relative, for any t (beyond the table, exactly).
package struct TailTable: Sendable {
    package let degreesOfFreedom: Double
    private let ratios: [Double]
    private let remainders: [Double]

    private static let step = 1.0 / 16
    /// Where the table ends: at w = 30, or before e^(w²/ν) overflows.
    private let knots: Int
    /// Knots below zero, for the first interpolations.
    private static let before = 3

    package init(degreesOfFreedom df: Double) {
        degreesOfFreedom = df
        knots = df.isInfinite ? 480 : max(0, min(480, Int((690 * df).squareRoot() / Self.step) - 4))
        var ratios: [Double] = []
        var remainders: [Double] = []
        for knot in -Self.before...knots + 3 {
            let w = Double(abs(knot)) * Self.step
            let t = Self.t(w, df)
            // At zero: the ratio of the densities.
            let centre = df.isInfinite ? 1 : StudentT(degreesOfFreedom: df).density(0) / Normal.density(0)
            ratios.append(knot == 0 ? centre : Self.exactZ(t, df) / w)
            let logP = Self.exactLogP(t, df)
            remainders.append((knot < 0 ? log(2 - exp(logP)) : logP) + 0.5 * w * w)
        }
        self.ratios = ratios
        self.remainders = remainders
    }

    private static func t(_ w: Double, _ df: Double) -> Double {
        df.isInfinite ? w : (df * expm1(w * w / df)).squareRoot()
    }

    /// z of |t|.
    package static func exactZ(_ t: Double, _ df: Double) -> Double {
        if df.isInfinite { return t }
        let student = StudentT(degreesOfFreedom: df)
        if t < 1e-4 { return t * student.density(0) / Normal.density(0) }
        let tail = student.upperTail(t)
        return tail > 1e-290 ? -Normal.quantile(tail) : LogProbability.z(upperTail: student.logUpperTail(t))
    }

    /// ln of the two-sided p of |t|.
    package static func exactLogP(_ t: Double, _ df: Double) -> Double {
        let log2 = 0.693147180559945309417
        return df.isInfinite
            ? Normal.logCDF(-t) + log2 : StudentT(degreesOfFreedom: df).logUpperTail(t) + log2
    }

    /// z with the sign of t, and ln of the two-sided p.
    @inline(__always)
    package func callAsFunction(_ t: Double) -> (z: Double, logP: Double) {
        let size = abs(t)
        let w =
            degreesOfFreedom.isInfinite
            ? size : (degreesOfFreedom * log1p(size * size / degreesOfFreedom)).squareRoot()
        let place = w * (1 / Self.step)
        guard place < Double(knots) else {
            guard !size.isNaN else { return (.nan, .nan) }
            let z = Self.exactZ(size, degreesOfFreedom)
            return (t < 0 ? -z : z, Self.exactLogP(size, degreesOfFreedom))
        }
        let knot = Int(place)
        let weights = QuinticWeights.at(place - Double(knot))
        var ratio = 0.0
        var remainder = 0.0
        ratios.withUnsafeBufferPointer { ratios in
            remainders.withUnsafeBufferPointer { remainders in
                for n in 0..<6 {
                    ratio += weights[n] * ratios[knot + n + 1]
                    remainder += weights[n] * remainders[knot + n + 1]
                }
            }
        }
        let z = w * ratio
        return (t < 0 ? -z : z, min(0, remainder - 0.5 * w * w))
    }
}

/// Tables of all degrees of freedom that occur: of k studies, at most k.
package struct TailTables: Sendable {
    private var tables: [Int: TailTable] = [:]

    /// - Parameter wholes: degrees of freedom.
    init(_ wholes: some Sequence<Int>) {
        for df in Set(wholes) where df > 0 { tables[df] = TailTable(degreesOfFreedom: Double(df)) }
    }

    subscript(_ df: Int) -> TailTable? { tables[df] }
}
