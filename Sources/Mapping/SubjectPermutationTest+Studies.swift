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
        let count = studies.count
        let rowSize = count * tile
        let total = imputations * rowSize
        let first = place.tile * tile
        let size = min(tile, mask.count - first)
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: 4 * (2 * count * 16 + rowSize + tile + 5 * total), alignment: 64)
        defer { memory.deallocate() }
        let scratch = memory.assumingMemoryBound(to: Float.self)
        let present = scratch + 2 * count * 16
        let z = present + rowSize
        let fitted = z + tile
        let (scales, residuals, weights) = (fitted + total, fitted + 2 * total, fitted + 3 * total)
        let moved = fitted + 4 * total
        let isComplete = fill(present, tile: place.tile)
        fitReduced(
            design, effects: effects(place, draws), present: present, size: size,
            FreedmanLane(fitted: fitted, scales: scales, residuals: residuals, weights: weights))

        let kernel = RegressionKernel(design, imputations: imputations, unitVariance: unitVariance)
        let experiments = kernelExperiments
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
                kernel(instructions, experiments, data, scratch: scratch, into: z)
            }
            for voxel in 0..<size { maps[row * width + first + voxel] = z[voxel] }
        }
    }

    /// The reduced model's parts, each [imputation][study][voxel].
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
        let count = studies.count
        let p = design.reducedColumns
        var fit = RegressionFit(columns: p)
        var y = [Double](repeating: 0, count: count)
        var v = y
        for imputation in 0..<imputations {
            let start = imputation * count * tile
            for voxel in 0..<tile {
                for study in 0..<count {
                    let at = study * tile + voxel
                    let isHere = voxel < size && present[at] > 0
                    y[study] = isHere ? studies[study].scale.g(fromStandardised: Double(effects[start + at])) : 0
                    v[study] = isHere ? studies[study].scale.variance(ofG: y[study]) : .infinity
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

    /// Permutes residuals where studies are missing, voxel by voxel among those that are there.
    private func move(
        _ residuals: UnsafePointer<Float>, to moved: UnsafeMutablePointer<Float>, order: [Int32],
        present: UnsafePointer<Float>
    ) {
        let tile = Self.tile
        let count = studies.count
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
