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
    /// What is done with columns that are held constant.
    public var nuisance: ExchangeScheme.Nuisance
    /// Whether a bisquare fit stands beside least squares.
    public var isRobust: Bool
    /// Whether q of the false discovery rate are counted as well.
    public var countsFalseDiscoveries: Bool
    /// Whether the tail of few rearrangements is continued (generalised Pareto), and marked so.
    public var continuesTail: Bool
    /// Whether each of an F test's columns, such as later sessions against the first, is tested, and all together (minimum statistic).
    public var isConjunction: Bool

    public init(
        permutations: Int = 5_000, seed: UInt64 = 1, statistic: StudyStatistic = .classical,
        correction: Correction = .tfce, clusterP: Double = 0.001, level: Double = 0.05, minimumMaps: Int? = nil,
        nuisance: ExchangeScheme.Nuisance = .freedmanLane, isRobust: Bool = false, countsFalseDiscoveries: Bool = false,
        continuesTail: Bool = false, isConjunction: Bool = false
    ) {
        self.permutations = permutations
        self.seed = seed
        self.statistic = statistic
        self.correction = correction
        self.clusterP = clusterP
        self.level = level
        self.minimumMaps = minimumMaps
        self.nuisance = nuisance
        self.isRobust = isRobust
        self.countsFalseDiscoveries = countsFalseDiscoveries
        self.continuesTail = continuesTail
        self.isConjunction = isConjunction
    }

    var options: StudyTest.Options {
        StudyTest.Options(
            permutations: permutations, seed: seed, statistic: statistic, clusterP: clusterP, includesTFCE: true,
            minimumMaps: minimumMaps, countsUncorrected: countsFalseDiscoveries)
    }

    public var statisticWords: String {
        switch statistic {
        case .classical: "least squares"
        case .unequalVariances: "each group with its own variance (Welch; Aspin–Welch v)"
        case .smoothedVariance(let fwhm): "variance smoothed over \(Int(fwhm.rounded())) mm (pseudo-t)"
        }
    }

    /// What is asked for beyond the test, for the record.
    var extras: [String] {
        [
            isRobust ? "robust" : nil, countsFalseDiscoveries ? "fdr" : nil, continuesTail ? "tail" : nil,
            isConjunction ? "conjunction" : nil,
        ].compactMap { $0 }
    }
}
