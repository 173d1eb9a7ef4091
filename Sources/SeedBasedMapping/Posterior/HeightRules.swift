/// Fewer heights in place of a sign-only peak's several, where the peak is far away.
///
/// The bounds then move little with the height, and averages over heights need only its first moments: the Gauss rule of
/// n heights for the distribution given keeps 2n − 1 of them. A rule serves while slope · range of heights, in standard errors
/// at τ = 0, is below its limit; then the log-likelihood is off by at most 1e-5 wherever it is above −12 (measured, n from 15
/// to 200).
struct HeightRules: Sendable {
    /// The rules with 2, 3, … heights, then the distribution itself: heights and weights.
    let rules: [(heights: [Double], weights: [Double])]
    private let range: Double

    /// Largest slope · range / standard error of the rules with 2, 3 and 4 heights.
    private static let limits = [0.07, 0.35, 1.2]

    init(heights: [Double], weights: [Double]) {
        range = (heights.max() ?? 0) - (heights.min() ?? 0)
        var rules: [(heights: [Double], weights: [Double])] = []
        for count in 2...4 where count < heights.count {
            rules.append(Self.gauss(heights, weights, count: count))
        }
        self.rules = rules + [(heights, weights)]
    }

    /// Which rule serves.
    func index(slope: Double, standardError: Double) -> Int {
        let spread = abs(slope) * range / standardError
        for index in 0..<rules.count - 1 where spread <= Self.limits[index] { return index }
        return rules.count - 1
    }

    /// Stieltjes' recurrence for the orthogonal polynomials, and their roots.
    private static func gauss(_ heights: [Double], _ weights: [Double], count: Int) -> (
        heights: [Double], weights: [Double]
    ) {
        var previous = heights.map { _ in 0.0 }
        var current = heights.map { _ in 1.0 }
        var norm = 1.0
        var diagonal: [Double] = []
        var beside: [Double] = []
        for degree in 0..<count {
            var square = 0.0
            var moment = 0.0
            for (index, weight) in weights.enumerated() {
                square += weight * current[index] * current[index]
                moment += weight * heights[index] * current[index] * current[index]
            }
            let a = moment / square
            let b = degree == 0 ? 0 : square / norm
            diagonal.append(a)
            if degree > 0 { beside.append(b.squareRoot()) }
            let next = heights.indices.map { (heights[$0] - a) * current[$0] - b * previous[$0] }
            previous = current
            current = next
            norm = square
        }
        // Heights lie between those given: roots of the last polynomial, by bisection between sign changes.
        func value(_ x: Double) -> Double {
            var (before, now) = (0.0, 1.0)
            for degree in 0..<count {
                let b = degree == 0 ? 0 : beside[degree - 1] * beside[degree - 1]
                (before, now) = (now, (x - diagonal[degree]) * now - b * before)
            }
            return now
        }
        let (low, high) = (heights.min() ?? 0, heights.max() ?? 0)
        let pieces = 4000
        var roots: [Double] = []
        for piece in 0..<pieces {
            var a = low + (high - low) * Double(piece) / Double(pieces)
            var b = low + (high - low) * Double(piece + 1) / Double(pieces)
            let start = value(a)
            guard start * value(b) < 0 || value(b) == 0 else { continue }
            for _ in 0..<60 {
                let middle = 0.5 * (a + b)
                if value(middle) * start > 0 { a = middle } else { b = middle }
            }
            roots.append(0.5 * (a + b))
        }
        guard roots.count == count else { return (heights, weights) }
        // Each weight is the average over the heights of Lagrange's polynomial of its root.
        let found = roots.map { root in
            zip(heights, weights).reduce(0.0) { sum, pair in
                sum + pair.1 * roots.reduce(1.0) { $1 == root ? $0 : $0 * (pair.0 - $1) / (root - $1) }
            }
        }
        return (roots, found)
    }
}
