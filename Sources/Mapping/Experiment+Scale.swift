public import Evidence
public import Inference
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

extension PermutationScheme.Experiment {
    /// - Parameter stream: names the stream of random numbers; the experiment's id where nil.
    public init(_ experiment: Evidence.Experiment, stream: String? = nil) {
        let id = stream ?? experiment.id
        switch experiment.measure {
        case .change: self.init(id: id, n1: experiment.n1, n2: experiment.n2)
        case .correlation: self.init(id: id, predictorOf: experiment.n)
        }
    }
}
