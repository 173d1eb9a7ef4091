internal import Evidence

/// Effects that contradict the others of their study: the arms may have been swapped, or a scale turned.
enum SwappedArms {
    /// Distance in SEs past which chance is no answer.
    static let limit = 3.0

    private struct Key: Hashable {
        let names: [String?]

        init(_ row: OutcomeRow) { names = [row.study, row.region, row.secondRegion] }
    }

    static func notices(_ effects: [MeasuredEffect]) -> [Notice] {
        MixedMeasures.outcomes(effects).flatMap { _, effects in
            let all = mean(effects)
            // Regions may well go different ways; only results on one are held against each other.
            let byStudy = Dictionary(grouping: effects.indices, by: { Key(effects[$0].row) })
            return effects.indices.compactMap { index -> Notice? in
                let effect = effects[index]
                let others = (byStudy[Key(effect.row)] ?? []).filter { $0 != index }.map { effects[$0] }
                    .filter { $0.measure == effect.measure }
                guard !others.isEmpty, effect.measure.hasNullValue else { return nil }
                let rest = mean(others)
                let distance = abs(effect.yi - rest.yi) / (effect.vi + rest.vi).squareRoot()
                // Of two that contradict each other the one that goes against the other studies is told.
                guard effect.yi * rest.yi < 0, distance > limit, others.count > 1 || effect.yi * all.yi < 0 else {
                    return nil
                }
                return Notice(
                    .warning, code: "arms-swapped", at: effect.row.source,
                    "the effect of \(effect.row.study) is \(rounded(effect.yi)), its others are \(rounded(rest.yi)) on "
                        + "average, \(rounded(distance)) SEs away on the other side of 0.",
                    remedy: "Look whether the two groups changed places, or whether more is better on this scale.")
            }
        }
    }

    private static func rounded(_ value: Double) -> String { NumberText.text((value * 100).rounded() / 100) }

    private static func mean(_ effects: [MeasuredEffect]) -> EffectValue {
        let weight = effects.reduce(0) { $0 + 1 / $1.vi }
        return EffectValue(yi: effects.reduce(0) { $0 + $1.yi / $1.vi } / weight, vi: 1 / weight)
    }
}
