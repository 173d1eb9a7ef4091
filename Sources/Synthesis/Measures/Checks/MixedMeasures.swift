internal import Evidence

/// Effects of one outcome that are not of one measure.
enum MixedMeasures {
    /// Measures that stand for the same thing in the same unit, near enough to be pooled with a word about it.
    private static let families: [Set<OutcomeMeasure>] = [
        [.standardizedMeanDifference, .heteroscedasticDifference, .prePostControl],
        [.changeByPreSD, .heteroscedasticChange],
        [.fisherZ, .partialFisherZ],
        [.correlation, .partialCorrelation, .pointBiserial],
    ]

    static func notices(_ effects: [MeasuredEffect]) -> [Notice] {
        outcomes(effects).flatMap { outcome, effects in
            measures(outcome, effects) + changes(outcome, effects)
        }
    }

    /// In the order of the table.
    static func outcomes(_ effects: [MeasuredEffect]) -> [(name: String, effects: [MeasuredEffect])] {
        let byOutcome = Dictionary(grouping: effects, by: \.row.outcome)
        var seen: Set<String> = []
        return effects.map(\.row.outcome).filter { seen.insert($0).inserted }.map { ($0, byOutcome[$0] ?? []) }
    }

    private static func measures(_ outcome: String, _ effects: [MeasuredEffect]) -> [Notice] {
        let measures = EffectMeasurement.measures(of: effects)
        guard measures.count > 1 else { return [] }
        let isOneFamily = families.contains { $0.isSuperset(of: measures) }
        let list = measures.map { measure in
            let own = effects.filter { $0.measure == measure }
            return
                "\(own.count) \(measure.rawValue) (first at line \(own[0].row.source.line ?? 0), from \(own[0].basis))"
        }
        return [
            Notice(
                isOneFamily ? .warning : .error, code: "measures-mixed",
                at: effects.first { $0.measure != measures[0] }?.row.source,
                "effects of \"\(outcome)\" are of different measures: \(list.joined(separator: ", ")).",
                remedy: isOneFamily
                    ? "They are in like units; see whether the pooled effect hangs on either kind."
                    : "State one measure for all (such as SMD), name the outcomes apart, or leave rows out.")
        ]
    }

    /// Differences by the SD of the people beside differences by the SD of the change, which is smaller or larger.
    private static func changes(_ outcome: String, _ effects: [MeasuredEffect]) -> [Notice] {
        let differences = effects.filter { $0.measure == .standardizedMeanDifference }
        let ofChange = differences.filter { $0.basis.contains("SD of the change") }
        guard let first = ofChange.first, ofChange.count < differences.count else { return [] }
        return [
            Notice(
                .warning, code: "standardizers-mixed", at: first.row.source,
                "\(ofChange.count) of \(differences.count) standardised differences of \"\(outcome)\" are by the SD of the "
                    + "change, the others by that of the people.",
                remedy: "Give means and SDs at the end, or SDs before (sdpre1i, sdpre2i), to have them in one unit.")
        ]
    }
}
