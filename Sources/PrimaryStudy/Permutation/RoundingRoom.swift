import Foundation
import Inference

/// Room for rounding where a statistic is compared with those of rearrangements.
///
/// Two rearrangements may give the same t or F by their algebra (two equal groups exchanged, sessions named anew alike in everybody,
/// values that occur twice) and another one in the last digits, as sums are taken in another order. Counted as they are, half of such
/// ties are lost, and p is too small: of three sessions of five people by up to 5 in 7,776. So a rearrangement counts as *at least
/// as large* from a little below the data's value on.
///
/// How little: in single precision a sum of n products of two vectors of length 1 is wrong by about √n·2⁻²⁴; the room is four times
/// that, in the unit of the correlation s = t/√(t² + df) (of F: of R² twice it), which is where the sum stands. So it is 1e-5 at t = 5 of ten
/// people, and grows where t stands for a nearly perfect fit. Of z (degrees of freedom that vary) s² = 1 − exp(−z²/df) of the
/// fewest. TFCE goes with t³ (∫ √e·h² dh): three times the relative room of the highest voxel. Cluster mass: that voxel's room in
/// relation to what it has above the threshold, twice. Cluster sizes are whole numbers, and have none.
struct RoundingRoom: Sendable {
    private let combinations: Int
    private let df: Double
    private let isScore: Bool
    /// In the unit of s.
    private let step: Double
    private var relative: (tfce: Float, mass: Float)

    /// - Parameters:
    ///   - rows: summed over.
    ///   - degreesOfFreedom: the fewest of any voxel.
    ///   - observed: the data's statistic; NaN where nothing is tested.
    init(
        rows: Int, combinations: Int, degreesOfFreedom: Int, isScore: Bool, observed: [Float], clusterForming: Double?
    ) {
        self.combinations = combinations
        df = Double(max(1, degreesOfFreedom))
        self.isScore = isScore
        step = 4 * Double(rows).squareRoot() * 0x1p-24
        relative = (0, 0)
        let highest = observed.reduce(Float(0)) { $1.isNaN ? $0 : max($0, abs($1)) }
        let least = height(highest)
        guard highest > 0 else { return }
        let room = min(1 - least / highest, Self.most)
        var mass = Self.sums
        if let threshold = clusterForming.map({ Float($0) }), highest > threshold {
            mass += 2 * room * highest / (highest - threshold)
        }
        relative = (3 * room + Self.sums, min(mass, Self.most))
    }

    /// Of sums over voxels and heights themselves.
    private static let sums: Float = 0x1p-18
    /// A perfect fit has no digits left; a tenth of a per cent is room enough.
    private static let most: Float = 0x1p-10

    /// The least value that is not below this one.
    func callAsFunction(_ value: Float, _ statistic: NullDistribution.Statistic) -> Float {
        switch statistic {
        case .voxel: height(value)
        case .tfce: value * (1 - relative.tfce)
        case .size: value
        case .mass: value * (1 - relative.mass)
        }
    }

    /// Of t, F or z, at least 0.
    func height(_ value: Float) -> Float {
        guard value > 0, value.isFinite else { return value }
        let x = Double(value)
        let least: Double
        if isScore {
            let s = max(0, (1 - exp(-x * x / df)).squareRoot() - step)
            least = (-df * log1p(-s * s)).squareRoot()
        } else if combinations == 1 {
            let s = max(0, x / (x * x + df).squareRoot() - step)
            least = s * (df / (1 - s * s)).squareRoot()
        } else {
            let q = Double(combinations)
            let r2 = max(0, q * x / (q * x + df) - 2 * step)
            least = df / q * r2 / (1 - r2)
        }
        return min(value, Float(least))
    }
}
