import Foundation
import Statistics

/// The size of what a model tests over any choice of its people: what a bootstrap asks for some thousand times.
///
/// With X the tested column and Z the others (``TestedSpace``), x and y what is left of X and of the values once Z is taken out:
/// partial r = x'y/√(x'x·y'y); d = (x'y/x'x)·step/σ̂ with σ̂² = (y'y − (x'y)²/x'x)/df, where a step leads from the lower to the
/// higher value of X (from one group to the other). A tested mean is the mean at the average covariate of those who were chosen.
struct AdjustedEffect {
    /// Partial r rather than d.
    let isCorrelation: Bool
    private let values: [Double]
    private let tested: [Double]
    private let others: [[Double]]
    private let step: Double
    private let testsMean: Bool

    /// Values that are missing are left out; nil for several combinations.
    init?(_ values: [Double], design: StudyDesign, contrast: StudyContrast, isCorrelation: Bool) {
        let present = values.indices.filter { values[$0].isFinite }
        guard !contrast.isJoint, !present.isEmpty else { return nil }
        let space = TestedSpace(design, contrast: contrast, rows: present)
        guard let column = space.effects.first, let low = column.min(), let high = column.max() else { return nil }
        self.values = present.map { values[$0] }
        tested = column
        others = space.nuisance
        testsMean = high == low
        step = testsMean ? abs(high) : high - low
        self.isCorrelation = isCorrelation
    }

    var people: Int { values.count }

    /// NaN where the people chosen do not tell: fewer than two of a group, a column that the others add up to, no spread.
    ///
    /// - Parameter chosen: positions among those with a value; some may come several times.
    func value(_ chosen: [Int]) -> Double {
        let held = others.map { column -> [Double] in
            let picked = chosen.map { column[$0] }
            guard testsMean else { return picked }
            let mean = picked.reduce(0, +) / Double(picked.count)
            return picked.map { $0 - mean }
        }
        let basis = ColumnBasis(Matrix(columns: held), tolerance: Self.tolerance)
        let column = chosen.map { tested[$0] }
        let x = basis.residual(column)
        let y = basis.residual(chosen.map { values[$0] })
        let df = Double(chosen.count - basis.rank - 1)
        let (xx, xy, yy) = (dot(x, x), dot(x, y), dot(y, y))
        guard df > 0, xx > Self.tolerance * Self.tolerance * dot(column, column), yy > 0 else { return .nan }
        if isCorrelation { return xy / (xx * yy).squareRoot() }
        if !testsMean {
            // One person of a group has no spread.
            let first = column.count { $0 == column[0] }
            guard first > 1, column.count - first > 1 else { return .nan }
        }
        let rest = yy - xy * xy / xx
        return rest > Self.tolerance * Self.tolerance * yy ? xy / xx * step / (rest / df).squareRoot() : .nan
    }

    /// Share of a column's length below which what is left of it is rounding.
    private static let tolerance = 1e-6
}
