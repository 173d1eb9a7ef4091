public import Statistics

/// A linear model of a study's maps: a column per coefficient, a row per map; what is tested; and what may change places.
public struct StudyDesign: Hashable, Sendable {
    /// Names of the columns.
    public let columns: [String]
    /// Rows × columns, of full rank.
    public let matrix: Matrix
    public let contrasts: [StudyContrast]
    public let exchange: ExchangeScheme
    /// Rows whose errors have a variance of their own, for the Welch and Aspin–Welch statistics; nil: one variance.
    public let varianceGroups: [Int]?

    /// Maps there are.
    public var rows: Int { matrix.rows }

    /// - Parameters:
    ///   - columns: as many names as the matrix has columns.
    ///   - matrix: all columns, the intercept's too; finite.
    ///   - contrasts: at least one.
    /// - Throws: ``StudyError/design(_:)`` that names the columns at fault.
    public init(
        columns: [String], matrix: Matrix, contrasts: [StudyContrast], exchange: ExchangeScheme,
        varianceGroups: [Int]? = nil
    ) throws(StudyError) {
        guard columns.count == matrix.columns, matrix.columns > 0 else {
            throw .design("\(columns.count) names for \(matrix.columns) columns of the design.")
        }
        for (j, name) in columns.enumerated() where !matrix.column(j).allSatisfy(\.isFinite) {
            throw .design("\(name) is not a finite number in every row.")
        }
        guard matrix.rows > matrix.columns else {
            throw .design(
                "\(matrix.rows) maps for \(matrix.columns) columns of the design (\(columns.joined(separator: ", "))): "
                    + "nothing would be left to estimate the error from.")
        }
        if let first = ColumnBasis(matrix).dependent.first {
            let others = first.terms.map { columns[$0.column] }
            throw .design(
                others.isEmpty
                    ? "\(columns[first.column]) is 0 in every row."
                    : "\(columns[first.column]) is determined by \(others.joined(separator: ", ")) "
                        + "(a covariate that does not vary is determined by the mean).")
        }
        guard !contrasts.isEmpty else { throw .design("No contrast: nothing is tested.") }
        for contrast in contrasts {
            for row in contrast.rows
            where row.count != matrix.columns || !row.allSatisfy(\.isFinite) || row.allSatisfy({ $0 == 0 }) {
                throw .design(
                    "Contrast \(contrast.name): \(row.count) numbers, not all 0, for \(matrix.columns) columns.")
            }
            guard !contrast.rows.isEmpty, ColumnBasis(Matrix(columns: contrast.rows)).dependent.isEmpty else {
                throw .design("Contrast \(contrast.name): its rows are not independent.")
            }
        }
        if let blocks = exchange.blocks, blocks.count != matrix.rows {
            throw .design("\(blocks.count) exchangeability blocks for \(matrix.rows) rows.")
        }
        if let groups = varianceGroups {
            guard groups.count == matrix.rows else {
                throw .design("\(groups.count) variance groups for \(matrix.rows) rows.")
            }
            for group in Set(groups).sorted() where groups.count(where: { $0 == group }) < 2 {
                throw .design("A variance group of one row: its variance cannot be estimated.")
            }
        }
        self.columns = columns
        self.matrix = matrix
        self.contrasts = contrasts
        self.exchange = exchange
        self.varianceGroups = varianceGroups
    }

    /// The same with other exchange.
    public func exchanging(_ exchange: ExchangeScheme) throws(StudyError) -> StudyDesign {
        try StudyDesign(
            columns: columns, matrix: matrix, contrasts: contrasts, exchange: exchange, varianceGroups: varianceGroups)
    }

    /// Without some rows, for leave-one-out analyses; columns that become 0 or constant go with their contrasts' weight.
    public func selectingRows(_ kept: [Int]) throws(StudyError) -> StudyDesign {
        let smaller = matrix.selectingRows(kept)
        let basis = ColumnBasis(smaller)
        let stay = basis.independent
        let rest = contrasts.map { contrast in
            StudyContrast(name: contrast.name, rows: contrast.rows.map { row in stay.map { row[$0] } })
        }
        return try StudyDesign(
            columns: stay.map { columns[$0] }, matrix: smaller.selectingColumns(stay), contrasts: rest,
            exchange: ExchangeScheme(
                exchange.kind, blocks: exchange.blocks.map { blocks in kept.map { blocks[$0] } },
                nuisance: exchange.nuisance),
            varianceGroups: varianceGroups.map { groups in kept.map { groups[$0] } })
    }
}
