/// A model's design: a row per experiment, a column per coefficient, and the combinations of coefficients that are
/// tested or shown.
public struct DesignMatrix: Hashable, Sendable {
    public struct Column: Hashable, Sendable {
        public enum Content: Hashable, Sendable {
            /// 1 in every row.
            case intercept
            /// ((x − centre) / scale)^power of a numeric column, with the values that were applied.
            case numeric(centre: Double, scale: Double, power: Int)
            /// The column of one level of a categorical covariate.
            case level(String, Covariate.Coding)
        }

        /// `intercept`, `age`, `sessions^2` or `disorder[anxiety]`.
        public var name: String
        /// Position in ``ModelPlan/covariates``; nil for the intercept.
        public var covariate: Int?
        public var content: Content
    }

    /// A linear combination of the coefficients.
    public struct Combination: Hashable, Sendable {
        public var name: String
        /// One per column of the design.
        public var weights: [Double]

        public init(name: String, weights: [Double]) {
            self.name = name
            self.weights = weights
        }
    }

    /// An experiment that is not in the design because covariates are missing.
    public struct Dropped: Hashable, Sendable {
        public var experiment: String
        public var missing: [String]

        public init(experiment: String, missing: [String]) {
            self.experiment = experiment
            self.missing = missing
        }
    }

    /// Names of the rows, in the order of the study table: experiments, or those that are combined (`a + b`).
    public let experiments: [String]
    /// Ids of the experiments of each row.
    public let members: [[String]]
    public let columns: [Column]
    /// [experiment][column]
    public let values: [Double]
    /// The rows of C in the hypothesis C β = 0: linearly independent, at least one.
    public let test: [Combination]
    /// `mean` (every column at its mean over the rows), then `covariate[level]` of each level of each categorical
    /// covariate, the other columns at their means.
    public let adjustedMeans: [Combination]
    /// As the plan asks.
    public let predictions: [Combination]
    public let dropped: [Dropped]
    /// Experiments left out, few experiments per coefficient, predictions outside the data.
    public let notices: [Notice]

    package init(
        members: [[String]], columns: [Column], values: [Double], test: [Combination], adjustedMeans: [Combination],
        predictions: [Combination], dropped: [Dropped], notices: [Notice]
    ) {
        self.members = members
        experiments = members.map { $0.joined(separator: " + ") }
        self.columns = columns
        self.values = values
        self.test = test
        self.adjustedMeans = adjustedMeans
        self.predictions = predictions
        self.dropped = dropped
        self.notices = notices
    }

    public var rowCount: Int { members.count }
    public var columnCount: Int { columns.count }

    /// The row that has all of some experiments; nil where none does.
    public func row(of ids: [String]) -> Int? {
        members.firstIndex { row in ids.allSatisfy(row.contains) }
    }

    public func row(_ index: Int) -> ArraySlice<Double> {
        values[index * columnCount..<(index + 1) * columnCount]
    }

    public func column(_ index: Int) -> [Double] {
        (0..<rowCount).map { values[$0 * columnCount + index] }
    }

    public subscript(row: Int, column: Int) -> Double { values[row * columnCount + column] }
}
