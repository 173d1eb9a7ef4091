import Imaging
package import Inference
import VoxelKernels

/// How many foci lie within a ball around every voxel: the screen of MKDA and KDA when there are many foci.
///
/// Adding a ball around each focus costs as much as there are foci. Here foci are counted per voxel, and the counts summed over the
/// ball of every voxel: runs along i of each width once, of these the cross section at each step along k once, added to two
/// planes. A 10 mm ball of 515 voxels takes some 70 vector operations for 32 voxels, whatever the number of foci. One per worker.
package final class BallCounts {
    /// The steps along i up to which voxels of a kernel are in the ball, by |k| (slower) and |j|; −1 where none is.
    package struct Shape: Sendable, Hashable {
        package let reach: Int
        package let widths: [Int8]
        package var widest: Int { Int(widths.max() ?? 0) }

        /// Nil when the kernel is not a ball: not symmetric, with gaps, or growing with the steps.
        package init?(_ stencil: KernelStencil) {
            let half = stencil.half
            let reach = max(half.y, half.z)
            guard half.x < 127, stencil.values.count == 2 else { return nil }
            var widths: [Int8] = []
            for k in 0...reach {
                for j in 0...reach {
                    let width = (0...half.x + 1).first { stencil.rank([$0, j, k]) == 0 } ?? 0
                    widths.append(Int8(width - 1))
                    if j > 0, widths[widths.count - 1] > widths[widths.count - 2] { return nil }
                    if k > 0, widths[widths.count - 1] > widths[widths.count - 2 - reach] { return nil }
                }
            }
            self.reach = reach
            self.widths = widths
            for k in -half.z...half.z {
                for j in -half.y...half.y {
                    for i in -half.x...half.x {
                        let isIn = abs(i) <= Int(widths[abs(k) * (reach + 1) + abs(j)])
                        if isIn != (stencil.rank([i, j, k]) > 0) { return nil }
                    }
                }
            }
        }
    }

    /// Elements of the lattice; ``position`` has as many.
    package let size: Int
    /// Mask position of every element, −1 outside; ascending.
    package let position: [Int32]
    private let shape: Shape
    private let isWide: Bool
    private let instructions: Int32
    private let stride: Int
    private let plane: Int
    private let planes: Int
    private let widths: UnsafeMutablePointer<Int8>
    private let foci: UnsafeMutableRawBufferPointer
    private let runs: UnsafeMutableRawBufferPointer
    private let counts: UnsafeMutableRawBufferPointer
    /// Empty elements before the first plane.
    private let pad = 128

    /// - Parameter largest: counts up to here are exact; more are at least this.
    package init(_ shape: Shape, space: ConvergenceSpace, largest: Int, instructions: VectorInstructions = .best) {
        self.shape = shape
        self.instructions = instructions.code
        isWide = largest > 255
        let box = space.high &- space.low &+ 1
        stride = box.x + shape.widest
        plane = (stride * box.y + 127) / 128 * 128
        planes = box.z
        size = plane * planes
        var position = [Int32](repeating: -1, count: size)
        for (number, index) in space.mask.voxels.enumerated() {
            let at = space.mask.grid.voxel(atIndex: Int(index)) &- space.low
            position[at.x + stride * at.y + plane * at.z] = Int32(number)
        }
        self.position = position
        widths = .allocate(capacity: shape.widths.count)
        widths.initialize(from: shape.widths, count: shape.widths.count)
        let bytes = isWide ? 2 : 1
        func memory(_ count: Int) -> UnsafeMutableRawBufferPointer {
            let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count * bytes, alignment: 64)
            memory.initializeMemory(as: UInt8.self, repeating: 0)
            return memory
        }
        foci = memory(size + 2 * pad)
        runs = memory((shape.widest + 1) * (plane + 2 * shape.reach * stride))
        counts = memory(size)
    }

    deinit {
        widths.deallocate()
        foci.deallocate()
        runs.deallocate()
        counts.deallocate()
    }

    /// Whether the ball of every voxel costs less than a ball around each of so many foci. (Measured: a row added around a focus takes
    /// about 25 times as long as an element here.)
    package static func pays(_ shape: Shape, foci: Int, in space: ConvergenceSpace) -> Bool {
        let box = space.high &- space.low &+ 1
        let rows = shape.widths.count { $0 >= 0 } * 4
        return foci * rows * 2 > box.x * box.y * box.z
    }

    /// - Parameter triples: lattice coordinates inside the box, three per focus.
    package func count(_ triples: UnsafePointer<Int32>, foci number: Int) {
        var ball = cuneus_ball(
            stride: Int32(stride), plane: Int32(plane), planes: Int32(planes), reach: Int32(shape.reach),
            widest: Int32(shape.widest), widths: widths)
        if isWide {
            let foci = foci.assumingMemoryBound(to: UInt16.self).baseAddress! + pad
            foci.update(repeating: 0, count: size)
            for n in 0..<number {
                let at = Int(triples[3 * n]) + stride * Int(triples[3 * n + 1]) + plane * Int(triples[3 * n + 2])
                foci[at] += foci[at] < .max ? 1 : 0
            }
            cuneus_ball_words(
                instructions, &ball, foci, runs.assumingMemoryBound(to: UInt16.self).baseAddress,
                counts.assumingMemoryBound(to: UInt16.self).baseAddress)
        } else {
            let foci = foci.assumingMemoryBound(to: UInt8.self).baseAddress! + pad
            foci.update(repeating: 0, count: size)
            for n in 0..<number {
                let at = Int(triples[3 * n]) + stride * Int(triples[3 * n + 1]) + plane * Int(triples[3 * n + 2])
                foci[at] += foci[at] < .max ? 1 : 0
            }
            cuneus_ball_bytes(
                instructions, &ball, foci, runs.assumingMemoryBound(to: UInt8.self).baseAddress,
                counts.assumingMemoryBound(to: UInt8.self).baseAddress)
        }
    }

    /// Elements with more than `cutoff` foci, ascending, into `found`; returns how many.
    package func above(_ cutoff: UInt16, into found: UnsafeMutablePointer<Int32>) -> Int {
        if isWide {
            return cuneus_ball_words_above(
                instructions, counts.assumingMemoryBound(to: UInt16.self).baseAddress, size, cutoff, found)
        }
        return cuneus_ball_bytes_above(
            instructions, counts.assumingMemoryBound(to: UInt8.self).baseAddress, size, UInt8(clamping: cutoff), found)
    }

    /// Foci in the ball around every mask voxel.
    package func counted() -> [Int] {
        var result = [Int](repeating: 0, count: position.count { $0 >= 0 })
        for (element, voxel) in position.enumerated() where voxel >= 0 {
            result[Int(voxel)] =
                isWide
                ? Int(counts.load(fromByteOffset: 2 * element, as: UInt16.self)) : Int(counts[element])
        }
        return result
    }
}
