public import Evidence
public import Inference

extension PermutationScheme.Experiment {
    /// - Parameter stream: names the stream of random numbers; the experiment's id where nil.
    public init(_ experiment: Evidence.Experiment, stream: String? = nil) {
        let id = stream ?? experiment.id
        switch experiment.measure {
        case .change: self.init(id: id, n1: experiment.n1, n2: experiment.n2)
        case .correlation: self.init(id: id, predictorOf: experiment.n)
        }
    }

    /// Experiments as they are permuted when those of a sample belong together: the same people, so the same permutation.
    ///
    /// In one-sample contrasts the k-th subject of one is taken for the k-th of the other, whatever their numbers; two-sample
    /// contrasts and correlations are permuted together only where their numbers are equal, else each on its own.
    public static func bySample(_ experiments: [Evidence.Experiment]) -> [PermutationScheme.Experiment] {
        let streams = experiments.map { experiment in
            switch experiment.measure {
            case .correlation: "\(experiment.sample)\u{0}r \(experiment.n)"
            case .change where experiment.n2 > 0: "\(experiment.sample)\u{0}\(experiment.n1) \(experiment.n2)"
            case .change: "\(experiment.sample)\u{0}"
            }
        }
        let counts = Dictionary(streams.map { ($0, 1) }, uniquingKeysWith: +)
        return zip(experiments, streams).map { experiment, stream in
            PermutationScheme.Experiment(experiment, stream: counts[stream] == 1 ? nil : stream)
        }
    }
}
