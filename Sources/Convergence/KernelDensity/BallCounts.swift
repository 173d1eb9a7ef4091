import Imaging
package import Inference
import VoxelKernels

/// How many foci, or experiments, are within a ball around every voxel: MKDA and KDA when there are many foci.
///
/// Adding a ball around each focus costs as much as there are foci. Here foci are counted per voxel, and the counts summed over the
/// ball of every voxel: runs along i of each width once, of these the cross section at each step along k once, added to two
/// planes. A 10 mm ball of 515 voxels takes some 70 vector operations for 32 voxels, whatever the number of foci. What an experiment
/// counts too often, where balls of its own foci overlap, is then taken off. One per worker.
package final class BallCounts {
    /// The steps along i up to which voxels of a kernel are in the ball, by |k| (slower) and |j|; −1 where none is.
    package struct Shape: Sendable, Hashable {
        package let reach: Int
        package let widths: [Int8]
        package var widest: Int { Int(widths.max() ?? 0) }

        /// The distance along i up to which two balls overlap, by their distances along k (slower) and j, 0…2·reach; −1 where they
        /// do not.
        var overlaps: [Int8] {
            let side = 2 * reach + 1
            var result = [Int8](repeating: -1, count: side * side)
            func width(_ j: Int, _ k: Int) -> Int8 { widths[abs(k) * (reach + 1) + abs(j)] }
            for k in 0..<side {
                for j in 0..<side {
                    for otherK in max(-reach, k - reach)...reach {
                        for otherJ in max(-reach, j - reach)...reach {
                            let (one, two) = (width(otherJ, otherK), width(otherJ - j, otherK - k))
                            if one >= 0, two >= 0 { result[side * k + j] = max(result[side * k + j], one + two) }
                        }
                    }
                }
            }
            return result
        }

        /// Nil when the kernel is not a ball (not symmetric, with gaps, or growing with the steps) or reaches over more than 15 voxels.
        package init?(_ stencil: KernelStencil) {
            let half = stencil.half
            let reach = max(half.y, half.z)
            guard max(half.x, reach) < 16, stencil.values.count == 2 else { return nil }
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
    /// Element of every mask position.
    private let elements: [Int32]
    private let shape: Shape
    private let countsExperiments: Bool
    /// Of each experiment its first focus, and after the last the number of foci.
    private let starts: [Int32]
    private let instructions: Int32
    private let ball: cuneus_ball
    private let widths: UnsafeMutablePointer<Int8>
    private let overlaps: UnsafeMutablePointer<Int8>
    /// The coordinates of an experiment's foci.
    private let places: UnsafeMutablePointer<Int16>
    /// Two bytes per element instead of one.
    private var isWide: Bool
    private var foci = UnsafeMutableRawPointer.allocate(byteCount: 0, alignment: 64)
    private var runs = UnsafeMutableRawPointer.allocate(byteCount: 0, alignment: 64)
    private var margins = UnsafeMutableRawPointer.allocate(byteCount: 0, alignment: 64)
    /// Within `margins`.
    private var counts: UnsafeMutableRawPointer { margins + pad * (isWide ? 2 : 1) }
    /// Empty elements before the first plane and after the last.
    private let pad = 128

    /// - Parameters:
    ///   - sizes: foci of each experiment.
    ///   - countsExperiments: an experiment counts once however many foci it has near.
    package init(
        _ shape: Shape, space: ConvergenceSpace, sizes: [Int], countsExperiments: Bool,
        instructions: VectorInstructions = .best
    ) {
        self.shape = shape
        self.countsExperiments = countsExperiments
        self.instructions = instructions.code
        starts = sizes.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int32($1)) }
        let box = space.high &- space.low &+ 1
        let stride = box.x + shape.widest
        let plane = (stride * box.y + 127) / 128 * 128
        size = plane * box.z
        var position = [Int32](repeating: -1, count: size)
        var elements: [Int32] = []
        for (number, index) in space.mask.voxels.enumerated() {
            let at = space.mask.grid.voxel(atIndex: Int(index)) &- space.low
            let element = at.x + stride * at.y + plane * at.z
            position[element] = Int32(number)
            elements.append(Int32(element))
        }
        self.position = position
        self.elements = elements
        widths = .allocate(capacity: shape.widths.count)
        widths.initialize(from: shape.widths, count: shape.widths.count)
        let among = shape.overlaps
        overlaps = .allocate(capacity: among.count)
        overlaps.initialize(from: among, count: among.count)
        places = .allocate(capacity: 3 * ((sizes.max() ?? 0) + 16))
        places.initialize(repeating: 0, count: 3 * ((sizes.max() ?? 0) + 16))
        ball = cuneus_ball(
            stride: Int32(stride), plane: Int32(plane), planes: Int32(box.z), length: Int32(box.x), rows: Int32(box.y),
            reach: Int32(shape.reach), widest: Int32(shape.widest), widths: widths,
            overlaps: overlaps)
        isWide = Self.density(shape, foci: sizes.reduce(0, +), in: space) > 127
        allocate()
    }

    /// Counts what a model counts.
    convenience init(_ shape: Shape, model: ActivationModel, instructions: VectorInstructions) {
        self.init(
            shape, space: model.space, sizes: model.studies.map(\.foci.count),
            countsExperiments: model.rule == .indicator,
            instructions: instructions)
    }

    deinit {
        free()
        widths.deallocate()
        overlaps.deallocate()
        places.deallocate()
    }

    private func free() {
        foci.deallocate()
        runs.deallocate()
        margins.deallocate()
    }

    private func allocate() {
        free()
        let bytes = isWide ? 2 : 1
        func memory(_ count: Int) -> UnsafeMutableRawPointer {
            let memory = UnsafeMutableRawPointer.allocate(byteCount: count * bytes, alignment: 64)
            memory.initializeMemory(as: UInt8.self, repeating: 0, count: count * bytes)
            return memory
        }
        foci = memory(size + 2 * pad)
        runs = memory((shape.widest + 1) * (Int(ball.plane) + 2 * shape.reach * Int(ball.stride)))
        // A row of a ball is changed sixteen elements at a time, some of them outside.
        margins = memory(size + 2 * pad)
    }

    /// Foci in a ball, on average, if they lie anywhere in the mask.
    private static func density(_ shape: Shape, foci: Int, in space: ConvergenceSpace) -> Double {
        var voxels = 0
        for (index, width) in shape.widths.enumerated() where width >= 0 {
            let sides = (index % (shape.reach + 1) > 0 ? 2 : 1) * (index / (shape.reach + 1) > 0 ? 2 : 1)
            voxels += sides * (2 * Int(width) + 1)
        }
        return Double(foci) * Double(voxels) / Double(space.mask.count)
    }

    /// Whether the ball of every voxel costs less than a ball around each of so many foci, and 16 bits hold the counts.
    package static func pays(_ shape: Shape, foci: Int, in space: ConvergenceSpace) -> Bool {
        let box = space.high &- space.low &+ 1
        let rows = shape.widths.count { $0 >= 0 } * 4
        return foci * rows * 4 > box.x * box.y * box.z && density(shape, foci: foci, in: space) < 10_000
    }

    /// - Parameter triples: lattice coordinates inside the box, three per focus, experiment by experiment.
    package func count(_ triples: UnsafePointer<Int32>) {
        if !isWide {
            add(triples, UInt8.self)
            let counts = counts.assumingMemoryBound(to: UInt8.self)
            var ball = ball
            cuneus_ball_bytes(
                instructions, &ball, foci.assumingMemoryBound(to: UInt8.self) + pad,
                runs.assumingMemoryBound(to: UInt8.self), counts)
            if !cuneus_ball_bytes_full(instructions, counts, size) {
                if countsExperiments {
                    cuneus_ball_bytes_repeats(
                        instructions, &ball, triples, starts, Int32(starts.count - 1), places, counts)
                }
                return
            }
            // Rare: more foci near a voxel than a byte counts.
            isWide = true
            allocate()
        }
        add(triples, UInt16.self)
        let counts = counts.assumingMemoryBound(to: UInt16.self)
        var ball = ball
        cuneus_ball_words(
            instructions, &ball, foci.assumingMemoryBound(to: UInt16.self) + pad,
            runs.assumingMemoryBound(to: UInt16.self), counts)
        if countsExperiments {
            cuneus_ball_words_repeats(instructions, &ball, triples, starts, Int32(starts.count - 1), places, counts)
        }
    }

    @inline(__always)
    private func add<Element: FixedWidthInteger & BitwiseCopyable>(_ triples: UnsafePointer<Int32>, _: Element.Type) {
        let foci = foci.assumingMemoryBound(to: Element.self) + pad
        let (stride, plane) = (Int(ball.stride), Int(ball.plane))
        foci.update(repeating: 0, count: size)
        for n in 0..<Int(starts[starts.count - 1]) {
            let at = Int(triples[3 * n]) + stride * Int(triples[3 * n + 1]) + plane * Int(triples[3 * n + 2])
            if foci[at] < .max { foci[at] &+= 1 }
        }
    }

    /// Elements with a count above `cutoff`, ascending, into `found`; returns how many.
    package func above(_ cutoff: UInt16, into found: UnsafeMutablePointer<Int32>) -> Int {
        if isWide {
            return cuneus_ball_words_above(
                instructions, counts.assumingMemoryBound(to: UInt16.self), size, cutoff, found)
        }
        return cuneus_ball_bytes_above(
            instructions, counts.assumingMemoryBound(to: UInt8.self), size, UInt8(clamping: cutoff), found)
    }

    /// The count at an element.
    @inline(__always)
    package func at(_ element: Int) -> Int {
        isWide
            ? Int(counts.assumingMemoryBound(to: UInt16.self)[element])
            : Int(counts.assumingMemoryBound(to: UInt8.self)[element])
    }

    /// `table[count]` of every mask voxel.
    package func look(up table: [Float], into map: UnsafeMutableBufferPointer<Float>) {
        table.withUnsafeBufferPointer { table in
            elements.withUnsafeBufferPointer { elements in
                for voxel in 0..<elements.count { map[voxel] = table[at(Int(elements[voxel]))] }
            }
        }
    }
}
