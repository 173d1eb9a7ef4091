import Foundation
import Statistics

/// Values of the mean at which a voxel's posterior is tabulated: neighbours on a lattice through zero.
///
/// The trapezoid rule on a smooth density that falls off to both sides is exact but for about 2·exp(−2π²σ²/step²) of it, so
/// that a step of .57 posterior SD would do for 1e-9 even where the density at τ = 0 is half as wide; what counts is
/// that the nodes reach far enough. The step follows the posterior SD from level to level, four levels to a halving; all
/// voxels of a level share their nodes, and with them the tables of silent studies. Steps have few digits, so that nodes are
/// exact in single precision and a mirrored study has mirrored values.
struct MeanLattice: Hashable, Sendable {
    let level: Int
    let step: Double

    /// Nodes of a voxel at first: the one nearest to the centre and fifteen to each side, up to 8.5 SD.
    static let nodes = 31
    /// Most to each side.
    static let mostSide = 39
    static let perDeviation = 0.57

    init(level: Int) {
        self.level = level
        let exact = 0.3 * exp2(-Double(level) / 4)
        let unit = exp2(log2(exact).rounded(.down) - 8)
        step = (exact / unit).rounded() * unit
    }

    /// The coarsest whose step is at most `step`.
    init(stepAtMost step: Double) {
        let level = Int((4 * log2(0.3 / max(step, 1e-6)) - 1e-9).rounded(.up))
        let lattice = MeanLattice(level: level)
        self = lattice.step <= step * (1 + 1e-6) ? lattice : MeanLattice(level: level + 1)
    }

    func index(nearest x: Double) -> Int { Int(saturating: (x / step).rounded()) }
}

/// Values of τ at which posteriors are tabulated, and their weights.
///
/// The likelihood depends on τ through τ², so as a function of u in τ = c·sinh u it goes on evenly below zero: the
/// trapezoid rule over u ≥ 0 with half a weight at 0 converges exponentially, as on a whole line. c is half the prior's scale;
/// the last node lies at 4.5 scales. Twelve nodes leave errors of at most 1e-5 of g and SD where few effects are known;
/// with many known effects the posterior of τ narrows, and steps are halved.
struct TauNodes: Sendable {
    let deviations: [Double]
    /// Trapezoid weights c·cosh(u)·du.
    let weights: [Double]
    /// log of weight times prior (the half-normal's exponential; its constant left out).
    let logWeights: [Double]
    /// Rounded up to a multiple of sixteen, the tail as the last.
    let tau2: [Float]
    let bend: Double
    let du: Double

    var count: Int { deviations.count }

    /// - Parameter halvings: 0 for twelve nodes, at most ``mostHalvings``.
    init(scale: Double, halvings: Int) {
        let intervals = 11 << halvings
        bend = 0.5 * scale
        let (bend, du) = (bend, asinh(9.0) / Double(intervals))
        self.du = du
        deviations = (0...intervals).map { bend * sinh(Double($0) * du) }
        weights = (0...intervals).map { bend * cosh(Double($0) * du) * du * ($0 == 0 ? 0.5 : 1) }
        logWeights = zip(weights, deviations).map { log($0) - $1 * $1 / (2 * scale * scale) }
        tau2 = Self.padded(deviations)
    }

    /// One value, for a first look.
    init(only deviation: Double) {
        deviations = [deviation]
        weights = [1]
        logWeights = [0]
        tau2 = Self.padded(deviations)
        bend = deviation
        du = 1
    }

    static let mostHalvings = 3

    /// Steps of u must not exceed about 1.2 SD of its posterior, which is at least 1/√(2k) with k known effects.
    static func halvings(known count: Int) -> Int { count <= 10 ? 0 : count <= 45 ? 1 : count <= 180 ? 2 : 3 }

    private static func padded(_ deviations: [Double]) -> [Float] {
        let length = (deviations.count + 15) / 16 * 16
        return (0..<length).map { index in
            let tau = deviations[min(index, deviations.count - 1)]
            return Float(tau * tau)
        }
    }

    /// E[τ] from the sums of weights at the nodes. τ itself has a kink at zero: the first two terms of the
    /// Euler-Maclaurin formula there.
    func expectation(_ sums: UnsafePointer<Float>) -> Double {
        var total = 0.0
        var first = 0.0
        for node in 0..<count {
            total += Double(sums[node])
            first += Double(sums[node]) * deviations[node]
        }
        guard count > 1 else { return deviations[0] }
        let p0 = Double(sums[0]) / weights[0]
        let p1 = Double(sums[1]) / weights[1]
        let curvature = (p1 - p0) / (du * du)
        let second = du * du / 12 * bend * bend * p0
        let fourth = du * du * du * du / 120 * bend * bend * (2.0 / 3 * p0 + curvature)
        return (first + second - fourth) / total
    }
}
