public import Evidence
public import Formats
public import Imaging
public import Inference
public import PrimaryStudy

/// All that a primary study came to.
public struct StudyResult: Sendable {
    public var name: String
    public var participants: ParticipantDesign
    public var table: ParticipantTable
    public var area: StudyArea
    public var choices: StudyChoices
    public var design: StudyDesign
    public var mask: Mask
    public var inference: StudyInference
    public var fit: StudyFit
    /// nil of F tests.
    public var effects: EffectMaps?
    /// What survives the correction, strongest first.
    public var findings: [StudyFinding]
    /// Clusters below the cluster-forming p that do not, and where nothing is below it, the strongest place of each sign.
    public var others: [StudyFinding]
    /// nil of F tests.
    public var limits: StudyLimits?
    /// Of each image; empty where values of regions were tested.
    public var images: [ParticipantImages.Facts]
    public var inputFiles: [String]
    public var notices: [Notice]
    /// A bisquare fit of every column of the design, where it was asked for.
    public var robust: RobustMaps?
    /// q of each voxel, where they were asked for.
    public var falseDiscoveries: [Float]?
    /// The continued tail of the largest statistics, where it was asked for and one fits.
    public var tail: ParetoTail?
    public var conjunction: Conjunction?
    /// By region; empty unless it was asked for.
    public var reliability: [RegionReliability]

    /// What several contrasts have in common.
    public struct Conjunction: Sendable {
        public struct Place: Sendable {
            public var name: String
            public var cluster: Cluster
            public var correctedP: Double
        }

        public var contrasts: [String]
        /// By TFCE; else by voxel.
        public var isTFCE: Bool
        public var maps: StudyConjunction
        /// Voxels below the level in every contrast, each sign by itself.
        public var places: [Place]
    }

    /// Whether it is a study of region values.
    public var isRegional: Bool { area.kind == .regionValues }

    /// Whether effects are correlations.
    public var isCorrelation: Bool {
        switch participants.kind {
        case .correlation, .changeOnValue, .changeOnChange, .prediction: true
        case .mean, .paired, .repeated, .groups, .severalGroups, .controlledChange, .severalChanges: false
        }
    }

    /// Whether a person's value has the sign of the finding or not: of means and changes.
    public var countsPeople: Bool { participants.kind == .mean || participants.kind == .paired }

    /// Which tail p are of: F tests have one.
    public var side: StudyInference.Side { inference.contrast.isJoint ? .positive : .both }

    /// t, or F of several columns, of the bisquare fit for what is tested; nil without one, and where it is not fitted.
    package func robust(at voxel: Int) -> Double? {
        guard let robust, let column = participants.tested.first else { return nil }
        let value = robust.joint?[voxel] ?? robust.t[column][voxel]
        return value.isFinite ? Double(value) : nil
    }
}
