import Imaging
import Inference
import Statistics
import VoxelKernels

extension SubjectPermutationTest {
    /// z of permutations of the studies at the voxels of a tile (Freedman–Lane, in every imputation).
    ///
    /// The reduced model, in which the tested combinations are 0, is fitted by random effects (its own τ²). Residuals are
    /// divided by √(v + τ²), since studies of different size are exchangeable only then; permuted; multiplied by the
    /// receiving study's √(v + τ²) and added to its fitted value. The full model is fitted to that, τ² included. A study
    /// keeps its sampling variance. Where a study has no value its place is passed over, in the same order of the others.
    func poolStudies(
        _ place: TilePlace, draws: Draws, orders: [[Int32]], into maps: UnsafeMutableBufferPointer<Float>, width: Int
    ) {
        guard let design else { preconditionFailure("studies are permuted only for a design") }
        let tile = Self.tile
        let count = design.rows
        let rowSize = count * tile
        let total = imputations * rowSize
        let first = place.tile * tile
        let size = min(tile, mask.count - first)
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: 4 * (2 * count * 16 + rowSize + tile + 5 * total + studies.count * tile), alignment: 64)
        defer { memory.deallocate() }
        let scratch = memory.assumingMemoryBound(to: Float.self)
        let present = scratch + 2 * count * 16
        let z = present + rowSize
        let fitted = z + tile
        let (scales, residuals, weights) = (fitted + total, fitted + 2 * total, fitted + 3 * total)
        let moved = fitted + 4 * total
        let presentStudies = fitted + 5 * total
        let isComplete = fill(presentStudies, tile: place.tile)
        for (row, members) in rows.rows.enumerated() {
            for voxel in 0..<tile {
                present[row * tile + voxel] = members.contains { presentStudies[$0 * tile + voxel] > 0 } ? 1 : 0
            }
        }
        fitReduced(
            design, effects: effects(place, draws), present: presentStudies, size: size,
            FreedmanLane(fitted: fitted, scales: scales, residuals: residuals, weights: weights))

        let kernel = RegressionKernel(design, imputations: imputations, unitVariance: unitVariance)
        let identity = (0..<Int32(count)).map { $0 }
        var data = cuneus_regression_data()
        data.fitted = UnsafePointer(fitted)
        data.scales = UnsafePointer(scales)
        data.weights = UnsafePointer(weights)
        data.present = isComplete ? nil : UnsafePointer(present)
        for (row, order) in orders.enumerated() {
            if isComplete {
                data.residuals = UnsafePointer(residuals)
            } else {
                move(residuals, to: moved, order: order, present: present)
                data.residuals = UnsafePointer(moved)
            }
            (isComplete ? order : identity).withUnsafeBufferPointer { order in
                data.order = order.baseAddress
                kernel(instructions, [], data, scratch: scratch, into: z)
            }
            for voxel in 0..<size { maps[row * width + first + voxel] = z[voxel] }
        }
    }

    /// The reduced model's parts, each [imputation][row][voxel].
    private struct FreedmanLane {
        var fitted: UnsafeMutablePointer<Float>
        /// √(v + τ²)
        var scales: UnsafeMutablePointer<Float>
        /// Divided by the scale.
        var residuals: UnsafeMutablePointer<Float>
        /// 1/v
        var weights: UnsafeMutablePointer<Float>
    }

    private func fitReduced(
        _ design: RegressionDesign, effects: UnsafePointer<Float>, present: UnsafePointer<Float>, size: Int,
        _ parts: FreedmanLane
    ) {
        let tile = Self.tile
        let count = design.rows
        let p = design.reducedColumns
        var fit = RegressionFit(columns: p)
        var y = [Double](repeating: 0, count: count)
        var v = y
        for imputation in 0..<imputations {
            let start = imputation * count * tile
            let images = effects + imputation * studies.count * tile
            for voxel in 0..<tile {
                for row in 0..<count {
                    (y[row], v[row]) =
                        voxel < size
                        ? effect(of: rows.rows[row], at: voxel, images: images, present: present) : (0, .infinity)
                }
                let isDetermined =
                    voxel < size
                    && fit.fit(
                        design: design.reduced, effects: y, variances: v, rows: count, estimator: estimator)
                for study in 0..<count {
                    let at = start + study * tile + voxel
                    guard isDetermined, v[study].isFinite else {
                        parts.fitted[at] = 0
                        parts.scales[at] = 1
                        parts.residuals[at] = 0
                        parts.weights[at] = voxel < size ? 0 : 1
                        continue
                    }
                    var value = 0.0
                    for k in 0..<p { value += design.reduced[study * p + k] * fit.coefficients[k] }
                    let scale = (v[study] + fit.tau2).squareRoot()
                    parts.fitted[at] = Float(value)
                    parts.scales[at] = Float(scale)
                    parts.residuals[at] = Float((y[study] - value) / scale)
                    parts.weights[at] = Float(1 / v[study])
                }
            }
        }
    }

    /// Effect and variance of a row: of an experiment, or of the mean of those that are combined and have a value.
    private func effect(
        of members: Range<Int>, at voxel: Int, images: UnsafePointer<Float>, present: UnsafePointer<Float>
    ) -> (Double, Double) {
        var count = 0.0
        var y = 0.0
        var v = 0.0
        var deviation = 0.0
        for study in members where present[study * Self.tile + voxel] > 0 {
            let scale = studies[study].scale
            let own = scale.g(fromStandardised: Double(images[study * Self.tile + voxel]))
            let variance = scale.variance(ofG: own)
            count += 1
            y += own
            v += variance
            deviation += variance.squareRoot()
        }
        guard count > 0 else { return (0, .infinity) }
        guard count > 1 else { return (y, v) }
        let r = rows.correlation
        return (y / count, ((1 - r) * v + r * deviation * deviation) / (count * count))
    }

    /// Permutes residuals where studies are missing, voxel by voxel among those that are there.
    private func move(
        _ residuals: UnsafePointer<Float>, to moved: UnsafeMutablePointer<Float>, order: [Int32],
        present: UnsafePointer<Float>
    ) {
        let tile = Self.tile
        let count = order.count
        for voxel in 0..<tile {
            let sources = order.filter { present[Int($0) * tile + voxel] > 0 }
            var next = 0
            for study in 0..<count where present[study * tile + voxel] > 0 {
                for imputation in 0..<imputations {
                    let start = imputation * count * tile + voxel
                    moved[start + study * tile] = residuals[start + Int(sources[next]) * tile]
                }
                next += 1
            }
            for study in 0..<count where present[study * tile + voxel] == 0 {
                for imputation in 0..<imputations { moved[(imputation * count + study) * tile + voxel] = 0 }
            }
        }
    }
}
