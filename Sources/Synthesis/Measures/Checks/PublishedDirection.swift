internal import Evidence

/// Published effects beside the means they should follow from.
///
/// Where a lower score is better, authors turn the sign. A table that takes the published effect of some rows and the means of
/// others would then pool effects of opposite meaning; and a row that departs from its table's habit is often a slip.
enum PublishedDirection {
    /// Rows that have to have both before a habit is spoken of.
    private static let least = 5
    /// Share of rows that makes a habit.
    private static let habit = 0.9

    static func notices(
        _ effects: [MeasuredEffect], settings: MeasurementSettings, names: [OutcomeQuantity: String]
    ) -> [Notice] {
        let differences = effects.filter { $0.measure == .standardizedMeanDifference }
        let isPublished = differences.map { $0.basis.hasPrefix("published") }
        let both: [(effect: MeasuredEffect, g: EffectValue)] = zip(differences, isPublished).compactMap { pair in
            let (effect, isPublished) = pair
            guard isPublished, let g = raw(effect.row, settings: settings, names: names), effect.yi != 0, g.yi != 0
            else { return nil }
            return (effect, g)
        }
        guard both.count >= least, let first = both.first else { return [] }
        let opposite = both.filter { $0.effect.yi * $0.g.yi < 0 }
        var notices = departures(both, opposite: opposite.count)
        guard Double(opposite.count) >= habit * Double(both.count) else { return notices }
        notices.append(
            Notice(
                .note, code: "published-turned", at: first.effect.row.source,
                "\(opposite.count) of \(both.count) published effects have the opposite sign of the means' differences, as "
                    + "where a lower score is better; they are taken as published."))
        let others = zip(differences, isPublished).filter { !$0.1 && !$0.0.basis.contains("odds") }.map(\.0)
        if let row = others.first?.row {
            notices.append(
                Notice(
                    .error, code: "directions-mixed", at: row.source,
                    "\(others.count) effects are made from means, while the published effects of the others have the "
                        + "opposite sign of theirs.",
                    remedy: "Give these rows a published effect too, or leave the column of effects out and let all be "
                        + "made from means."))
        }
        return notices
    }

    private static func raw(
        _ row: OutcomeRow, settings: MeasurementSettings, names: [OutcomeQuantity: String]
    ) -> EffectValue? {
        var numbers = RowNumbers(row, settings: settings, names: names)
        guard numbers.tells(.first), numbers.tells(.second) else { return nil }
        do throws(Refusal) {
            return try numbers.effectOfGroups(.standardizedMeanDifference).value
        } catch {
            return nil
        }
    }

    /// Rows whose sign is not their table's habit, or whose size is another by more than chance could make it.
    private static func departures(
        _ both: [(effect: MeasuredEffect, g: EffectValue)], opposite: Int
    ) -> [Notice] {
        let share = Double(opposite) / Double(both.count)
        return both.compactMap { effect, g -> Notice? in
            let isOpposite = effect.yi * g.yi < 0
            let breaksHabit = share >= habit && !isOpposite || share <= 1 - habit && isOpposite
            let se = effect.standardError
            if breaksHabit, abs(effect.yi) > 0.5 * se {
                return Notice(
                    .warning, code: "published-sign", at: effect.row.source,
                    "the published effect is \(rounded(effect.yi)), the means give \(rounded(g.yi)); in the other rows the "
                        + (isOpposite ? "signs agree." : "signs are opposite."),
                    remedy: "Look whether more is better on this scale, or whether the groups changed places.")
            }
            guard abs(abs(effect.yi) - abs(g.yi)) > 2 * se else { return nil }
            return Notice(
                .warning, code: "published-differs", at: effect.row.source,
                "the published effect is \(rounded(effect.yi)), the means give \(rounded(g.yi)); the published one is taken.",
                remedy: "Look the numbers up: an SE in the place of an SD makes such a difference.")
        }
    }

    private static func rounded(_ value: Double) -> String { NumberText.text((value * 100).rounded() / 100) }
}
