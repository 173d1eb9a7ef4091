import Foundation

/// The distribution function of what ``LineQuadrature`` integrated, from its nodes alone: nothing is evaluated anew.
///
/// Between nodes the function is the polynomial through the sixteen nodes around. A quadrature that came to rest has nodes about
/// thirteen to the width of the strip in which its function is analytic, where this is right to about 1e-10.
struct LineCumulative: Sendable {
    private let first: Double
    private let step: Double
    /// Mass of each node; they sum to 1.
    private let weights: [Double]
    /// Mass up to each node.
    private let sums: [Double]

    private static let stencil = 16
    /// (−1)ᵏ·C(15, k): the barycentric weights of equidistant nodes (Berrut & Trefethen 2004,
    /// doi:10.1137/S0036144502417715).
    private static let barycentric: [Double] = {
        var weights = [1.0]
        for k in 1..<stencil { weights.append(-weights[k - 1] * Double(stencil - k) / Double(k)) }
        return weights
    }()

    /// nil of fewer nodes than the polynomial needs.
    init?(_ quadrature: LineQuadrature) {
        guard quadrature.nodes.count >= Self.stencil else { return nil }
        first = quadrature.nodes[0]
        step = quadrature.nodes[1] - quadrature.nodes[0]
        weights = quadrature.weights
        var sums = [0.0]
        sums.reserveCapacity(weights.count)
        for cell in 0..<weights.count - 1 {
            sums.append(sums[cell] + Self.mass(weights, cell: cell, share: 1))
        }
        // The trapezoidal sum, which is 1, is the better of the two.
        let total = sums[sums.count - 1]
        self.sums = sums.map { $0 / total }
    }

    /// The mass up to x.
    func callAsFunction(_ x: Double) -> Double {
        let place = (x - first) / step
        guard place > 0 else { return 0 }
        guard place < Double(weights.count - 1), let cell = Int(exactly: place.rounded(.down)) else { return 1 }
        let mass = sums[cell] + Self.mass(weights, cell: cell, share: place - Double(cell))
        return min(1, max(0, mass))
    }

    /// The last node with no more than this mass up to it, and the node after it.
    func cell(of mass: Double) -> (low: Double, high: Double) {
        var (low, high) = (0, sums.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if sums[middle] <= mass { low = middle } else { high = middle }
        }
        return (first + Double(low) * step, first + Double(high) * step)
    }

    /// The mass in the first part of a cell.
    private static func mass(_ weights: [Double], cell: Int, share: Double) -> Double {
        guard share > 0 else { return 0 }
        let start = min(max(cell - stencil / 2 + 1, 0), weights.count - stencil)
        let offset = Double(cell - start)
        var sum = 0.0
        for point in GaussLegendre.points {
            let place = offset + share * 0.5 * (1 + point.node)
            sum += point.weight * interpolated(weights, start, place)
        }
        return 0.5 * share * sum
    }

    private static func interpolated(_ weights: [Double], _ start: Int, _ place: Double) -> Double {
        var (above, below) = (0.0, 0.0)
        for k in 0..<stencil {
            let distance = place - Double(k)
            if distance == 0 { return weights[start + k] }
            let term = barycentric[k] / distance
            above += term * weights[start + k]
            below += term
        }
        return above / below
    }
}
