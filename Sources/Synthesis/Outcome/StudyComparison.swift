/// A study's comparison of two treatments, with what its rows say of the two groups.
struct StudyComparison {
    var contrast: TreatmentNetwork.Contrast
    /// What each group adds to the variance; nil where that is not known.
    var arms: ArmVariances?
    /// People of both groups; nil where a row does not say.
    var sizes: ArmSizes?
    /// Whether the effect is a difference of means by the SD within groups.
    var isStandardized: Bool

    /// - Parameter rows: effects of the comparison, in the direction of the contrast where not turned. Several were averaged: of
    ///   them only the sizes of the groups are taken, for what a mean shares with other comparisons no formula tells.
    init(_ contrast: TreatmentNetwork.Contrast, of rows: [(effect: SynthesisEffect, isTurned: Bool)]) {
        self.contrast = contrast
        let only = rows.count == 1 ? rows[0].effect : nil
        arms = only?.arms
        isStandardized = only?.measure == .standardizedMeanDifference
        let all = rows.compactMap { row in row.isTurned ? row.effect.sizes?.turned : row.effect.sizes }
        guard !rows.isEmpty, all.count == rows.count else { return }
        let count = Double(all.count)
        sizes = ArmSizes(
            first: all.map(\.first).reduce(0, +) / count, second: all.map(\.second).reduce(0, +) / count)
    }

    /// The treatment that two comparisons have in common, and whether it stands on the same side of both; nil without one.
    func shares(with other: StudyComparison) -> (treatment: String, isSameSide: Bool)? {
        let (a, b) = (contrast, other.contrast)
        if a.treatment == b.treatment { return (a.treatment, true) }
        if a.comparator == b.comparator { return (a.comparator, true) }
        if a.treatment == b.comparator { return (a.treatment, false) }
        return a.comparator == b.treatment ? (a.comparator, false) : nil
    }

    /// The variance that the group with this treatment adds.
    func variance(of treatment: String) -> Double? {
        treatment == contrast.treatment ? arms?.first : arms?.second
    }

    /// People with this treatment, and with the other.
    func people(with treatment: String) -> (own: Double, other: Double)? {
        guard let sizes else { return nil }
        return treatment == contrast.treatment ? (sizes.first, sizes.second) : (sizes.second, sizes.first)
    }

    /// The other one of its two treatments.
    func partner(of treatment: String) -> String {
        treatment == contrast.treatment ? contrast.comparator : contrast.treatment
    }
}
