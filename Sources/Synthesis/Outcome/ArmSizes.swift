/// People in the first and in the second group of an effect.
public struct ArmSizes: Hashable, Sendable {
    public var first: Double
    public var second: Double

    public init(first: Double, second: Double) {
        self.first = first
        self.second = second
    }

    /// Of the effect the other way round.
    var turned: ArmSizes { ArmSizes(first: second, second: first) }
}
