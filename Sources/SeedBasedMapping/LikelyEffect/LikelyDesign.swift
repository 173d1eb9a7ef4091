/// A model's design as the likelihood step takes it: a row per experiment, and the combinations of coefficients that are
/// tested.
///
/// The columns are taken as they are given: centred or not, orthonormal or not. Fitted values, and with them everything that
/// is imputed, do not depend on that choice; what is left out does where the *combination* changes its meaning, as
/// that of the raw intercept (the effect where every covariate is 0) does when covariates are centred. Orthonormal columns
/// (``init(_:rows:experiments:)``) keep the arithmetic well conditioned whatever the units of the covariates.
package struct LikelyDesign: Hashable, Sendable {
    package let experiments: Int
    package let columns: Int
    /// [experiment][column]
    package let values: [Double]
    /// The combinations that leave-out is judged on, [combination][column], linearly independent.
    package let tests: [[Double]]

    /// - Parameters:
    ///   - values: [experiment][column].
    ///   - tests: [combination][column]; none means that nothing is left out.
    /// - Precondition: `values` has whole rows, and every combination a weight per column.
    package init(columns: Int, values: [Double], tests: [[Double]]) {
        precondition(columns > 0 && values.count % columns == 0, "a design has whole rows")
        precondition(tests.allSatisfy { $0.count == columns }, "a combination has a weight per column")
        experiments = values.count / columns
        self.columns = columns
        self.values = values
        self.tests = tests
    }

    /// A model's orthonormal columns, each row repeated for the experiments that pooling combines in it: they agree in every
    /// covariate, but each has an interval of its own.
    ///
    /// - Parameters:
    ///   - rows: positions of the experiments of each row of `design`; every experiment is in one of them.
    ///   - experiments: of the model, or of what an omission leaves of it.
    ///   - tests: what leave-out is judged on, in coefficients of the orthonormal columns; nil takes the tested
    ///     combinations. (SDM-PSI's `test: mean` is judged on its raw intercept: pass that.)
    package init(_ design: RegressionDesign, rows: [[Int]], experiments: Int, tests: [[Double]]? = nil) {
        precondition(rows.count == design.rows, "a design has a row for each row of the pooling")
        let columns = design.columns
        var values = [Double](repeating: 0, count: experiments * columns)
        for (row, members) in rows.enumerated() {
            for member in members {
                for column in 0..<columns {
                    values[member * columns + column] = design.values[row * columns + column]
                }
            }
        }
        self.init(columns: columns, values: values, tests: tests ?? design.tests)
    }

    /// xβ of an experiment, from coefficients as their maps hold them.
    ///
    /// The one place where fitted values are made, so that whole maps and single voxels agree to the bit.
    @inline(__always)
    package func fitted(_ experiment: Int, _ coefficient: (Int) -> Float) -> Float {
        var sum = 0.0
        for column in 0..<columns { sum += values[experiment * columns + column] * Double(coefficient(column)) }
        return Float(sum)
    }
}
