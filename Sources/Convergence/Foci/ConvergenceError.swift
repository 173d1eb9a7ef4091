/// What keeps a convergence method from running.
public enum ConvergenceError: Error, Hashable, Sendable, CustomStringConvertible {
    case noFoci
    case emptyMask
    /// A kernel or weight needs a sample size that an experiment does not state.
    case noSampleSize(experiment: String)
    /// A setting outside its range.
    case setting(name: String, value: Double, allowed: String)
    /// A coordinate that is not a number or lies kilometres away.
    case coordinate(experiment: String)
    case tooFewExperiments(needed: Int, found: Int)
    /// Labels or foci that do not fit the experiments.
    case mismatch(String)

    public var description: String {
        switch self {
        case .noFoci: "No experiment reports a focus: there is nothing to converge."
        case .emptyMask: "The mask has no voxel."
        case .noSampleSize(let experiment):
            "\(experiment): no sample size, which this kernel or weighting needs. State n, or choose a fixed kernel."
        case .setting(let name, let value, let allowed): "\(name) is \(value); allowed: \(allowed)."
        case .coordinate(let experiment): "\(experiment): a coordinate is not a number within ±10,000 mm."
        case .tooFewExperiments(let needed, let found): "\(found) experiment(s); at least \(needed) are needed."
        case .mismatch(let text): text
        }
    }
}
