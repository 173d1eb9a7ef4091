import Foundation
import Statistics

/// The posterior of one voxel by plain quadrature in double precision: slow, and what the fast way is tested against.
///
/// Ten Gauss-Legendre nodes on panels that no bound lies inside of (the interval likelihood has a kink there), at most a tenth
/// of a unit wide; g, SD, E τ and the probability above 0 are right to about 1e-9 for samples of up to some hundred.
public struct PosteriorReference: Hashable, Sendable {
    public let g: Double
    public let se: Double
    /// E τ.
    public let tau: Double
    public let probabilityAbove: Double

    /// - Parameter panel: widest panel of the mean, in g.
    public init(_ likelihoods: [IntervalLikelihood], settings: PosteriorSettings, panel: Double = 0.1) {
        let bounds: [Double] = likelihoods.flatMap { $0.bounds.flatMap { [$0.lower, $0.upper] } }
        let farthest: Double = bounds.reduce(0) { max($0, abs($1)) }
        let reach = max(1 + farthest, 7 * settings.meanDeviation)
        var edges: [Double] = [-reach, 0, reach]
        edges += bounds
        edges.sort()
        let scale = settings.tauDeviation / 0.3
        let means = Self.nodes(edges, widest: panel)
        let taus = Self.nodes([0, 0.3 * scale, 2.4 * scale], widest: panel * scale)
        var logs = [Double]()
        logs.reserveCapacity(means.count * taus.count)
        var most = -Double.infinity
        for (tau, _) in taus {
            for (mean, _) in means {
                var sum = -0.5 * mean * mean / (settings.meanDeviation * settings.meanDeviation)
                sum -= 0.5 * tau * tau / (settings.tauDeviation * settings.tauDeviation)
                for likelihood in likelihoods { sum += likelihood(mean: mean, tau: tau) }
                logs.append(sum)
                most = max(most, sum)
            }
        }
        var total = 0.0
        var first = 0.0
        var second = 0.0
        var tauSum = 0.0
        var above = 0.0
        var index = 0
        for (tau, tauWeight) in taus {
            for (mean, weight) in means {
                let mass = weight * tauWeight * exp(logs[index] - most)
                index += 1
                total += mass
                first += mass * mean
                second += mass * mean * mean
                tauSum += mass * tau
                if mean > 0 { above += mass }
            }
        }
        g = first / total
        se = max(second / total - g * g, 0).squareRoot()
        tau = tauSum / total
        probabilityAbove = above / total
    }

    private static func nodes(_ edges: [Double], widest: Double) -> [(Double, Double)] {
        let half = [
            (0.14887433898163121, 0.29552422471475287), (0.43339539412924719, 0.26926671930999636),
            (0.67940956829902441, 0.21908636251598204), (0.86506336668898451, 0.14945134915058059),
            (0.97390652851717172, 0.06667134430868814),
        ]
        var nodes: [(Double, Double)] = []
        for (low, high) in zip(edges, edges.dropFirst()) where high - low > 1e-12 {
            let pieces = max(1, Int(((high - low) / widest).rounded(.up)))
            let width = (high - low) / Double(pieces)
            for piece in 0..<pieces {
                let middle = low + (Double(piece) + 0.5) * width
                for (x, w) in half {
                    nodes.append((middle - 0.5 * width * x, 0.5 * width * w))
                    nodes.append((middle + 0.5 * width * x, 0.5 * width * w))
                }
            }
        }
        return nodes
    }
}
