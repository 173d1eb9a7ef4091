public import Evidence

/// An effect and its sampling variance, made from one row of an outcomes table.
public struct MeasuredEffect: Hashable, Sendable {
    /// The row it was made from.
    public var row: OutcomeRow
    public var measure: OutcomeMeasure
    /// The effect, on the scale it is pooled on (logarithms of ratios, Fisher's z).
    public var yi: Double
    /// Its sampling variance.
    public var vi: Double
    /// People in the first, or only, group; nil when not told.
    public var n1: Int?
    /// People in the second group; nil when there is none or it is not told.
    public var n2: Int?
    /// What each group adds to ``vi``; nil where the effect is no plain difference of the two, or was published as it is.
    public var arms: ArmVariances?
    /// What it was made of and how, in words, such as `means, SDs and numbers of two groups`.
    public var basis: String
    /// The columns it was made of, by their names in the table.
    public var columns: [String]
    /// The correlation of before and after that was assumed, where it was needed and not told.
    public var assumedCorrelation: Double?
    /// The same effect under each correlation of the bracket; empty where none had to be assumed.
    public var underCorrelations: [Alternative]

    /// An effect under another assumed correlation.
    public struct Alternative: Hashable, Sendable {
        public var correlation: Double
        public var yi: Double
        public var vi: Double

        public init(correlation: Double, yi: Double, vi: Double) {
            self.correlation = correlation
            self.yi = yi
            self.vi = vi
        }
    }

    public init(
        row: OutcomeRow, measure: OutcomeMeasure, yi: Double, vi: Double, n1: Int? = nil, n2: Int? = nil,
        basis: String = "", columns: [String] = [], assumedCorrelation: Double? = nil,
        underCorrelations: [Alternative] = [], arms: ArmVariances? = nil
    ) {
        self.row = row
        self.measure = measure
        self.yi = yi
        self.vi = vi
        self.n1 = n1
        self.n2 = n2
        self.basis = basis
        self.columns = columns
        self.assumedCorrelation = assumedCorrelation
        self.underCorrelations = underCorrelations
        self.arms = arms
    }

    public var standardError: Double { vi.squareRoot() }

    /// People in all; nil when not told.
    public var n: Int? { n1.map { $0 + (n2 ?? 0) } }

    /// The effect under an assumed correlation of the bracket; itself where none had to be assumed.
    public func assuming(correlation r: Double) -> MeasuredEffect {
        guard let other = underCorrelations.first(where: { abs($0.correlation - r) < 1e-9 }) else { return self }
        var effect = self
        effect.yi = other.yi
        effect.vi = other.vi
        effect.assumedCorrelation = other.correlation
        return effect
    }
}
