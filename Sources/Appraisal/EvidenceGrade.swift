public import Evidence
import Statistics

/// How strong the evidence for an effect is, in the classes of umbrella reviews.
public enum EvidenceClass: String, Hashable, Sendable, CaseIterable {
    case convincing = "I"
    case highlySuggestive = "II"
    case suggestive = "III"
    case weak = "IV"
    case notSignificant = "ns"
}

/// The evidence class of an effect with each criterion, its value and whether it passed.
///
/// The criteria of Fusar-Poli & Radua 2018 (doi:10.1136/ebmental-2018-300014) and Ioannidis's group; every cut-off is a
/// setting (`evidence_*`). The p is that of the place itself, two-sided and not corrected for the number of voxels: a
/// permutation test can hardly reach 10⁻⁶. See Docs/trust.md.
public struct EvidenceGrade: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// More cases (or participants) than the cut-off.
        case size
        /// Two-sided p below the cut-off of classes I and II.
        case convincingP
        /// I², percent, below the cut-off.
        case heterogeneity
        /// The 95 % prediction interval excludes 0; the value is its end on the side of 0.
        case predictionInterval
        /// No small-study effect: p above the cut-off.
        case smallStudies
        /// No excess of significant studies: p above the cut-off.
        case excess
        /// The 95 % interval of the largest study excludes 0 on the side of the effect; the value is its end on the side
        /// of 0.
        case largestStudy
        /// Two-sided p below the cut-off of class III.
        case suggestiveP
        /// Two-sided p below the cut-off of class IV.
        case weakP
    }

    public struct Criterion: Hashable, Sendable {
        public var kind: Kind
        /// nil where it cannot be computed; then it is not passed.
        public var value: Double?
        public var cutoff: Double
        public var isPassed: Bool
    }

    public let evidenceClass: EvidenceClass
    /// One per kind, in their order.
    public let criteria: [Criterion]

    public init(_ assessment: PlaceAssessment, settings: Settings) {
        let estimate = assessment.estimate
        let isAbove = estimate.value >= 0
        func towardsZero(_ interval: Interval?) -> Double? { interval.map { isAbove ? $0.lower : $0.upper } }
        func excludesZero(_ end: Double) -> Bool { isAbove ? end > 0 : end < 0 }
        func criterion(
            _ kind: Kind, _ value: Double?, _ cutoff: Double, _ passes: (Double) -> Bool
        ) -> Criterion {
            let usable = value.flatMap { $0.isNaN ? nil : $0 }
            return Criterion(kind: kind, value: usable, cutoff: cutoff, isPassed: usable.map(passes) ?? false)
        }
        func below(_ kind: Kind, _ value: Double?, _ cutoff: Double) -> Criterion {
            criterion(kind, value, cutoff) { $0 < cutoff }
        }
        func above(_ kind: Kind, _ value: Double?, _ cutoff: Double) -> Criterion {
            criterion(kind, value, cutoff) { $0 > cutoff }
        }
        let people = settings.evidenceCount == .cases ? assessment.cases : assessment.participants
        // One study has no heterogeneity to speak of.
        let canDiffer = assessment.pooling.heterogeneity.degreesOfFreedom > 0
        let largest = assessment.design.isMean ? assessment.largestStudy.estimate.interval() : nil
        criteria = [
            above(.size, Double(people), Double(settings.evidenceSize)),
            below(.convincingP, assessment.pValue, settings.evidenceConvincingP),
            below(.heterogeneity, canDiffer ? 100 * assessment.i2 : nil, settings.evidenceI2),
            criterion(.predictionInterval, towardsZero(assessment.predictionInterval()), 0, excludesZero),
            above(.smallStudies, assessment.smallStudies?.asymmetry.pValue, settings.evidenceSmallStudyP),
            above(.excess, assessment.excess.pValue, settings.evidenceExcessP),
            criterion(.largestStudy, towardsZero(largest), 0, excludesZero),
            below(.suggestiveP, assessment.pValue, settings.evidenceSuggestiveP),
            below(.weakP, assessment.pValue, settings.evidenceWeakP),
        ]
        let passed = Set(criteria.filter(\.isPassed).map(\.kind))
        evidenceClass =
            EvidenceClass.allCases.first { passed.isSuperset(of: Self.needed(for: $0)) } ?? .notSignificant
    }

    /// What a class asks for.
    public static func needed(for evidenceClass: EvidenceClass) -> [Kind] {
        switch evidenceClass {
        case .convincing: [.size, .convincingP, .heterogeneity, .predictionInterval, .smallStudies, .excess]
        case .highlySuggestive: [.size, .convincingP, .largestStudy]
        case .suggestive: [.size, .suggestiveP]
        case .weak: [.weakP]
        case .notSignificant: []
        }
    }

    /// The criteria that keep the effect out of a class.
    public func failing(_ evidenceClass: EvidenceClass) -> [Criterion] {
        let needed = Self.needed(for: evidenceClass)
        return criteria.filter { needed.contains($0.kind) && !$0.isPassed }
    }

    /// The next better class; nil for the best.
    public var nextBetter: EvidenceClass? {
        let all = EvidenceClass.allCases
        guard let index = all.firstIndex(of: evidenceClass), index > 0 else { return nil }
        return all[index - 1]
    }
}
