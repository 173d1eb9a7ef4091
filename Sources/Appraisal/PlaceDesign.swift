public import Evidence
public import Statistics

/// The design of a model at a place, and what of its coefficients is judged there: one combination, or several together.
public struct PlaceDesign: Sendable {
    /// A row per study of the place.
    public let matrix: Matrix
    /// One per column.
    public let columnNames: [String]
    /// What is judged: weights of the coefficients. Where several are tested together, the average experiment's effect.
    public let combination: DesignMatrix.Combination
    /// What is tested: ``combination``, or several combinations together.
    public let tests: [DesignMatrix.Combination]
    /// Effects that the model gives besides: means of the levels of categorical covariates, predictions.
    public let means: [Mean]

    /// An adjusted mean or a prediction.
    public struct Mean: Sendable {
        public var combination: DesignMatrix.Combination
        /// Positions of the studies of a level; nil for a prediction.
        public var studies: [Int]?
    }

    /// - Parameters:
    ///   - matrix: a row per study.
    ///   - combination: a weight per column.
    ///   - tests: nil tests the combination.
    public init(
        matrix: Matrix, columnNames: [String], combination: DesignMatrix.Combination,
        tests: [DesignMatrix.Combination]? = nil, means: [Mean] = []
    ) {
        self.matrix = matrix
        self.columnNames = columnNames
        self.combination = combination
        self.tests = tests ?? [combination]
        self.means = means
    }

    /// The mean, without covariates.
    public static func mean(studies: Int) -> PlaceDesign {
        PlaceDesign(
            matrix: Matrix(rows: studies, columns: 1, repeating: 1), columnNames: ["intercept"],
            combination: .init(name: "mean", weights: [1]))
    }

    /// The rows of a model's design that belong to the experiments of a place; nil where one of them has no row.
    public init?(_ design: DesignMatrix, judging combination: DesignMatrix.Combination, at place: StudyEffects) {
        self.init(design, judging: combination, tests: nil, at: place)
    }

    /// What the model tests, at a place.
    public init?(_ design: DesignMatrix, at place: StudyEffects) {
        guard let first = design.test.count == 1 ? design.test.first : design.adjustedMeans.first else { return nil }
        self.init(design, judging: first, tests: design.test, at: place)
    }

    private init?(
        _ design: DesignMatrix, judging combination: DesignMatrix.Combination, tests: [DesignMatrix.Combination]?,
        at place: StudyEffects
    ) {
        let rows = place.studies.compactMap { study in design.row(of: study.experiments) }
        guard rows.count == place.studies.count, combination.weights.count == design.columnCount else { return nil }
        let levels = design.adjustedMeans.dropFirst().map { level in
            let term = level.name.prefix { $0 != "[" } + "["
            let coded = design.columns.indices.filter { index in
                guard case .level = design.columns[index].content else { return false }
                return design.columns[index].name.hasPrefix(term)
            }
            return Mean(
                combination: level,
                studies: rows.indices.filter { study in
                    coded.allSatisfy { design[rows[study], $0] == level.weights[$0] }
                })
        }
        self.init(
            matrix: Matrix(
                rows: rows.count, columns: design.columnCount, elements: rows.flatMap { Array(design.row($0)) }),
            columnNames: design.columns.map(\.name), combination: combination, tests: tests,
            means: levels + design.predictions.map { Mean(combination: $0) })
    }

    /// Whether the first column is an intercept of ones.
    private var hasIntercept: Bool { matrix.columns > 0 && matrix.column(0).allSatisfy { $0 == 1 } }

    /// Whether the combination is an effect that a study can have, rather than a slope or a difference: then there are a
    /// prediction interval and a comparison with the largest study.
    public var isMean: Bool { !isJoint && hasIntercept && combination.weights.first == 1 }

    /// Whether several combinations are tested together, as the equality of groups is.
    public var isJoint: Bool { tests.count > 1 }

    /// Whether there is nothing but a mean.
    public var isInterceptOnly: Bool { hasIntercept && matrix.columns == 1 }

    /// Without one study.
    func leaving(out study: Int) -> PlaceDesign {
        PlaceDesign(
            matrix: matrix.selectingRows((0..<matrix.rows).filter { $0 != study }), columnNames: columnNames,
            combination: combination, tests: tests)
    }
}
