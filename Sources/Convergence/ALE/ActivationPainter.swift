import Foundation
import Imaging

/// Paints one experiment at a time on a dense map that is emptied again by visiting only what was painted.
///
/// Memory: two bytes per grid voxel and painter, whatever the number of experiments.
package final class ActivationPainter {
    private let model: ActivationModel
    private let levels: UnsafeMutableBufferPointer<UInt16>
    private lazy var between = ContinuousPainter(model.space)

    package init(_ model: ActivationModel) {
        self.model = model
        levels = .allocate(capacity: model.space.mask.grid.count)
        levels.initialize(repeating: 0)
    }

    deinit { levels.deallocate() }

    /// Calls `body` with every mask voxel the experiment reaches, once, and its level there: a rank of the
    /// experiment's kernel, or with ``ActivationModel/Rule/count`` a number of foci.
    @inline(__always)
    package func visit(_ study: ActivationModel.Study, _ body: (Int, Int) -> Void) {
        let kernel = model.kernels[study.kernel]
        for focus in study.foci { paint(kernel, at: focus) }
        let levels = levels.baseAddress!
        model.space.mask.position.withUnsafeBufferPointer { position in
            for focus in study.foci {
                eachRow(kernel, at: focus) { start, count, _ in
                    for at in start..<start + count {
                        let level = levels[at]
                        if level == 0 { continue }
                        levels[at] = 0
                        let voxel = Int(position[at])
                        if voxel >= 0 { body(voxel, Int(level)) }
                    }
                }
            }
        }
    }

    /// Calls `body` with every mask voxel that foci between the voxels reach, once, and the activation there.
    func visit(_ foci: ContinuousFoci, _ body: (Int, Double) -> Void) { between.visit(foci, body) }

    /// Calls `body` with every mask voxel the experiment reaches, once, and what it adds to the sum there.
    func visitTerms(_ study: ActivationModel.Study, _ body: (Int, Double) -> Void) {
        if let foci = study.continuous {
            visit(foci) { voxel, activation in body(voxel, -study.weight * log1p(-activation)) }
        } else {
            model.terms[study.kernel].withUnsafeBufferPointer { terms in
                visit(study) { voxel, level in body(voxel, study.weight * terms[level]) }
            }
        }
    }

    private func paint(_ kernel: KernelStencil, at focus: SIMD3<Int>) {
        let levels = levels.baseAddress!
        let rule = model.rule
        kernel.ranks.withUnsafeBufferPointer { ranks in
            eachRow(kernel, at: focus) { start, count, first in
                let to = levels + start
                let from = ranks.baseAddress! + first
                if rule == .count {
                    for n in 0..<count { to[n] = to[n] &+ from[n] }
                } else {
                    for n in 0..<count { to[n] = max(to[n], from[n]) }
                }
            }
        }
    }

    /// Rows of the kernel's box inside the mask's box: first grid index, length, first index in the kernel.
    @inline(__always)
    private func eachRow(_ kernel: KernelStencil, at focus: SIMD3<Int>, _ body: (Int, Int, Int) -> Void) {
        let low = pointwiseMax(model.space.low, focus &- kernel.half)
        let high = pointwiseMin(model.space.high, focus &+ kernel.half)
        if low.x > high.x || low.y > high.y || low.z > high.z { return }
        let grid = model.space.mask.grid
        let width = kernel.width
        let from = low &- focus &+ kernel.half
        for k in low.z...high.z {
            for j in low.y...high.y {
                body(
                    grid.index(low.x, j, k), high.x - low.x + 1,
                    from.x + width.x * (from.y + j - low.y + width.y * (from.z + k - low.z)))
            }
        }
    }
}

/// One experiment's activation where it is not 0.
package struct SparseActivation: Sendable {
    /// Mask positions, in the order they were painted.
    package var voxels: [Int32] = []
    /// Levels there.
    package var levels: [UInt16] = []
}

extension ActivationPainter {
    package func sparse(_ study: ActivationModel.Study) -> SparseActivation {
        var result = SparseActivation()
        visit(study) { voxel, level in
            result.voxels.append(Int32(voxel))
            result.levels.append(UInt16(level))
        }
        return result
    }
}
