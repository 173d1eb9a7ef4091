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
    private let smooth: SmoothBound?
    private let findsClusters: Bool
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

    /// - Parameter findsClusters: whether size and mass are asked for; they are 0 otherwise.
    package init(
        _ plan: ScreenPlan, neighbours: NeighbourTable, findsClusters: Bool = true,
        instructions: VectorInstructions = .best
    ) {
        self.plan = plan
        self.findsClusters = findsClusters
        self.instructions = instructions.code
        ball = plan.ball.map { BallCounts($0, model: plan.model, instructions: instructions) }
        smooth = plan.smooth.map { SmoothBound($0, model: plan.model, instructions: instructions) }
        values = .allocate(capacity: ball == nil && smooth == nil ? plan.size : 0)
        values.initialize(repeating: 0)
        // As large as the lattice, but pages that are never touched take no memory.
        found = .allocate(capacity: ball?.size ?? smooth?.size ?? plan.size)
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
            if let smooth { smooth.take(triples.baseAddress!) } else { add() }
        }

        var result = Maxima()
        // Where counts are smoothed sums are high everywhere: with very many foci most of the brain may be above the threshold.
        if smooth != nil, !findsClusters {
            result.statistic = highest()
            return result
        }
        let clusters = clusters
        let threshold = plan.threshold
        clusters.removeAll()
        eachCandidate(above: cutoff(above: Double(threshold))) { voxel, statistic in
            result.statistic = max(result.statistic, statistic)
            if statistic > threshold { clusters.append(voxel, statistic) }
        }
        if clusters.isEmpty { result.statistic = highest() }
        if !findsClusters { clusters.removeAll() }
        clusters.each(above: plan.threshold) { voxels, mass in
            result.size = max(result.size, voxels.count)
            result.mass = max(result.mass, mass)
        }
        return result
    }

    /// Cell by cell, so that foci that follow each other touch the same lines of memory.
    private func add() {
        values.update(repeating: 0)
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

    /// Bounds above this may hold a statistic above the given one; no others do. A sum where counts are smoothed, else whole units.
    private func cutoff(above statistic: Double) -> Double {
        smooth == nil ? Double(plan.cutoff(above: statistic)) : plan.sum(above: statistic)
    }

    /// Elements whose bound is above the cutoff; returns how many.
    private func find(above cutoff: Double) -> Int {
        let found = found.baseAddress!
        if let smooth { return smooth.above(cutoff, into: found) }
        let units = UInt16(cutoff)
        return ball?.above(units, into: found)
            ?? cuneus_screen_collect(instructions, values.baseAddress, plan.size, units, found)
    }

    @inline(__always)
    private func eachCandidate(above cutoff: Double, _ body: (Int32, Float) -> Void) {
        let count = find(above: cutoff)
        let isMaximum = plan.model.rule == .maximum
        let sums = sums
        let found = found
        let ball = ball
        (ball?.position ?? smooth?.position ?? plan.position).withUnsafeBufferPointer { position in
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

    /// The largest statistic, where counts are smoothed or when none reaches the threshold: the cutoff is lowered until something is
    /// found, then to where nothing higher can hide.
    private func highest() -> Float {
        var cutoff = smooth?.highest ?? self.cutoff(above: Double(plan.threshold))
        var best: Float = 0
        while cutoff > 0, best == 0 {
            // An exact sum of very many foci is dear: small steps.
            cutoff = smooth == nil ? (cutoff / 2).rounded(.down) : cutoff < 1e-3 ? 0 : cutoff * 0.99
            eachCandidate(above: cutoff) { _, statistic in best = max(best, statistic) }
        }
        let needed = self.cutoff(above: Double(best).nextDown)
        if best > 0, needed < cutoff {
            eachCandidate(above: needed) { _, statistic in best = max(best, statistic) }
        }
        return best
    }
}
