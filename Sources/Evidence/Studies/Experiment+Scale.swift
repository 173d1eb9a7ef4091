public import Statistics

extension Experiment {
    /// How its t becomes an effect: Hedges' g of a change, Fisher's z of a correlation.
    public var scale: EffectScale {
        switch measure {
        case .change: EffectScale(n1: n1, n2: n2)
        case .correlation: EffectScale(correlationOf: n)
        }
    }
}
