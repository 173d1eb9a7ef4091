public import Appraisal
public import Inference

/// What a model's clusters rest on: every experiment's effects at their peaks, and the jackknife.
public struct ClusterEvidence: Sendable {
    /// At the peak of each cluster.
    public var peaks: [StudyEffects]
    /// Nil where there is no cluster.
    public var jackknife: Jackknife?

    public init(peaks: [StudyEffects], jackknife: Jackknife?) {
        self.peaks = peaks
        self.jackknife = jackknife
    }
}
