public import Statistics

extension Settings {
    /// How the variance between studies is estimated.
    public var estimator: RandomEffects.Estimator { tau2Estimator == .reml ? .reml : .dersimonianLaird }
}
