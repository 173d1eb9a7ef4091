/// An effect with its sampling variance.
public struct EffectValue: Hashable, Sendable {
    public var yi: Double
    public var vi: Double

    public init(yi: Double, vi: Double) {
        self.yi = yi
        self.vi = vi
    }

    /// Times a constant.
    public func scaled(by factor: Double) -> EffectValue { EffectValue(yi: factor * yi, vi: factor * factor * vi) }
}
