/// What is simulated: how many studies of how many people, the true effect, and what a paper tells of it.
public struct SimulationDesign: Hashable, Sendable {
    public var studies = 20
    /// Participants of each study (one-sample contrast).
    public var subjects = 20
    /// True mean effect at the blob's centre, in standard deviations between subjects.
    public var effect = 0.7
    /// Centre of the blob, MNI mm; moved to the nearest mask voxel.
    public var centre: SIMD3<Double> = [-40, -20, 50]
    /// Full width at half maximum of the blob, mm. Beyond 1.25 of it the true effect is exactly 0.
    public var blobFWHM = 20.0
    /// Standard deviation of the effect between studies, everywhere; a smooth field of each study's own.
    public var tau = 0.1
    /// Smoothness of subjects' images (and of the studies' own effects), mm.
    public var noiseFWHM = 8.0
    /// One-tailed p a voxel has to fall below to be reported.
    public var thresholdP = 0.001
    /// Smallest cluster a study reports, mm³ (clusters of voxels that share faces or edges); 0 = every voxel.
    public var extent = 0.0
    /// Least distance of a cluster's reported peaks, mm.
    public var peakSeparation = 8.0
    /// Most peaks a study reports of one cluster (three in SPM's tables); 0 = all.
    public var peaksPerCluster = 0
    /// Share of the studies that report only the signs of their peaks.
    public var signsOnly = 0.5
    /// How the effect depends on a covariate of the studies: it is `truth · (1 + slope · x)`.
    public var slope = 0.0
    public var seed: UInt64 = 1

    public init() {}

    /// x of a study: evenly spread from −1 to 1, in an order that has nothing to do with who reports only signs.
    public func covariate(study: Int) -> Double {
        guard studies > 1 else { return 0 }
        var step = 7
        while studies % step == 0 { step += 2 }
        return 2 * Double(study * step % studies) / Double(studies - 1) - 1
    }

    /// Whether a study reports only signs: evenly spread over the studies.
    public func reportsOnlySigns(study: Int) -> Bool {
        (Double(study + 1) * signsOnly).rounded(.down) > (Double(study) * signsOnly).rounded(.down)
    }
}
