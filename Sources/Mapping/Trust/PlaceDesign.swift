public import Evidence
public import Statistics

/// The design of a model at a place, and the one combination of its coefficients that is judged there.
public struct PlaceDesign: Sendable {
    /// A row per study of the place.
    public let matrix: Matrix
    /// One per column.
    public let columnNames: [String]
    /// What is judged: weights of the coefficients.
    public let combination: DesignMatrix.Combination

    /// - Parameters:
    ///   - matrix: a row per study.
    ///   - combination: a weight per column.
    public init(matrix: Matrix, columnNames: [String], combination: DesignMatrix.Combination) {
        self.matrix = matrix
        self.columnNames = columnNames
        self.combination = combination
    }

    /// The mean, without covariates.
    public static func mean(studies: Int) -> PlaceDesign {
        PlaceDesign(
            matrix: Matrix(rows: studies, columns: 1, repeating: 1), columnNames: ["intercept"],
            combination: .init(name: "mean", weights: [1]))
    }

    /// The rows of a model's design that belong to the experiments of a place; nil where one of them has no row.
    public init?(_ design: DesignMatrix, judging combination: DesignMatrix.Combination, at place: PlaceEffects) {
        let rows = place.studies.compactMap { study in design.experiments.firstIndex(of: study.id) }
        guard rows.count == place.studies.count, combination.weights.count == design.columnCount else { return nil }
        self.init(
            matrix: Matrix(
                rows: rows.count, columns: design.columnCount, elements: rows.flatMap { Array(design.row($0)) }),
            columnNames: design.columns.map(\.name), combination: combination)
    }

    /// Whether the first column is an intercept of ones.
    private var hasIntercept: Bool { matrix.columns > 0 && matrix.column(0).allSatisfy { $0 == 1 } }

    /// Whether the combination is an effect that a study can have, rather than a slope or a difference: then there are a
    /// prediction interval and a comparison with the largest study.
    public var isMean: Bool { hasIntercept && combination.weights.first == 1 }

    /// Whether there is nothing but a mean.
    public var isInterceptOnly: Bool { hasIntercept && matrix.columns == 1 }

    /// Without one study.
    func leaving(out study: Int) -> PlaceDesign {
        PlaceDesign(
            matrix: matrix.selectingRows((0..<matrix.rows).filter { $0 != study }), columnNames: columnNames,
            combination: combination)
    }
}
