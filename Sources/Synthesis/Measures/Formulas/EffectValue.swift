/// An effect with its sampling variance.
public struct EffectValue: Hashable, Sendable {
    public var yi: Double
    public var vi: Double
    /// What each group adds to ``vi``, where the effect is a number of the first group minus one of the second.
    public var arms: ArmVariances?

    public init(yi: Double, vi: Double, arms: ArmVariances? = nil) {
        self.yi = yi
        self.vi = vi
        self.arms = arms
    }

    /// Times a constant.
    public func scaled(by factor: Double) -> EffectValue {
        EffectValue(yi: factor * yi, vi: factor * factor * vi, arms: arms?.scaled(by: factor * factor))
    }
}
