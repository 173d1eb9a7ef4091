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
        var basis: [[Double]] = []
        for column in others {
            var picked = chosen.map { column[$0] }
            if testsMean {
                let mean = picked.reduce(0, +) / Double(picked.count)
                for n in picked.indices { picked[n] -= mean }
            }
            let size = Self.dot(picked, picked)
            let left = Self.residual(picked, basis)
            let rest = Self.dot(left, left)
            guard rest > 1e-12 * size, rest > 0 else { continue }
            basis.append(left.map { $0 / rest.squareRoot() })
        }
        let column = chosen.map { tested[$0] }
        let x = Self.residual(column, basis)
        let y = Self.residual(chosen.map { values[$0] }, basis)
        let df = Double(chosen.count - basis.count - 1)
        let (xx, xy, yy) = (Self.dot(x, x), Self.dot(x, y), Self.dot(y, y))
        guard df > 0, xx > 1e-12 * Self.dot(column, column), yy > 0 else { return .nan }
        if isCorrelation { return xy / (xx * yy).squareRoot() }
        if !testsMean {
            // One person of a group has no spread.
            let first = column.count { $0 == column[0] }
            guard first > 1, column.count - first > 1 else { return .nan }
        }
        let rest = yy - xy * xy / xx
        return rest > 1e-12 * yy ? xy / xx * step / (rest / df).squareRoot() : .nan
    }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for n in a.indices { sum += a[n] * b[n] }
        return sum
    }

    /// Taken out twice, so that rounding leaves nothing of the basis.
    private static func residual(_ vector: [Double], _ basis: [[Double]]) -> [Double] {
        var rest = vector
        for _ in 0..<2 {
            for column in basis {
                let along = dot(column, rest)
                for n in rest.indices { rest[n] -= along * column[n] }
            }
        }
        return rest
    }
}
