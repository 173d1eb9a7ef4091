import Foundation
import Statistics

/// A contrast fitted by ordinary least squares at every voxel, in double precision: effect, standard error, t or F.
public struct StudyFit: Sendable {
    public let contrast: StudyContrast
    /// Maps with a value at each voxel.
    public let counts: [Int32]
    /// cβ̂ in the images' units; of several combinations NaN.
    public let effect: [Float]
    public let standardError: [Float]
    /// t, or F of several combinations; NaN where nothing can be tested.
    public let statistic: [Float]
    /// 0 where nothing is tested.
    public let degreesOfFreedom: [Int32]
    /// cβ̂ = factor · t · σ̂: √(c(X'X)⁻¹c'), for standardised effects.
    let factors: [Float]

    /// - Parameter minimum: fewest maps with a value at a voxel.
    public init(
        _ rows: [[Float]], design: StudyDesign, contrast: StudyContrast, minimum: Int = 2
    ) throws(StudyError) {
        guard rows.count == design.rows else {
            throw .data("\(rows.count) maps for \(design.rows) rows of the design.")
        }
        let voxels = rows.first?.count ?? 0
        guard rows.allSatisfy({ $0.count == voxels }) else { throw .data("Maps of different numbers of voxels.") }
        var counts = [Int32](repeating: 0, count: voxels)
        for row in rows {
            for voxel in 0..<voxels { counts[voxel] &+= row[voxel] == row[voxel] ? 1 : 0 }
        }
        var effect = [Float](repeating: .nan, count: voxels)
        var standardError = effect
        var statistic = effect
        var factors = effect
        var freedom = [Int32](repeating: 0, count: voxels)
        let bags = StudyBag.all(rows, design: design, contrast: contrast, minimum: minimum, poolsMean: false)
        for bag in bags {
            let fit = LeastSquares(bag.space)
            var y = [Double](repeating: 0, count: bag.rows.count)
            for place in bag.voxels {
                let voxel = Int(place)
                for (index, row) in bag.rows.enumerated() { y[index] = Double(rows[row][voxel]) }
                let found = fit(y)
                effect[voxel] = Float(found.effect)
                standardError[voxel] = Float(found.standardError)
                statistic[voxel] = Float(found.statistic)
                factors[voxel] = Float(abs(bag.space.scale))
                freedom[voxel] = Int32(bag.degreesOfFreedom)
            }
        }
        self.contrast = contrast
        self.counts = counts
        self.effect = effect
        self.standardError = standardError
        self.statistic = statistic
        self.factors = factors
        degreesOfFreedom = freedom
    }

    /// z with the p of each statistic (of F: z of its p, one-sided).
    public var z: [Float] {
        statistic.indices.map { voxel in
            guard !statistic[voxel].isNaN else { return .nan }
            let df = Int(degreesOfFreedom[voxel])
            if contrast.isJoint {
                let tail = FDistribution(numerator: Double(contrast.rows.count), denominator: Double(df)).upperTail(
                    Double(statistic[voxel]))
                return tail > 0 ? Float(-Normal.quantile(tail)) : .infinity
            }
            let t = Double(statistic[voxel])
            let size = LogProbability.z(upperTail: StudentT(degreesOfFreedom: df).logUpperTail(abs(t)))
            return Float(t < 0 ? -size : size)
        }
    }
}

/// One voxel by least squares.
struct LeastSquares: Sendable {
    let space: TestedSpace

    init(_ space: TestedSpace) { self.space = space }

    func callAsFunction(_ y: [Double]) -> (effect: Double, standardError: Double, statistic: Double) {
        var rest = y
        for vector in space.nuisance { Self.takeOut(vector, &rest) }
        let along = space.tested.map { Self.takeOut($0, &rest) }
        let df = Double(space.degreesOfFreedom)
        let variance = rest.reduce(0) { $0 + $1 * $1 } / df
        if along.count == 1 {
            // Rounding of values that are all alike is no spread.
            let root = variance.squareRoot()
            return (space.scale * along[0], abs(space.scale) * root, root > 0 ? along[0] / root * sign : .nan)
        }
        let explained = along.reduce(0) { $0 + $1 * $1 } / Double(along.count)
        return (.nan, .nan, variance > 0 ? explained / variance : .nan)
    }

    private var sign: Double { space.scale < 0 ? -1 : 1 }

    @discardableResult
    private static func takeOut(_ vector: [Double], _ y: inout [Double]) -> Double {
        var along = 0.0
        for i in y.indices { along += vector[i] * y[i] }
        for i in y.indices { y[i] -= along * vector[i] }
        return along
    }
}
