/// The mean of effects that one sample of people gave, and its sampling variance.
///
/// The plain mean of k effects whose errors correlate by r has variance (1/k²)·(Σvᵢ + Σ_{i≠j} r√(vᵢvⱼ)), which is
/// (1/k²)·((1 − r)·Σvᵢ + r·(Σ√vᵢ)²) (Borenstein, Hedges, Higgins & Rothstein, Introduction to Meta-Analysis, 2009, ch. 24,
/// doi:10.1002/9780470743386).
public struct CompositeEffect: Hashable, Sendable {
    public var effect: Double
    public var variance: Double

    /// - Parameters:
    ///   - effects: at least one.
    ///   - correlation: r, from 0 to 1.
    public init(effects: [Double], variances: [Double], correlation r: Double) {
        let k = Double(effects.count)
        effect = effects.reduce(0, +) / k
        let deviations = variances.reduce(0) { $0 + $1.squareRoot() }
        variance = ((1 - r) * variances.reduce(0, +) + r * deviations * deviations) / (k * k)
    }
}
