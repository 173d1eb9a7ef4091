public import Evidence
public import Imaging
import Statistics

/// What a statistic's degrees of freedom follow from.
struct StatisticBasis {
    var n1: Int
    var n2: Int
    var measure = EffectMeasure.change

    var degreesOfFreedom: Int { measure.degreesOfFreedom(n1: n1, n2: n2) }
}

extension Peak.Reported {
    /// The t of this statistic in an experiment.
    func t(_ basis: StatisticBasis) -> Double? { t(n1: basis.n1, n2: basis.n2, measure: basis.measure) }

    /// The t of this statistic, by matching tail probabilities (`sdm-psi.md` §2).
    ///
    /// z and p keep their tail probability at the contrast's degrees of freedom; p is one-tailed, its sign the
    /// direction; r becomes r √((n − 2) / (1 − r²)) over all participants; F is taken to have one numerator degree of
    /// freedom, a negative number saying a decrease. A correlation's t has n − 2 degrees of freedom, whatever it is read
    /// from.
    /// - Returns: nil when the value is impossible (|p| ≥ 1, |r| ≥ 1) or the sample too small to have a t.
    public func t(n1: Int, n2: Int, measure: EffectMeasure = .change) -> Double? {
        let df = measure.degreesOfFreedom(n1: n1, n2: n2)
        guard df > 0, value.isFinite else { return nil }
        let sign: Double = value < 0 ? -1 : 1
        let t: Double
        switch statistic {
        case .t: t = value
        case .z: t = StatisticConversion.t(fromZ: value, degreesOfFreedom: df)
        case .p:
            guard value != 0, abs(value) < 1 else { return nil }
            t = sign * StatisticConversion.t(fromOneTailedP: abs(value), degreesOfFreedom: df)
        case .r:
            guard abs(value) < 1, n1 + n2 > 2 else { return nil }
            t = StatisticConversion.t(fromR: value, participants: n1 + n2)
        case .f: t = sign * StatisticConversion.t(fromF: abs(value))
        }
        return t.isFinite ? t : nil
    }
}

/// The direction of peaks whose source gives neither sign nor statistic, as the user says it.
public enum AssumedSign: String, Hashable, Sendable, CaseIterable {
    case positive, negative

    var height: Peak.Height { self == .positive ? .positive : .negative }
}

extension CoordinateSpace {
    /// Reads the names people use; letter case, blanks, `-` and `_` do not matter.
    public init?(spelling: String) {
        let word = String(spelling.lowercased().filter { !" -_".contains($0) })
        switch word {
        case "mni", "mni152", "icbm", "icbm152", "mni305", "spmmni", "fslmni", "othermni": self = .mni
        case "tal", "talairach", "othertal", "tlrc", "talairachother": self = .talairach
        case "talairachspm", "spmtal", "talspm": self = .talairachSPM
        case "talairachfsl", "fsltal", "talfsl": self = .talairachFSL
        case "brett", "spmbrett", "fslbrett", "otherbrett", "mni2tal": self = .brett
        default: return nil
        }
    }

    static let spellings = CoordinateSpace.allCases.map(\.rawValue)

    /// All of them, with what tells them apart.
    static let explained =
        "mni; talairach (software not known); talairach_spm and talairach_fsl (of data that SPM or FSL normalised; "
        + "Lancaster's transforms); brett (MNI coordinates turned into Talairach by Brett's mni2tal)"
}

/// A direction without a statistic, in the spellings people use.
enum SignCode {
    static func height(_ text: String) -> Peak.Height? {
        switch text.lowercased() {
        case "p", "pos", "positive", "+", "increase", "up": .positive
        case "n", "neg", "negative", "-", "−", "decrease", "down": .negative
        default: nil
        }
    }
}
