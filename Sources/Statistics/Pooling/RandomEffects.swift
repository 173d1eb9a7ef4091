/// Random-effects pooling of effects with known sampling variances, for the intercept-only model.
///
/// This is the plain reference; the voxelwise engine in Mapping does the same on vectors and is tested against it.
public struct RandomEffects: Hashable, Sendable {
    public enum Estimator: Hashable, Sendable {
        /// DerSimonian & Laird 1986 (doi:10.1016/0197-2456(86)90046-2): moments, closed form.
        case dersimonianLaird
        /// Restricted maximum likelihood by Fisher scoring (Viechtbauer 2005, doi:10.3102/10769986030003261).
        case reml
    }

    /// Pooled effect.
    public var effect: Double
    /// Its sampling variance, 1/Σw.
    public var variance: Double
    /// Between-study variance.
    public var tau2: Double
    /// Cochran's Q of the fixed-effect model.
    public var q: Double
    /// H² = 1 + τ²·tr(P)/df, I² = 1 − 1/H² (Higgins & Thompson 2002, doi:10.1002/sim.1186, by the model's τ²).
    public var h2: Double

    public var i2: Double { 1 - 1 / h2 }

    /// - Parameters:
    ///   - effects: at least one.
    ///   - variances: sampling variances, all positive.
    public init(effects: [Double], variances: [Double], estimator: Estimator = .dersimonianLaird) {
        let df = Double(effects.count - 1)
        var sumW = 0.0
        var sumW2 = 0.0
        var sumWY = 0.0
        for (y, v) in zip(effects, variances) {
            let w = 1 / v
            sumW += w
            sumW2 += w * w
            sumWY += w * y
        }
        let fixed = sumWY / sumW
        let q = zip(effects, variances).reduce(0) { $0 + ($1.0 - fixed) * ($1.0 - fixed) / $1.1 }
        let trace = sumW - sumW2 / sumW
        let tau2 =
            switch estimator {
            case _ where df == 0: 0.0
            case .dersimonianLaird: max(0, (q - df) / trace)
            case .reml: Self.reml(effects, variances)
            }
        self.q = q
        self.tau2 = tau2
        let weights = variances.map { 1 / ($0 + tau2) }
        let total = weights.reduce(0, +)
        variance = 1 / total
        effect = zip(weights, effects).reduce(0) { $0 + $1.0 * $1.1 } / total
        h2 = df > 0 ? 1 + tau2 * trace / df : 1
    }

    /// Fisher scoring from max(0, var(y) − mean(v)), at most 200 steps, until a step is below 1e-10 of τ² + mean(v);
    /// τ² is kept at or above 0.
    static func reml(_ effects: [Double], _ variances: [Double]) -> Double {
        let count = Double(effects.count)
        let mean = effects.reduce(0, +) / count
        let meanVariance = variances.reduce(0, +) / count
        let spread = effects.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        var tau2 = max(0, spread - meanVariance)
        for _ in 0..<200 {
            var w1 = 0.0
            var w2 = 0.0
            var w3 = 0.0
            var wy = 0.0
            for (y, v) in zip(effects, variances) {
                let w = 1 / (v + tau2)
                w1 += w
                w2 += w * w
                w3 += w * w * w
                wy += w * y
            }
            let mu = wy / w1
            var score = 0.0
            for (y, v) in zip(effects, variances) {
                let w = 1 / (v + tau2)
                score += w * w * (y - mu) * (y - mu)
            }
            // y'PPy − tr(P), over tr(PP), with P = W − W1(1'W1)⁻¹1'W.
            let traceP = w1 - w2 / w1
            let tracePP = w2 - 2 * w3 / w1 + w2 * w2 / (w1 * w1)
            let step = (score - traceP) / tracePP
            let next = max(0, tau2 + step)
            let change = abs(next - tau2)
            tau2 = next
            if change <= 1e-10 * (tau2 + meanVariance) { break }
        }
        return tau2
    }
}
