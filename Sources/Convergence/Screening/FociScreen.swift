import Foundation
package import Imaging
package import Inference
import VoxelKernels

/// Largest statistic, cluster size and cluster mass of one set of foci after another. One per worker.
package final class FociScreen {
    package struct Maxima: Sendable, Hashable {
        package var statistic: Float = 0
        /// Voxels.
        package var size = 0
        /// Σ (statistic − threshold).
        package var mass = 0.0
    }

    private let plan: ScreenPlan
    private let instructions: Int32
    private let values: UnsafeMutableBufferPointer<UInt16>
    /// Takes the place of `values` where there are many foci to count.
    private let ball: BallCounts?
    private let found: UnsafeMutableBufferPointer<Int32>
    /// Lattice coordinates, three per focus.
    private let triples: UnsafeMutableBufferPointer<Int32>
    private let sums: ExactSums
    private let kernels: UnsafeMutableBufferPointer<FlatKernel>
    private let kernelOf: UnsafeMutablePointer<Int32>

    private struct FlatKernel {
        var rows: UnsafeMutablePointer<cuneus_screen_row>
        var weights: UnsafeMutablePointer<UInt16>
        var count: Int32
    }
    private let clusters: SparseClusters

    package init(_ plan: ScreenPlan, neighbours: NeighbourTable, instructions: VectorInstructions = .best) {
        self.plan = plan
        self.instructions = instructions.code
        ball = plan.ball.map { BallCounts($0, model: plan.model, instructions: instructions) }
        values = .allocate(capacity: ball == nil ? plan.size : 0)
        values.initialize(repeating: 0)
        // As large as the lattice, but pages that are never touched take no memory.
        found = .allocate(capacity: ball?.size ?? plan.size)
        triples = .allocate(capacity: 3 * plan.studyOf.count)
        sums = ExactSums(plan)
        clusters = SparseClusters(neighbours)
        kernelOf = .allocate(capacity: max(plan.kernelOf.count, 1))
        kernelOf.initialize(from: plan.kernelOf.map(Int32.init), count: plan.kernelOf.count)
        kernels = .allocate(capacity: plan.kernels.count)
        for (number, kernel) in plan.kernels.enumerated() {
            let flat = FlatKernel(
                rows: .allocate(capacity: kernel.rows.count + 1),
                weights: .allocate(capacity: kernel.weights.count + 1), count: Int32(kernel.rows.count))
            flat.rows.initialize(from: kernel.rows, count: kernel.rows.count)
            flat.weights.initialize(from: kernel.weights, count: kernel.weights.count)
            (kernels.baseAddress! + number).initialize(to: flat)
        }
    }

    deinit {
        values.deallocate()
        found.deallocate()
        triples.deallocate()
        for kernel in kernels {
            kernel.rows.deallocate()
            kernel.weights.deallocate()
        }
        kernels.deallocate()
        kernelOf.deallocate()
    }

    /// - Parameter foci: grid voxels inside the mask's box, as many as the experiments have, in their order.
    package func callAsFunction(_ foci: UnsafePointer<SIMD3<Int32>>) -> Maxima {
        let low = SIMD3<Int32>(truncatingIfNeeded: plan.model.space.low)
        for number in 0..<plan.studyOf.count {
            let at = foci[number] &- low
            triples[3 * number] = at.x
            triples[3 * number + 1] = at.y
            triples[3 * number + 2] = at.z
        }
        if let ball {
            ball.count(triples.baseAddress!)
        } else {
            sums.sort(triples.baseAddress!)
            add()
        }

        var result = Maxima()
        let clusters = clusters
        let threshold = plan.threshold
        clusters.removeAll()
        eachCandidate(above: plan.cutoff(above: Double(threshold))) { voxel, statistic in
            result.statistic = max(result.statistic, statistic)
            if statistic > threshold { clusters.append(voxel, statistic) }
        }
        if clusters.isEmpty { result.statistic = highest() }
        clusters.each(above: plan.threshold) { voxels, mass in
            result.size = max(result.size, voxels.count)
            result.mass = max(result.mass, mass)
        }
        values.update(repeating: 0)
        return result
    }

    /// Cell by cell, so that foci that follow each other touch the same lines of memory.
    private func add() {
        var lattice = plan.lattice
        let sorted = sums.sorted
        for n in 0..<plan.studyOf.count {
            let kernel = kernels[Int(kernelOf[Int(sorted[n].w)])]
            cuneus_screen_add(
                instructions, &lattice, values.baseAddress,
                UnsafeRawPointer(sorted + n).assumingMemoryBound(to: Int32.self), 1, kernel.rows, kernel.weights,
                kernel.count)
        }
    }

    @inline(__always)
    private func eachCandidate(above cutoff: UInt16, _ body: (Int32, Float) -> Void) {
        let count =
            ball?.above(cutoff, into: found.baseAddress!)
            ?? cuneus_screen_collect(instructions, values.baseAddress, plan.size, cutoff, found.baseAddress)
        let isMaximum = plan.model.rule == .maximum
        let sums = sums
        let found = found
        let ball = ball
        (ball?.position ?? plan.position).withUnsafeBufferPointer { position in
            for n in 0..<count {
                let voxel = position[Int(found[n])]
                if voxel < 0 { continue }
                if let ball {
                    body(voxel, Float(ball.at(Int(found[n]))))
                    continue
                }
                let sum = sums.at(voxel)
                body(voxel, isMaximum ? Float(1 - exp(-sum)) : Float(sum))
            }
        }
    }

    /// The largest statistic when none reaches the threshold: the cutoff is lowered until something is found, then to
    /// where nothing higher can hide.
    private func highest() -> Float {
        var cutoff = plan.cutoff(above: Double(plan.threshold))
        var best: Float = 0
        while cutoff > 0, best == 0 {
            cutoff /= 2
            eachCandidate(above: cutoff) { _, statistic in best = max(best, statistic) }
        }
        let needed = plan.cutoff(above: Double(best).nextDown)
        if best > 0, needed < cutoff {
            eachCandidate(above: needed) { _, statistic in best = max(best, statistic) }
        }
        return best
    }
}
