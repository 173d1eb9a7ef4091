import Statistics

/// A contrast's place in the space of the data: the model split into what is tested and the rest.
///
/// With C the contrast's rows and C⁺ its pseudo-inverse, Mβ = M·C⁺·(Cβ) + M·K·γ, K a basis of what C does not see: X = M·C⁺ is
/// tested, Z = M·K is not (Winkler et al. 2014, appendix A). A contrast that picks columns splits the design into those columns
/// and the others.
struct TestedSpace: Hashable, Sendable {
    /// Columns of X, [combinations][rows].
    let effects: [[Double]]
    /// Orthonormal: a basis of what X adds to Z, and one of Z. Empty basis of X: not estimable from these rows.
    let tested: [[Double]]
    let nuisance: [[Double]]
    /// For one combination: cβ̂ = scale·a'y, with variance scale²·σ².
    let scale: Double

    var degreesOfFreedom: Int { (effects.first?.count ?? 0) - tested.count - nuisance.count }

    /// - Parameter rows: of the design, those with data.
    init(_ design: StudyDesign, contrast: StudyContrast, rows: [Int]) {
        let matrix = design.matrix.selectingRows(rows)
        let (effects, rest) = Self.split(matrix, contrast)
        self.effects = effects
        let nuisance = rest.isEmpty ? [] : ColumnBasis(Matrix(columns: rest)).q
        self.nuisance = nuisance
        let all = ColumnBasis(Matrix(columns: nuisance + effects))
        let added = Array(all.q.dropFirst(nuisance.count))
        tested = all.rank == nuisance.count + effects.count ? added : []
        if tested.count == 1 {
            scale = 1 / zip(tested[0], effects[0]).reduce(0) { $0 + $1.0 * $1.1 }
        } else {
            scale = .nan
        }
    }

    /// X and Z.
    private static func split(_ matrix: Matrix, _ contrast: StudyContrast) -> ([[Double]], [[Double]]) {
        let columns = matrix.columns
        let axes = (0..<columns).map { StudyDesign.unit($0, of: columns) }
        let basis = ColumnBasis(Matrix(columns: contrast.rows + axes))
        let free = basis.q.dropFirst(contrast.rows.count)
        let c = Matrix(rows: contrast.rows)
        // C⁺ = C'(CC')⁻¹; the rows are known to be independent.
        let gram = c * c.transposed
        let inverse = Cholesky(gram)?.inverse ?? Matrix.identity(gram.rows)
        let pseudo = c.transposed * inverse
        return ((matrix * pseudo).columnArrays, free.map { matrix * $0 })
    }

    /// The residuals of the tested columns once `nuisance` is taken out, orthonormal; nil where they vanish.
    static func orthonormal(_ columns: [[Double]], without nuisance: [[Double]]) -> [[Double]]? {
        let all = ColumnBasis(Matrix(columns: nuisance + columns))
        return all.rank == nuisance.count + columns.count ? Array(all.q.dropFirst(nuisance.count)) : nil
    }
}

extension Matrix {
    /// The columns one by one.
    var columnArrays: [[Double]] { (0..<columns).map { column($0) } }
}
