import Imaging
public import Inference
public import PrimaryStudy

/// A place where a study found something, or where it came nearest to it, and what its people show there.
public struct StudyFinding: Sendable {
    /// `Left insula`; the region's name where values of regions were tested.
    public var name: String
    public var cluster: Cluster
    /// t (F) at the peak.
    public var peak: Double
    /// Corrected p of the chosen statistic: the smallest of its voxels, or of the cluster.
    public var correctedP: Double
    /// The smallest corrected p by each statistic.
    public var byStatistic: [StudyChoices.Correction: Double]
    public var isCorrected: Bool
    /// mm³.
    public var volume: Double
    /// Mean over the finding's voxels, one per unit of the design.
    public var values: [Double]
    /// The same of each session, by person in the order of ``people``.
    public var trajectories: [[Double]]
    public var people: [String]
    /// Read from the voxels that were selected for it: too large.
    public var effect: StudyEffect?
    /// Each person read where the others alone show the effect: not too large by selection. nil of regions, which were not selected.
    public var validated: StudyEffect?
    /// The study without each person.
    public var without: [LeaveOneSubjectOut.Reading]
    /// Of a change between two sessions: in spreads between people beside d_z, and r of the sessions.
    public var within: WithinSubjectEffect?
    /// p by the continued tail: an extrapolation; nil where there is none, and where permutations are counted.
    public var tailP: Double?

    /// How many people have the sign of the finding, of those with a value. Says something of means and changes only
    /// (``StudyResult/countsPeople``).
    public var share: (with: Int, of: Int) {
        let present = values.filter(\.isFinite)
        return (present.count { $0 * Double(cluster.sign) > 0 }, present.count)
    }

    /// The people without whom nothing of it is left.
    public var carriers: [String] { without.filter { !$0.isKept }.map(\.subject) }
}
