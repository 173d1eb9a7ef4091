/// How many unpublished studies without effect would undo a finding.
///
/// Old rules of thumb that reviewers still ask for; they assume that the missing studies average exactly zero. Counts
/// are rounded up, as metafor's `fsn` does.
public struct FailSafeNumber: Hashable, Sendable {
    /// Rosenthal 1979 (doi:10.1037/0033-2909.86.3.638): until Stouffer's one-sided p rises to α.
    public let rosenthal: Int
    /// Orwin 1983 (doi:10.3102/10769986008002157): until the unweighted mean falls to the target; nil for target 0.
    public let orwin: Int?
    /// Rosenberg 2005 (doi:10.1111/j.0014-3820.2005.tb01004.x): until the weighted fixed-effect mean loses its
    /// two-sided significance at α.
    public let rosenberg: Int

    /// - Parameters:
    ///   - effects, variances: S each.
    ///   - target: Orwin's negligible effect, of either sign; half the mean where nil.
    public init(effects: [Double], variances: [Double], alpha: Double = 0.05, target: Double? = nil) {
        let count = Double(effects.count)
        let sumZ = zip(effects, variances).reduce(0) { $0 + $1.0 / $1.1.squareRoot() }
        let oneSided = Normal.quantile(alpha)
        rosenthal = Self.roundedUp(sumZ * sumZ / (oneSided * oneSided) - count)

        let mean = abs(effects.reduce(0, +)) / count
        let least = target.map { abs($0) } ?? mean / 2
        orwin = least > 0 ? Self.roundedUp(count * (mean - least) / least) : nil

        // Studies of the mean weight are added until Σwy/√(Σw + N·w̄) falls to the critical value.
        let weights = variances.map { 1 / $0 }
        let total = weights.reduce(0, +)
        let weighted = zip(weights, effects).reduce(0) { $0 + $1.0 * $1.1 }
        let twoSided = Normal.quantile(alpha / 2)
        let excess = weighted * weighted / (twoSided * twoSided) - total
        rosenberg = Self.roundedUp(count * excess / total)
    }

    /// Up, but not for rounding errors; between 0 and the largest whole number.
    private static func roundedUp(_ x: Double) -> Int {
        guard x > 0 else { return 0 }
        let nearest = x.rounded()
        return Int(exactly: abs(x - nearest) < 1.5e-8 ? nearest : x.rounded(.up)) ?? .max
    }
}
