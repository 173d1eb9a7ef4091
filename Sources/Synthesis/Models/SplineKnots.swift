import Foundation

/// Where the pieces of a restricted cubic spline meet.
public enum SplineKnots: Hashable, Sendable {
    /// 3 to 7 knots at the quantiles of Harrell 2001 (*Regression Modeling Strategies*, table 2.3).
    case harrell(Int)
    /// At least three rising numbers.
    case at([Double])

    /// - Parameter values: of the column.
    func positions(of values: [Double], column: String) throws(ModelFormulaError) -> [Double] {
        switch self {
        case .at(let knots):
            guard knots.count >= 3, zip(knots, knots.dropFirst()).allSatisfy({ $0 < $1 }), knots.allSatisfy(\.isFinite)
            else { throw .knots(column: column, reason: "at least three rising knots are needed") }
            return knots
        case .harrell(let count):
            guard let shares = Self.shares[count] else {
                throw .knots(column: column, reason: "from 3 to 7 knots are possible, not \(count)")
            }
            let sorted = values.sorted()
            let knots = shares.map { Self.quantile(sorted, $0) }
            guard zip(knots, knots.dropFirst()).allSatisfy({ $0 < $1 }) else {
                let distinct = Set(values).count
                throw .knots(
                    column: column,
                    reason: "its \(distinct) different numbers are too few, or too unevenly spread, for \(count) knots")
            }
            return knots
        }
    }

    private static let shares: [Int: [Double]] = [
        3: [0.1, 0.5, 0.9],
        4: [0.05, 0.35, 0.65, 0.95],
        5: [0.05, 0.275, 0.5, 0.725, 0.95],
        6: [0.05, 0.23, 0.41, 0.59, 0.77, 0.95],
        7: [0.025, 0.1833, 0.3417, 0.5, 0.6583, 0.8167, 0.975],
    ]

    /// Linear between order statistics (R's type 7).
    private static func quantile(_ sorted: [Double], _ share: Double) -> Double {
        guard sorted.count > 1 else { return sorted.first ?? .nan }
        let position = share * Double(sorted.count - 1)
        let low = min(Int(position), sorted.count - 2)
        return sorted[low] + (position - Double(low)) * (sorted[low + 1] - sorted[low])
    }
}
