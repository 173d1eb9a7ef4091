import Foundation

/// Gauss–Legendre quadrature over panels.
enum GaussLegendre {
    /// Ten points on (−1, 1) with their weights.
    static let points: [(node: Double, weight: Double)] = [
        (-0.9739065285171717, 0.0666713443086881), (-0.8650633666889845, 0.1494513491505806),
        (-0.6794095682990244, 0.2190863625159820), (-0.4333953941292472, 0.2692667193099963),
        (-0.1488743389816312, 0.2955242247147529), (0.1488743389816312, 0.2955242247147529),
        (0.4333953941292472, 0.2692667193099963), (0.6794095682990244, 0.2190863625159820),
        (0.8650633666889845, 0.1494513491505806), (0.9739065285171717, 0.0666713443086881),
    ]

    /// Nodes and weights of equal panels, none wider than `width`.
    static func rule(from low: Double, to high: Double, width: Double) -> [(node: Double, weight: Double)] {
        let panels = max(1, Int(exactly: min(1e5, ((high - low) / width).rounded(.up))) ?? 1)
        let half = (high - low) / Double(2 * panels)
        return (0..<panels).flatMap { panel in
            let middle = low + half * Double(2 * panel + 1)
            return points.map { (middle + half * $0.node, half * $0.weight) }
        }
    }
}
