public import Evidence
public import Statistics

/// One effect with its sampling variance, as a synthesis takes it: a row of the table, brought to the measure that is
/// pooled.
public struct SynthesisEffect: Hashable, Sendable {
    /// The publication.
    public var study: String
    /// The group of people; several effects of one sample are not independent.
    public var sample: String
    /// What the row is called on figures; unique within an outcome.
    public var label: String
    /// yᵢ, on the scale that is pooled (log of a ratio, Fisher's z of a correlation).
    public var value: Double
    /// vᵢ, in the square of that unit.
    public var variance: Double
    public var participants: Int?
    /// People of the first and of the second group; nil where there are no two, or the row does not say.
    public var sizes: ArmSizes?
    /// What each group adds to ``variance``; nil where that is not known.
    public var arms: ArmVariances?
    public var year: Int?
    /// What the row was made into, where the table's rows differ (SMD beside SMDH); nil of effects that are no rows.
    public var measure: OutcomeMeasure?
    /// Which numbers of the row the effect was made from, such as `SMD of means and SDs`.
    public var origin: String
    /// Where, and of a connection where to, as the table names them; nil where it does not.
    public var region: String?
    public var secondRegion: String?
    /// Whether it was taken from a whole-brain experiment at the outcome's region, and not reported as an outcome.
    public var isWholeBrain: Bool
    /// Cells of the row by the names of their columns.
    public var cells: [String: Experiment.Covariate]
    /// The row in its file.
    public var source: SourceLocation?
    /// The effect under each assumed correlation of before and after; empty where none had to be assumed.
    public var underCorrelations: [MeasuredEffect.Alternative] = []

    public init(
        study: String, sample: String? = nil, label: String? = nil, value: Double, variance: Double,
        participants: Int? = nil, year: Int? = nil, origin: String = "given", isWholeBrain: Bool = false,
        cells: [String: Experiment.Covariate] = [:], source: SourceLocation? = nil
    ) {
        self.study = study
        self.sample = sample ?? study
        self.label = label ?? study
        self.value = value
        self.variance = variance
        self.participants = participants
        self.year = year
        self.origin = origin
        self.isWholeBrain = isWholeBrain
        self.cells = cells
        self.source = source
    }

    public var standardError: Double { variance.squareRoot() }

    /// A cell as a number; nil where it is none.
    public func number(_ column: String) -> Double? {
        if case .number(let value) = cells[column] ?? .missing { return value }
        return nil
    }

    /// A cell as the name of a group; nil where it is empty.
    public func group(_ column: String) -> String? {
        switch cells[column] ?? .missing {
        case .number(let value): NumberText.text(value)
        case .text(let text): text.isEmpty ? nil : text
        case .missing: nil
        }
    }
}

extension SynthesisEffect {
    /// With the normal distribution.
    public var estimate: Estimate { Estimate(value: value, standardError: standardError) }
}

extension SynthesisEffect {
    /// An effect of a table. Its label is the study, with the sample where that differs.
    public init(_ effect: MeasuredEffect) {
        let row = effect.row
        self.init(
            study: row.study, sample: row.sample,
            label: row.sample == row.study ? row.study : "\(row.study), \(row.sample)",
            value: effect.yi, variance: effect.vi, participants: effect.n, year: row.year, origin: effect.basis,
            cells: row.cells, source: row.source)
        measure = effect.measure
        if let first = effect.n1, let second = effect.n2, first > 0, second > 0 {
            sizes = ArmSizes(first: Double(first), second: Double(second))
        }
        arms = effect.arms
        underCorrelations = effect.underCorrelations
        region = row.region
        secondRegion = row.secondRegion
    }

    /// The effect if the missing correlation were this one; itself where none had to be assumed.
    func assuming(correlation r: Double) -> SynthesisEffect {
        guard let other = underCorrelations.first(where: { abs($0.correlation - r) < 1e-9 }) else { return self }
        var effect = self
        effect.value = other.yi
        effect.variance = other.vi
        return effect
    }

    /// Effects of a table with a label for each: where two would be called the same, a number is added, and
    /// what a connection connects.
    public static func all(_ effects: [MeasuredEffect]) -> [SynthesisEffect] {
        var counts: [String: Int] = [:]
        let made = effects.map(SynthesisEffect.init)
        for effect in made { counts[effect.label, default: 0] += 1 }
        var seen: [String: Int] = [:]
        return made.map { effect in
            guard let count = counts[effect.label], count > 1 else { return effect }
            var named = effect
            seen[effect.label, default: 0] += 1
            named.label = "\(effect.label) (\(seen[effect.label] ?? 0))"
            if let first = effect.region, let second = effect.secondRegion { named.label += ": \(first) – \(second)" }
            return named
        }
    }
}
