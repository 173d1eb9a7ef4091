import Foundation
import Imaging
package import Inference
import VoxelKernels

/// An upper bound of ALE's sum at every voxel, of many foci with one Gaussian kernel. One per worker.
///
/// Adding a kernel around each focus costs as much as there are foci, and every focus of an experiment would count, where ALE takes the largest. Here
/// foci are counted per voxel and the counts smoothed along the axes, which bounds the sum of all terms. From that is taken what foci of one
/// experiment have in common: of the foci of an experiment, one after another, the smaller of a focus's term and the largest term of those before
/// it. Far foci have little in common and are passed over, and terms are cut to whole units: less is taken, so it remains a bound.
package final class SmoothBound {
    /// A kernel as the product of three lines, and its terms in whole units.
    package struct Shape: Sendable {
        /// Of each axis the weights of steps 0, 1, …; the third holds the peak.
        let lines: [[Float]]
        /// As `cuneus_smooth_lattice` wants it.
        let table: [UInt16]
        let unit: Double

        /// Nil when the kernel is no product of three lines.
        package init?(_ stencil: KernelStencil, terms: [Double]) {
            func value(_ i: Int, _ j: Int, _ k: Int) -> Double { Double(stencil.values[Int(stencil.rank([i, j, k]))]) }
            let peak = value(0, 0, 0)
            guard peak > 0, peak < 1, terms.count == stencil.values.count else { return nil }
            let half = stencil.half
            let x = (0...half.x).map { value($0, 0, 0) / peak }
            let y = (0...half.y).map { value(0, $0, 0) / peak }
            // −ln(1 − g) is at most this times g: it grows faster than g.
            let most = -log1p(-peak)
            let z = (0...half.z).map { value(0, 0, $0) / peak * most }
            for k in 0...half.z {
                for j in 0...half.y {
                    for i in 0...half.x {
                        let term = terms[Int(stencil.rank([i, j, k]))]
                        guard term <= x[i] * y[j] * z[k] * (1 + 1e-6) + 1e-30 else { return nil }
                    }
                }
            }
            lines = [x, y, z].map { $0.map(Float.init) }
            let (side, reach, row) = (
                Int(CUNEUS_SMOOTH_SIDE), Int(CUNEUS_SMOOTH_REACH), Int(CUNEUS_SMOOTH_ROW)
            )
            unit = most / 1023
            var table = [UInt16](repeating: 0, count: side * side * row)
            for k in 0..<side {
                for j in 0..<side {
                    for i in 0..<side {
                        let term = terms[Int(stencil.rank([i - reach, j - reach, k - reach]))]
                        table[16 + i + row * (j + side * k)] = UInt16(term / unit * (1 - 1e-9))
                    }
                }
            }
            self.table = table
        }

        /// Whether smoothing a whole lattice costs less than a kernel around each of so many foci.
        package static func pays(foci: Int, in space: ConvergenceSpace) -> Bool {
            let box = space.high &- space.low &+ 1
            return foci * 25 > box.x * box.y * box.z
        }
    }

    /// Overlaps that are nowhere more than this many units, of 1023 at the peak, are passed over.
    private static let least: UInt16 = 100
    /// What rounding in single precision may take from the bound, with much to spare.
    private static let slack = 1e-5

    /// Elements of the lattice, a multiple of 16.
    package let size: Int
    /// Mask position of every element, −1 outside; ascending.
    package let position: [Int32]
    private let shape: Shape
    private let starts: [Int32]
    private let instructions: Int32
    private let stride: Int
    private let plane: Int
    private let box: SIMD3<Int>
    private let counts: UnsafeMutableBufferPointer<Float>
    private let first: UnsafeMutableBufferPointer<Float>
    private let second: UnsafeMutableBufferPointer<Float>
    private let taken: UnsafeMutableBufferPointer<UInt16>
    private let places: UnsafeMutableBufferPointer<Int16>
    private let table: UnsafeMutableBufferPointer<UInt16>
    /// Empty elements before the first and after the last: what smoothing along the axes reads there.
    private let margin: Int

    package init(_ shape: Shape, model: ActivationModel, instructions: VectorInstructions = .best) {
        func memory<Element: BitwiseCopyable & Numeric>(_ count: Int) -> UnsafeMutableBufferPointer<Element> {
            let memory = UnsafeMutableBufferPointer<Element>.allocate(capacity: count)
            memory.initialize(repeating: 0)
            return memory
        }
        let space = model.space
        self.shape = shape
        self.instructions = instructions.code
        starts = model.studies.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int32($1.foci.count)) }
        box = space.high &- space.low &+ 1
        let reach = shape.lines.map { $0.count - 1 }
        // Gaps after each row and plane, so that what runs over an edge never comes in at another. Overlaps are written 16 elements at a time.
        stride = box.x + max(reach[0], 8)
        plane = stride * (box.y + reach[1])
        size = (plane * box.z + 15) / 16 * 16
        margin = max(reach[2] * plane, 32)
        counts = memory(size + 2 * 32)
        first = memory(size + 2 * margin)
        second = memory(size + 2 * margin)
        taken = memory(size + 2 * 32)
        places = memory(3 * ((model.studies.map(\.foci.count).max() ?? 0) + 16))
        table = memory(shape.table.count)
        _ = table.initialize(from: shape.table)
        var position = [Int32](repeating: -1, count: size)
        for (number, index) in space.mask.voxels.enumerated() {
            let at = space.mask.grid.voxel(atIndex: Int(index)) &- space.low
            position[at.x + stride * at.y + plane * at.z] = Int32(number)
        }
        self.position = position
    }

    deinit {
        counts.deallocate()
        first.deallocate()
        second.deallocate()
        taken.deallocate()
        places.deallocate()
        table.deallocate()
    }

    /// Takes foci: lattice coordinates inside the box, three per focus, experiment by experiment.
    package func take(_ triples: UnsafePointer<Int32>) {
        counts.update(repeating: 0)
        let own = counts.baseAddress! + 32
        for n in 0..<Int(starts[starts.count - 1]) {
            own[Int(triples[3 * n]) + stride * Int(triples[3 * n + 1]) + plane * Int(triples[3 * n + 2])] += 1
        }
        let (x, y) = (first.baseAddress! + margin, second.baseAddress! + margin)
        smooth(own, to: x, step: 1, shape.lines[0])
        smooth(x, to: y, step: stride, shape.lines[1])
        smooth(y, to: x, step: plane, shape.lines[2])
        taken.update(repeating: 0)
        var lattice = cuneus_smooth_lattice(
            stride: Int32(stride), plane: Int32(plane), rows: Int32(box.y), planes: Int32(box.z),
            table: table.baseAddress, least: Self.least)
        cuneus_smooth_overlaps(
            instructions, &lattice, triples, starts, Int32(starts.count - 1), places.baseAddress,
            taken.baseAddress! + 32)
    }

    private func smooth(
        _ from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>, step: Int, _ weights: [Float]
    ) {
        cuneus_smooth(instructions, from, to, plane * box.z, step, weights, Int32(weights.count - 1))
    }

    /// The largest bound of the foci taken last.
    package var highest: Double {
        Double(
            cuneus_smooth_highest(
                instructions, first.baseAddress! + margin, taken.baseAddress! + 32, Float(shape.unit), size))
    }

    /// Elements that may have a sum above this, ascending, into `found`; returns how many. No others have.
    package func above(_ sum: Double, into found: UnsafeMutablePointer<Int32>) -> Int {
        let share = 1 / (1 + Self.slack)
        return cuneus_smooth_above(
            instructions, first.baseAddress! + margin, taken.baseAddress! + 32,
            Float(shape.unit * share * (1 - 1e-6)), size, Float(sum * share * (1 - 1e-6)), found)
    }
}
