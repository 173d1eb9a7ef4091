import Appraisal
import SeedBasedMapping

/// The evidence class that may be printed: none where no experiment measured the effect, and none above *weak* for what does not survive
/// the correction for the whole brain.
///
/// The criteria of the classes are about single p; a peak was chosen among many thousands of voxels, which they do not allow for.
struct EvidenceStanding {
    /// As the criteria alone have it.
    let earned: EvidenceClass
    /// nil where it is withheld.
    let shown: EvidenceClass?

    /// - Parameter survives: whether the place survives the correction for the whole brain; false where none was made.
    init(_ grade: EvidenceGrade, _ assessment: PlaceAssessment, survives: Bool) {
        earned = grade.evidenceClass
        guard !assessment.restsOnImputation else {
            shown = nil
            return
        }
        let isAboveWeak = ![.weak, .notSignificant].contains(earned)
        shown = isAboveWeak && !survives ? .weak : earned
    }

    var isLowered: Bool { shown != nil && shown != earned }

    /// `IV`, or `withheld`, as tables of text have it.
    var value: String { shown?.rawValue ?? "withheld" }

    /// `evidence class IV (weak)`
    var title: String {
        guard let shown else { return "evidence class withheld" }
        return "evidence class \(shown.rawValue) (\(shown.words))"
    }

    /// Why it is not what the criteria alone would give; empty where it is.
    var reason: String {
        guard shown != nil else { return EffectBasis.withheld }
        guard isLowered else { return "" }
        return
            "The criteria of class \(earned.rawValue) are met, but the place does not survive the correction for the whole brain, and "
            + "without that no class above weak is given."
    }
}

extension FindingCard {
    /// Whether the place survives the correction; false where none was made.
    var survives: Bool { corrected.map { $0.value <= correctedLevel * (1 + 1e-6) } ?? false }

    var standing: EvidenceStanding { EvidenceStanding(grade, assessment, survives: survives) }

    var basis: EffectBasis { EffectBasis(assessment) }
}
