public import Statistics

extension Settings {
    /// How the variance between studies is estimated.
    public var pooling: RandomEffects.Estimator { tau2Estimator == .reml ? .reml : .dersimonianLaird }
}
