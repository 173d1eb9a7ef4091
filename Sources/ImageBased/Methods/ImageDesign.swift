public import Statistics

/// What a pooled effect may depend on: a column per coefficient, and the combination of coefficients that is tested.
public struct ImageDesign: Hashable, Sendable {
    /// Studies × columns, of full rank.
    public let matrix: Matrix
    public let contrast: [Double]

    /// The mean of all studies.
    public static func mean(of studies: Int) -> ImageDesign {
        ImageDesign(unchecked: Matrix(rows: studies, columns: 1, repeating: 1), contrast: [1])
    }

    private init(unchecked matrix: Matrix, contrast: [Double]) {
        self.matrix = matrix
        self.contrast = contrast
    }

    /// - Parameters:
    ///   - matrix: all columns, the intercept's too.
    ///   - contrast: one number per column, not all 0.
    public init(matrix: Matrix, contrast: [Double]) throws(ImageError) {
        guard contrast.count == matrix.columns, contrast.contains(where: { $0 != 0 }),
            contrast.allSatisfy(\.isFinite)
        else {
            throw .design("A contrast of \(contrast.count) numbers, not all 0, for \(matrix.columns) columns.")
        }
        guard matrix.columns <= ImageDesign.mostColumns else {
            throw .setting(
                name: "columns of the design", value: Double(matrix.columns),
                allowed: "at most \(ImageDesign.mostColumns)")
        }
        guard matrix.elements.allSatisfy(\.isFinite) else { throw .design("A covariate is not a finite number.") }
        if let first = ColumnBasis(matrix).dependent.first {
            let others = first.terms.map { "column \($0.column + 1)" }
            throw .design(
                others.isEmpty
                    ? "Column \(first.column + 1) of the design is 0 in all studies."
                    : "Column \(first.column + 1) of the design is determined by \(others.joined(separator: ", ")).")
        }
        self.init(unchecked: matrix, contrast: contrast)
    }

    /// With an intercept before the covariates; tests one of them (0 is the intercept).
    public init(covariates: [[Double]], testing column: Int) throws(ImageError) {
        let studies = covariates.first?.count ?? 0
        guard covariates.allSatisfy({ $0.count == studies }) else {
            throw .mismatch("Covariates have different numbers of studies.")
        }
        guard (0...covariates.count).contains(column) else {
            throw .setting(name: "tested column", value: Double(column), allowed: "0 to \(covariates.count)")
        }
        let ones = [Double](repeating: 1, count: studies)
        try self.init(
            matrix: Matrix(columns: [ones] + covariates), contrast: (0...covariates.count).map { $0 == column ? 1 : 0 })
    }

    /// Most columns the kernels take.
    public static let mostColumns = 12

    public var columns: Int { matrix.columns }

    /// The same model with orthonormal columns, whose information matrix is best conditioned; a mean stays as it is.
    var orthonormal: ImageDesign {
        guard columns > 1 else { return self }
        let basis = ColumnBasis(matrix)
        let turned = (0..<columns).map { j in
            let column = basis.solve((0..<columns).map { $0 == j ? 1 : 0 })
            return zip(contrast, column).reduce(0) { $0 + $1.0 * $1.1 }
        }
        return ImageDesign(unchecked: Matrix(columns: basis.q), contrast: turned)
    }
}
