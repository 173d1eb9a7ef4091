import Imaging

/// The exact sum over experiments at single voxels, from the foci near them. Foci are sorted into cells of 8³ voxels.
final class ExactSums {
    private let plan: ScreenPlan
    private let cells: SIMD3<Int>
    private var starts: [Int32]
    private var next: [Int32]
    /// Foci, cell by cell, in their order within a cell: lattice coordinates and experiment.
    private var sorted: [SIMD4<Int32>]
    /// Per experiment: its activation at the voxel at hand.
    private var own: [Double]
    /// A bit per experiment that has one.
    private var active: [UInt64]
    private let kernelOf: [Int]
    private let weights: [Double]

    init(_ plan: ScreenPlan) {
        self.plan = plan
        cells = (plan.shape &- 1) / 8 &+ 1
        starts = Array(repeating: 0, count: cells.x * cells.y * cells.z + 1)
        next = starts
        sorted = Array(repeating: .zero, count: plan.studyOf.count)
        own = Array(repeating: 0, count: plan.model.studies.count)
        active = Array(repeating: 0, count: (plan.model.studies.count + 63) / 64)
        kernelOf = plan.model.studies.map(\.kernel)
        weights = plan.model.studies.map(\.weight)
    }

    @inline(__always)
    private func cell(_ i: Int32, _ j: Int32, _ k: Int32) -> Int {
        Int(i >> 3) + cells.x * (Int(j >> 3) + cells.y * Int(k >> 3))
    }

    func sort(_ triples: UnsafePointer<Int32>) {
        starts.withUnsafeMutableBufferPointer { starts in
            starts.update(repeating: 0)
            for n in 0..<sorted.count {
                starts[cell(triples[3 * n], triples[3 * n + 1], triples[3 * n + 2]) + 1] += 1
            }
            for n in 1..<starts.count { starts[n] += starts[n - 1] }
            next.withUnsafeMutableBufferPointer { next in
                for n in next.indices { next[n] = starts[n] }
                for n in 0..<sorted.count {
                    let (i, j, k) = (triples[3 * n], triples[3 * n + 1], triples[3 * n + 2])
                    let at = cell(i, j, k)
                    sorted[Int(next[at])] = [i, j, k, plan.studyOf[n]]
                    next[at] += 1
                }
            }
        }
    }

    /// The sum at a mask position, experiments in their order.
    func at(_ voxel: Int32) -> Double {
        let place = plan.place[Int(voxel)]
        let rule = plan.model.rule
        var total = 0.0
        let reach = SIMD3<Int32>(truncatingIfNeeded: reach)
        let low = (place &- reach).replacing(with: 0, where: place .< reach) &>> 3
        let high = pointwiseMin(place &+ reach, SIMD3<Int32>(truncatingIfNeeded: plan.shape &- 1)) &>> 3
        for k in low.z...high.z {
            for j in low.y...high.y {
                let row = cells.x * (Int(j) + cells.y * Int(k))
                // Cells along i lie one after another.
                for n in Int(starts[row + Int(low.x)])..<Int(starts[row + Int(high.x) + 1]) {
                    let focus = sorted[n]
                    let study = Int(focus.w)
                    let number = kernelOf[study]
                    let kernel = plan.model.kernels[number]
                    let step = SIMD3<Int>(
                        truncatingIfNeeded: place &- SIMD3<Int32>(focus.x, focus.y, focus.z))
                    let rank = kernel.rank(step)
                    if rank == 0 { continue }
                    if rule == .count {
                        total += 1
                        continue
                    }
                    let term = plan.model.terms[number][Int(rank)]
                    if term > own[study] {
                        own[study] = term
                        active[study >> 6] |= 1 << UInt64(study & 63)
                    }
                }
            }
        }
        for word in active.indices {
            var bits = active[word]
            active[word] = 0
            while bits != 0 {
                let study = word << 6 + bits.trailingZeroBitCount
                bits &= bits - 1
                total += weights[study] * own[study]
                own[study] = 0
            }
        }
        return total
    }

    private lazy var reach: SIMD3<Int> = plan.model.kernels.reduce(.zero) { pointwiseMax($0, $1.half) }
}
