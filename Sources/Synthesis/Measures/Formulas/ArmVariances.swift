/// Sampling variances of the numbers of two groups (means, log risks, ...) whose difference is an effect: they add up to its own.
///
/// Two effects with one group in common have the variance of that group's number in common.
public struct ArmVariances: Hashable, Sendable {
    public var first: Double
    public var second: Double

    public init(first: Double, second: Double) {
        self.first = first
        self.second = second
    }

    /// Both times a constant.
    func scaled(by factor: Double) -> ArmVariances { ArmVariances(first: factor * first, second: factor * second) }

    /// Of the effect the other way round.
    var turned: ArmVariances { ArmVariances(first: second, second: first) }
}
