public import Evidence

/// From a table of outcomes to effects with their sampling variances: the steering type of this step.
///
/// What a row offers decides its measure, in the order of Docs/effect-measures.md: the published effect, means and SDs, changes,
/// counts, tests, correlations. Each effect says what it was made of. A row that gives none is left out and told.
public struct EffectMeasurement: Sendable {
    public let settings: MeasurementSettings
    /// In the order of the table; rows that give no effect are left out, each with a notice.
    public let effects: [MeasuredEffect]
    /// Errors (the row was left out, or the effects cannot be pooled as they are), warnings and notes.
    public let notices: [Notice]

    public init(_ table: OutcomeTable, settings: MeasurementSettings = MeasurementSettings()) {
        self.settings = settings
        var effects: [MeasuredEffect] = []
        var notices: [Notice] = []
        let names = table.quantityNames
        for row in table.rows {
            do throws(Refusal) {
                let measured = try Self.effect(of: row, settings: settings, names: names)
                effects.append(measured.effect)
                notices += measured.remarks
            } catch {
                notices.append(error.notice(at: row.source))
            }
        }
        if effects.isEmpty {
            notices.append(
                Notice(
                    .error, code: "no-effects", at: SourceLocation(file: table.path),
                    "no row gives \(settings.measure.map { "a \($0.rawValue)" } ?? "an effect").",
                    remedy: "See which columns were taken for what, and state others with columns: {yi: NAME}."))
        }
        notices += RepeatedRows.notices(table, effects)
        notices += SampleNames.notices(table.rows)
        notices += GroupedStudies.notices(table)
        notices += PublishedDirection.notices(effects, settings: settings, names: names)
        notices += SwappedArms.notices(effects)
        notices += MixedMeasures.notices(effects)
        notices += MissingCorrelations.notices(effects, settings: settings)
        self.effects = effects
        self.notices = notices
    }

    private static func effect(
        of row: OutcomeRow, settings: MeasurementSettings, names: [OutcomeQuantity: String]
    ) throws(Refusal) -> (effect: MeasuredEffect, remarks: [Notice]) {
        var numbers = RowNumbers(row, settings: settings, names: names)
        var stated: OutcomeMeasure?
        if let text = row.measure, settings.measure == nil {
            guard let measure = OutcomeMeasure(named: text) else { throw Self.unknown(text) }
            stated = measure
        }
        let wanted = settings.measure ?? stated
        guard let basis = numbers.bases(for: wanted).first else { throw numbers.nothingOffered(wanted) }
        let made = try numbers.effect(of: basis, wanted)
        guard made.value.yi.isFinite, made.value.vi.isFinite, made.value.vi > 0 else {
            throw Refusal(
                "effect-not-finite", "the numbers give no finite effect with an error above 0.",
                remedy: "Look the numbers up: \(numbers.used.map { numbers.name($0) }.joined(separator: ", ")).")
        }
        let effect = MeasuredEffect(
            row: row, measure: made.measure, yi: made.value.yi, vi: made.value.vi,
            n1: made.n1.flatMap { Int(exactly: $0) }, n2: made.n2.flatMap { Int(exactly: $0) }, basis: made.words,
            columns: numbers.used.map { numbers.name($0) }, assumedCorrelation: made.assumedCorrelation,
            underCorrelations: made.alternatives, arms: made.value.arms)
        return (effect, made.remarks)
    }

    private static func unknown(_ measure: String) -> Refusal {
        Refusal(
            "measure-unknown", "the measure \"\(measure)\" is not known.",
            remedy: Nearest.suggestion(
                measure, among: OutcomeMeasure.allCases.map(\.rawValue), called: "measures"))
    }

    public var errors: [Notice] { notices.filter { $0.severity == .error } }

    /// The measures of the effects, the most frequent first.
    public var measures: [OutcomeMeasure] { Self.measures(of: effects) }

    static func measures(of effects: [MeasuredEffect]) -> [OutcomeMeasure] {
        Dictionary(grouping: effects, by: \.measure).sorted {
            ($0.value.count, $1.key.rawValue) > ($1.value.count, $0.key.rawValue)
        }.map(\.key)
    }

    /// Effects that hang on a correlation which had to be assumed.
    public var assuming: [MeasuredEffect] { effects.filter { $0.assumedCorrelation != nil } }

    /// All effects with the missing correlations taken to be one of the bracket.
    public func effects(assumingCorrelation r: Double) -> [MeasuredEffect] {
        effects.map { $0.assuming(correlation: r) }
    }
}

extension OutcomeTable {
    /// The columns' names, by what they were taken for.
    var quantityNames: [OutcomeQuantity: String] {
        var names: [OutcomeQuantity: String] = [:]
        for column in columns {
            guard case .quantity(let quantity) = column.role, names[quantity] == nil else { continue }
            names[quantity] = column.name
        }
        return names
    }
}
