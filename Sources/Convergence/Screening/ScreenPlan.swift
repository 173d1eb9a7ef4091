import Foundation
import Imaging
import VoxelKernels

/// How random foci are screened for voxels that can be above a threshold.
///
/// Kernels are added up as 16-bit integers, rounded up and cut where they are too small to matter; every focus counts,
/// also several of one experiment at one voxel. The result is an upper bound of the statistic's sum, and cheap: sixteen
/// voxels per addition, two bytes per voxel. Only voxels whose bound exceeds the cutoff are then computed exactly, so
/// nothing is lost. Where foci are many, they are counted or their counts are smoothed instead (``BallCounts``, ``SmoothBound``).
package struct ScreenPlan: Sendable {
    struct Kernel: Sendable {
        var rows: [cuneus_screen_row] = []
        var weights: [UInt16] = []
    }

    let model: ActivationModel
    /// Statistic a voxel must exceed to form clusters.
    package let threshold: Float
    let lattice: cuneus_screen_lattice
    /// Elements of the lattice, a multiple of 32.
    let size: Int
    /// Mask position of every element, −1 outside.
    let position: [Int32]
    /// Lattice coordinates of every mask position.
    let place: [SIMD3<Int32>]
    let kernels: [Kernel]
    /// Of each experiment: index into ``kernels``.
    let kernelOf: [Int]
    /// Of each focus: its experiment.
    let studyOf: [Int32]
    /// When foci are only counted, and there are many: the ball they are counted in.
    let ball: BallCounts.Shape?
    /// When there are many foci with one Gaussian kernel: the kernel that their counts are smoothed with.
    let smooth: SmoothBound.Shape?
    /// What the cut kernels may miss at most, in units of the sum.
    private let slack: Double
    private let scale: Double
    let shape: SIMD3<Int>

    package init(_ model: ActivationModel, threshold: Double) {
        self.model = model
        self.threshold = Float(threshold)
        let space = model.space
        let shape = space.high &- space.low &+ 1
        self.shape = shape

        let isInteger = model.rule != .maximum && model.studies.allSatisfy { $0.weight == 1 }
        let level = max(Self.sum(model, threshold), 1e-6)
        // What is cut may amount to 1 % of the threshold: few more candidates, half the voxels to visit.
        slack = model.rule == .maximum ? 0.01 * level : 0
        scale = isInteger ? 1 : 40_000 / level
        let negligible = slack / Double(max(model.studies.count, 1))

        var kernels: [Kernel] = []
        var numbers: [Key: Int] = [:]
        var kernelOf: [Int] = []
        for study in model.studies {
            let key = Key(kernel: study.kernel, weight: study.weight)
            if let known = numbers[key] {
                kernelOf.append(known)
                continue
            }
            numbers[key] = kernels.count
            kernelOf.append(kernels.count)
            kernels.append(
                Self.kernel(
                    model.kernels[study.kernel],
                    terms: model.rule == .maximum ? model.terms[study.kernel] : [0, 1],
                    weight: study.weight, negligible: negligible, scale: scale))
        }
        self.kernelOf = kernelOf
        let ball = isInteger && model.kernels.count == 1 ? BallCounts.Shape(model.kernels[0]) : nil
        self.ball = ball.flatMap { BallCounts.pays($0, foci: model.fociCount, in: space) ? $0 : nil }
        smooth =
            model.rule == .maximum && model.kernels.count == 1 && model.studies.allSatisfy { $0.weight == 1 }
                && SmoothBound.Shape.pays(foci: model.fociCount, in: space)
            ? SmoothBound.Shape(model.kernels[0], terms: model.terms[0]) : nil
        studyOf = model.studies.enumerated().flatMap { number, study in
            [Int32](repeating: Int32(number), count: study.foci.count)
        }

        // Rows may run over the end of their line into the gap before the next.
        let lanes = Int(CUNEUS_SCREEN_LANES)
        let rows = kernels.flatMap(\.rows)
        let overhang = rows.reduce(lanes) { max($0, -Int($1.offset), Int($1.offset) + lanes) }
        let stride = shape.x + overhang
        for number in kernels.indices {
            for row in kernels[number].rows.indices {
                let step = kernels[number].rows[row]
                kernels[number].rows[row].offset += Int32(stride) * (step.j + Int32(shape.y) * step.k)
            }
        }
        self.kernels = kernels
        lattice = cuneus_screen_lattice(
            nj: Int32(shape.y), nk: Int32(shape.z), stride: Int32(stride), pad: Int32(overhang),
            reach: rows.reduce(0) { max($0, abs($1.j), abs($1.k)) })
        size = (overhang + stride * shape.y * shape.z + overhang + 31) / 32 * 32
        var position = [Int32](repeating: -1, count: size)
        var place: [SIMD3<Int32>] = []
        for (number, index) in space.mask.voxels.enumerated() {
            let at = space.mask.grid.voxel(atIndex: Int(index)) &- space.low
            position[overhang + at.x + stride * (at.y + shape.y * at.z)] = Int32(number)
            place.append(SIMD3<Int32>(truncatingIfNeeded: at))
        }
        self.position = position
        self.place = place
    }

    private struct Key: Hashable {
        var kernel: Int
        var weight: Double
    }

    /// The sum that gives a statistic.
    private static func sum(_ model: ActivationModel, _ statistic: Double) -> Double {
        model.rule == .maximum ? -log1p(-min(statistic, 1 - 1e-12)) : statistic
    }

    /// Elements above this may hold a statistic above the given one; no others do.
    func cutoff(above statistic: Double) -> UInt16 {
        if scale == 1 { return UInt16(clamping: Int(statistic.rounded(.down))) }
        return UInt16(clamping: Int(max(0, (sum(above: statistic) - slack) * scale * (1 - 1e-9)).rounded(.down)))
    }

    /// Sums above this may give a statistic above the given one; no others do.
    func sum(above statistic: Double) -> Double {
        // Statistics are rounded to single precision before they are compared.
        Self.sum(model, statistic * (1 - 1e-6))
    }

    private static func kernel(
        _ stencil: KernelStencil, terms: [Double], weight: Double, negligible: Double, scale: Double
    ) -> Kernel {
        let half = stencil.half
        let lanes = Int(CUNEUS_SCREEN_LANES)
        var result = Kernel()
        for k in -half.z...half.z {
            for j in -half.y...half.y {
                let line = (-half.x...half.x).map { i -> UInt16 in
                    let term = weight * terms[Int(stencil.rank([i, j, k]))]
                    return term > negligible ? UInt16(clamping: Int((term * scale).rounded(.up))) : 0
                }
                guard let first = line.firstIndex(where: { $0 > 0 }), let last = line.lastIndex(where: { $0 > 0 })
                else { continue }
                for start in stride(from: first, through: last, by: lanes) {
                    result.rows.append(
                        cuneus_screen_row(j: Int32(j), k: Int32(k), offset: Int32(start - half.x)))
                    for lane in 0..<lanes { result.weights.append(start + lane <= last ? line[start + lane] : 0) }
                }
            }
        }
        return result
    }
}
