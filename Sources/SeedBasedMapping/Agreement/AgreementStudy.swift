import Evidence
public import Imaging
public import Statistics

/// What the agreement test knows of an experiment: its peaks with their effects, or its whole map.
public struct AgreementStudy: Sendable {
    /// The experiment's id.
    public var id: String
    /// The group of people. Experiments of one sample move together.
    public var sample: String
    public var scale: EffectScale
    /// b, the effect at the threshold, positive; nil for a map.
    public var thresholdG: Double?
    public var peaks: [BoundsBuilder.MappedPeak]
    /// Effects per mask voxel of an experiment given as a map, NaN where it has none.
    public var map: [Float]?
    /// Mask voxels (by position) that the experiment looked at; nil for all.
    public var coverage: [Bool]?

    public init(
        id: String, sample: String, scale: EffectScale, thresholdG: Double?, peaks: [BoundsBuilder.MappedPeak],
        map: [Float]? = nil, coverage: [Bool]? = nil
    ) {
        self.id = id
        self.sample = sample
        self.scale = scale
        self.thresholdG = thresholdG
        self.peaks = peaks
        self.map = map
        self.coverage = coverage
    }

    /// - Parameters:
    ///   - map: effects of an experiment given as a map, one per mask voxel.
    ///   - coverage: mask voxels that the experiment looked at; nil for all.
    public init(_ prepared: PreparedExperiment, map: [Float]?, coverage: [Bool]? = nil) {
        self.init(
            id: prepared.experiment.id, sample: prepared.experiment.sample, scale: prepared.scale,
            thresholdG: prepared.thresholdG, peaks: prepared.peaks, map: map, coverage: coverage)
    }
}
