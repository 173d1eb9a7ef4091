/// One term of a model: a column of the study table, and how it becomes columns of the design.
public struct Covariate: Hashable, Sendable {
    /// What is subtracted from a number.
    public enum Centre: Hashable, Sendable {
        case none
        /// The mean over the model's experiments, each counted once.
        case mean
        case value(Double)
    }

    /// What a number is divided by, after centring.
    public enum Scale: Hashable, Sendable {
        case none
        /// The standard deviation (n − 1) over the model's experiments.
        case standardDeviation
        case value(Double)
    }

    /// How k levels become k − 1 columns.
    public enum Coding: String, Hashable, Sendable, CaseIterable {
        /// 1 for the column's own level, 0 elsewhere: a coefficient is the difference from the reference level.
        case treatment
        /// As treatment, with −1 for the reference level: a coefficient is the difference from the mean of the levels.
        case sum
    }

    public enum Kind: Hashable, Sendable {
        /// ((x − centre) / scale) to a power from 1 to 3.
        case numeric(centre: Centre, scale: Scale, power: Int)
        case categorical(Coding, reference: String)

        /// A number as it is.
        public static let raw = Kind.numeric(centre: .none, scale: .none, power: 1)
    }

    public var column: String
    public var kind: Kind
    public var source: SourceLocation?

    public init(_ column: String, _ kind: Kind = .raw, source: SourceLocation? = nil) {
        self.column = column
        self.kind = kind
        self.source = source
    }

    /// The column's name; with the power, if any: `sessions^2`.
    public var name: String {
        if case .numeric(_, _, let power) = kind, power != 1 { "\(column)^\(power)" } else { column }
    }

    public var isCategorical: Bool { if case .categorical = kind { true } else { false } }
}
