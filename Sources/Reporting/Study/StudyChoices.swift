import Imaging
import Inference
public import PrimaryStudy

/// What a primary study's test is to be, beside its design.
public struct StudyChoices: Hashable, Sendable {
    /// By what findings are called: which corrected p has to be below the level.
    public enum Correction: String, Hashable, Sendable, CaseIterable, Codable {
        case voxel, size, mass, tfce

        public var words: String {
            switch self {
            case .voxel: "the largest voxel"
            case .size: "the largest cluster"
            case .mass: "the heaviest cluster"
            case .tfce: "threshold-free cluster enhancement"
            }
        }
    }

    public var permutations: Int
    public var seed: UInt64
    public var statistic: StudyStatistic
    public var correction: Correction
    /// One-sided p that voxels of a cluster are below.
    public var clusterP: Double
    /// Corrected p below which a finding is called one.
    public var level: Double
    public var minimumMaps: Int?

    public init(
        permutations: Int = 5_000, seed: UInt64 = 1, statistic: StudyStatistic = .classical,
        correction: Correction = .tfce, clusterP: Double = 0.001, level: Double = 0.05, minimumMaps: Int? = nil
    ) {
        self.permutations = permutations
        self.seed = seed
        self.statistic = statistic
        self.correction = correction
        self.clusterP = clusterP
        self.level = level
        self.minimumMaps = minimumMaps
    }

    var options: StudyTest.Options {
        StudyTest.Options(
            permutations: permutations, seed: seed, statistic: statistic, clusterP: clusterP, includesTFCE: true,
            minimumMaps: minimumMaps)
    }

    public var statisticWords: String {
        switch statistic {
        case .classical: "least squares"
        case .unequalVariances: "each group with its own variance (Welch; Aspin–Welch v)"
        case .smoothedVariance(let fwhm): "variance smoothed over \(Int(fwhm.rounded())) mm (pseudo-t)"
        }
    }
}
