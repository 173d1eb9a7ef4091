/// What is simulated: how many studies of how many people, the true effect, and what a paper tells of it.
public struct SimulationDesign: Hashable, Sendable {
    public var studies = 20
    /// Participants of each study (one-sample contrast).
    public var subjects = 20
    /// True mean effect at the blob's centre, in standard deviations between subjects.
    public var effect = 0.7
    /// Centre of the blob, MNI mm; moved to the nearest mask voxel.
    public var centre: SIMD3<Double> = [-40, -20, 50]
    /// Centres of further blobs, equal to the first; more than 2.5 of its FWHM apart they do not overlap.
    public var otherCentres: [SIMD3<Double>] = []
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
    /// Whether studies differ in size: half, .7, 1, 1.4 and 2 times ``subjects``, in turn.
    public var isUnequal = false
    /// Participants of each study, in turn; empty where they are ``subjects``.
    public var sizes: [Int] = []
    /// Effects that each study has besides, at places of its own: blobs of ``ownEffect``, as many up as down on average, so
    /// that the mean over all studies there could be is as without them.
    public var ownEffects = 0
    public var ownEffect = 0.7
    /// Whether papers report increases only.
    public var isIncreasesOnly = false
    public var seed: UInt64 = 1

    public init() {}

    /// Participants of a study.
    public func subjects(study: Int) -> Int {
        if !sizes.isEmpty { return sizes[study % sizes.count] }
        guard isUnequal else { return subjects }
        return max(4, Int((Double(subjects) * [1, 0.5, 1.4, 0.7, 2][study % 5]).rounded()))
    }

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
