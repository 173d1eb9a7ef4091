public import Evidence

/// The effects of every experiment at one place, over imputations: what forest plots, bias tests, influence and evidence
/// classes are made from.
///
/// A place is a voxel or a set of voxels; a set's effect is the mean over its voxels within each imputation.
public struct StudyEffects: Sendable {
    /// What an experiment said about a place.
    public enum Source: String, Hashable, Sendable, CaseIterable {
        /// A statistic map covers it.
        case map
        /// A peak with a statistic lies near: where its kernel is at least half as high as at its centre.
        case peak
        /// A peak of which only the sign is known does.
        case sign
        /// No peak near: mostly that nothing passed the threshold.
        case nothing
    }

    public struct Study: Hashable, Sendable {
        public var id: String
        /// Ids of the experiments that are combined into it; its own where it is one.
        public var experiments: [String]
        /// Group of people; experiments sharing it are not independent.
        public var sample: String
        public var n1: Int
        public var n2: Int
        /// Whether it has only its second group in common with others of its sample (``Experiment/sharesControls``).
        public var sharesControls = false
        /// Who is in each of the experiments that are combined into it; empty where it is one.
        public var combinedGroups: [People.Group] = []
        public var source: Source
        /// Hedges' g (Fisher's z for correlations), one per imputation.
        public var effects: [Double]
        /// Sampling variance of each.
        public var variances: [Double]

        public init(
            id: String, sample: String, n1: Int, n2: Int, source: Source, effects: [Double], variances: [Double]
        ) {
            self.id = id
            experiments = [id]
            self.sample = sample
            self.n1 = n1
            self.n2 = n2
            self.source = source
            self.effects = effects
            self.variances = variances
        }

        /// Who is in it, for counting people.
        public var groups: [People.Group] {
            combinedGroups.isEmpty
                ? [People.Group(sample: sample, n1: n1, n2: n2, sharesControls: sharesControls)] : combinedGroups
        }
    }

    public var name: String
    /// MNI mm of a voxel, or of a set's centre of gravity.
    public var coordinate: SIMD3<Double>
    public var voxelCount: Int
    /// Experiments that have a value here, in the order of the model.
    public var studies: [Study]
    /// Of a voxel of a model whose mean is a posterior; nil elsewhere.
    public var posterior: PlacePosterior?

    public init(name: String, coordinate: SIMD3<Double>, voxelCount: Int, studies: [Study]) {
        self.name = name
        self.coordinate = coordinate
        self.voxelCount = voxelCount
        self.studies = studies
    }
}
