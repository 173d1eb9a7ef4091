public import Appraisal
public import Evidence
public import Imaging
public import Inference

/// What one method other than SDM-PSI says about a model.
public struct MethodResult: Sendable {
    /// What a map's z is the z of.
    public enum Direction: String, Hashable, Sendable, CaseIterable {
        /// Foci of any sign: z says where they converge, not which way.
        case all
        /// Foci of increases, of decreases.
        case positive, negative
        /// z has a sign of its own: a difference of groups, or statistic maps.
        case signed
    }

    public var method: AnalysisMethod
    public var direction: Direction
    public var mask: Mask
    /// Uncorrected maps, then corrected ones.
    public var maps: [MethodMap]
    /// Uncorrected, per mask voxel; of decreases as positive numbers where ``direction`` is `negative`.
    public var z: [Float]
    /// Whether a mask voxel survives ``criterion``.
    public var isSignificant: [Bool]
    /// How the surviving voxels were chosen, in words: `cluster size FWE p < 0.05 (…)`.
    public var criterion: String
    /// Of the surviving voxels, the strongest peak first, those above zero before those below.
    public var findings: [Finding]
    /// Step of the corrected p, which are counted among so many repetitions: the smallest that could be had; nil where they are not
    /// counted, as false discovery rates.
    public var smallestP: Double?
    /// What entered: experiments, or samples where their experiments were pooled.
    public var units: [String]
    /// Of the two groups of a comparison, what `z` above zero means first; empty otherwise.
    public var groups: [String]
    public var foci: Int
    /// What a reader should know before believing it.
    public var notes: [String]
    public var seconds: Double

    public init(
        method: AnalysisMethod, direction: Direction, mask: Mask, maps: [MethodMap], z: [Float],
        isSignificant: [Bool], criterion: String, findings: [Finding], units: [String], groups: [String] = [],
        foci: Int = 0, notes: [String] = [], seconds: Double = 0
    ) {
        self.method = method
        self.direction = direction
        self.mask = mask
        self.maps = maps
        self.z = z
        self.isSignificant = isSignificant
        self.criterion = criterion
        self.findings = findings
        self.units = units
        self.groups = groups
        self.foci = foci
        self.notes = notes
        self.seconds = seconds
    }

    /// `ale`, `ale_positive`: folder and file names.
    public var label: String {
        switch direction {
        case .all, .signed: method.rawValue
        case .positive, .negative: "\(method.rawValue)_\(direction.rawValue)"
        }
    }

    /// `ALE, increases`.
    public var title: String {
        switch direction {
        case .all, .signed: method.title
        case .positive: "\(method.title), increases"
        case .negative: "\(method.title), decreases"
        }
    }
}
