import Evidence
import Foundation
public import Imaging
public import Inference

/// The kernels of many places, made once: which mask voxels a peak there speaks for, and how far each is.
///
/// A relocation then needs no search for shortest paths. A kernel is kept as runs of consecutive mask positions with a
/// distance each, in steps of reach/254 (0.12 mm at 20 mm FWHM) in one byte: about 12 KB a kernel at 2 mm. Distances are those
/// of ``PeakKernel`` for a peak at the centre of a template voxel, isotropic or anisotropic.
public struct KernelLibrary: Sendable {
    /// Height of the kernel, and inverse square of the distance (mm⁻²), by level.
    let heights: [Float]
    let inverseSquares: [Float]
    /// mm between levels.
    package let step: Double
    let kernels: [KernelMemory.Kernel]
    /// Where they lie.
    private let memories: [KernelMemory]
    /// Template voxel of every kernel.
    public let voxels: [Int32]

    /// Stands for the infinite weight of a voxel in a peak's core, in sums beside which other weights vanish: so the mean over
    /// peaks becomes the mean of those in whose core the voxel is, and bounds become equal to the last bit.
    static let coreWeight: Float = 0x1p40

    public var count: Int { kernels.count }
    /// Memory of the kernels.
    public var bytes: Int { kernels.reduce(0) { $0 + $1.bytes } }

    /// - Parameters:
    ///   - voxels: template voxels (positions in the domain) to make the kernels of.
    ///   - kernel: graph and anisotropy.
    /// - Throws: `CancellationError`.
    public init(
        voxels: [Int32], kernel: PeakKernel, mask: Mask, workers: Workers,
        progress: any ProgressObserver = SilentProgress()
    ) async throws {
        let maker = KernelMaker(kernel: kernel, mask: mask)
        let blocks = (voxels.count + Self.block - 1) / Self.block
        let slots = Slots<KernelMemory>(count: blocks)
        progress.began("Kernels of relocated peaks", units: blocks)
        defer { progress.ended() }
        try await workers.forEach(blocks) { piece in
            let range = piece * Self.block..<min((piece + 1) * Self.block, voxels.count)
            slots[piece] = KernelMemory(maker.kernels(voxels[range]))
            progress.advanced(by: 1)
        }
        memories = slots.all
        kernels = memories.flatMap(\.kernels)
        self.voxels = voxels
        heights = maker.heights
        inverseSquares = maker.inverseSquares
        step = maker.step
    }

    /// The kernels of two libraries of one space and kernel, one after the other.
    init(_ first: KernelLibrary, _ second: KernelLibrary) {
        heights = first.heights
        inverseSquares = first.inverseSquares
        step = first.step
        kernels = first.kernels + second.kernels
        memories = first.memories + second.memories
        voxels = first.voxels + second.voxels
    }

    /// The mask voxels of a kernel with their distances (mm, in steps of ``step``; 0 in the core), and whether the kernel is at
    /// least half as high there.
    package func voxels(of kernel: Int) -> [(position: Int, distance: Double, isNear: Bool)] {
        let kernel = kernels[kernel]
        let near = Set(
            zip(kernel.nearStarts, kernel.nearLengths).flatMap { start, length in
                Int(start)..<Int(start) + Int(length)
            })
        var next = 0
        var result: [(position: Int, distance: Double, isNear: Bool)] = []
        for (start, length) in zip(kernel.starts, kernel.lengths) {
            for position in Int(start)..<Int(start) + Int(length) {
                result.append((position, Double(kernel.levels[next]) * step, near.contains(position)))
                next += 1
            }
        }
        return result
    }

    private static let block = 256
}

extension KernelLibrary {
    /// Its numbers under their names in a prepared file.
    func write(to numbers: inout NumberSections) {
        numbers.add("kernels.voxels", voxels)
        numbers.add("kernels.heights", heights)
        numbers.add("kernels.inverseSquares", inverseSquares)
        numbers.add("kernels.step", [step])
        KernelMemory.write(kernels, to: &numbers)
    }

    /// As ``write(to:)`` left it; the kernels stay in the file's memory.
    init(from numbers: MappedSections) throws(InputError) {
        voxels = try numbers.array("kernels.voxels")
        heights = try numbers.array("kernels.heights", count: 256)
        inverseSquares = try numbers.array("kernels.inverseSquares", count: 256)
        step = try numbers.array("kernels.step", count: 1)[0]
        let memory = try KernelMemory(from: numbers, count: voxels.count)
        memories = [memory]
        kernels = memory.kernels
    }
}

/// Makes kernels.
private struct KernelMaker: Sendable {
    let kernel: PeakKernel
    let mask: Mask
    /// mm between levels.
    let step: Double
    let heights: [Float]
    let inverseSquares: [Float]
    private let maskPosition: [Int32]
    /// The same by place of the search's grid; empty for isotropic kernels.
    private let maskPlace: [Int32]
    /// Nil for isotropic kernels.
    private let search: SearchGraph?

    init(kernel: PeakKernel, mask: Mask) {
        self.kernel = kernel
        self.mask = mask
        let step = kernel.reach / 254
        self.step = step
        heights = (0...255).map { $0 == 0 ? 1 : Float(kernel.height(at: Double($0) * step)) }
        inverseSquares = (0...255).map {
            $0 == 0 ? KernelLibrary.coreWeight : Float(1 / (Double($0) * step * Double($0) * step))
        }
        let maskPosition = kernel.graph.template.domain.voxels.map { mask.position[Int($0)] }
        self.maskPosition = maskPosition
        let search = kernel.anisotropy > 0 ? SearchGraph(kernel.graph) : nil
        self.search = search
        maskPlace = search?.domain.position.map { $0 < 0 ? -1 : maskPosition[Int($0)] } ?? []
    }

    /// What a kernel says of a mask voxel: 0 nothing, else this bit, the level in the lowest byte, and whether it is near.
    private static let isReached: UInt16 = 1 << 8
    private static let isNear: UInt16 = 1 << 9

    func kernels(_ voxels: ArraySlice<Int32>) -> [KernelMemory.Runs] {
        let a = kernel.anisotropy
        let memory = search.map {
            SearchMemory($0, graph: kernel.graph, limit: a >= 1 ? kernel.reach : kernel.reach / a.squareRoot())
        }
        // By mask position, and spare ones for looking at eight at a time.
        let marks = UnsafeMutablePointer<UInt16>.allocate(capacity: mask.count + 8)
        marks.initialize(repeating: 0, count: mask.count + 8)
        defer { marks.deallocate() }
        return voxels.map { voxel in
            let span = mark(Int(voxel), marks, with: memory)
            return Self.runs(marks, span)
        }
    }

    /// Marks every mask voxel that the kernel of a template voxel reaches.
    /// - Returns: the mask positions that all marks lie in.
    private func mark(_ voxel: Int, _ marks: UnsafeMutablePointer<UInt16>, with memory: SearchMemory?) -> Range<Int> {
        let core = kernel.core
        let half = max(core, kernel.graph.fwhm / 2)
        var low = mask.count
        var high = -1
        @inline(__always)
        func add(_ position: Int, _ distance: Double) {
            if position < 0 { return }
            // Half upwards; truncation of what is not negative is a floor, and needs no call.
            let level = distance <= core ? 0 : min(254, max(1, Int32(distance / step + 0.5)))
            marks[position] =
                Self.isReached | (distance <= half ? Self.isNear : 0) | UInt16(truncatingIfNeeded: level)
            low = min(low, position)
            high = max(high, position)
        }
        if let memory, kernel.anisotropy >= 1, let found = memory.search(from: voxel) {
            maskPlace.withUnsafeBufferPointer { maskPlace in
                for index in found.visited.indices {
                    add(Int(maskPlace[Int(found.visited[index])]), Double(found.distances[index]))
                }
            }
        } else {
            spread(from: voxel, with: memory) { add(Int(maskPosition[$0]), $1) }
        }
        return low..<max(high + 1, low)
    }

    /// Gathers marks into runs, and takes them away.
    private static func runs(_ marks: UnsafeMutablePointer<UInt16>, _ span: Range<Int>) -> KernelMemory.Runs {
        var result = KernelMemory.Runs()
        var position = span.lowerBound
        while position < span.upperBound {
            if marks[position] == 0 {
                position += 1
                let raw = UnsafeRawPointer(marks)
                while position < span.upperBound,
                    raw.loadUnaligned(fromByteOffset: 2 * position, as: SIMD2<UInt64>.self) == .zero
                {
                    position += 8
                }
                continue
            }
            let start = position
            while position < span.upperBound, position < start + 255, marks[position] != 0 {
                result.levels.append(UInt8(truncatingIfNeeded: marks[position]))
                position += 1
            }
            result.starts.append(Int32(start))
            result.lengths.append(UInt8(position - start))
            var near = start
            while near < position {
                let first = near
                while near < position, marks[near] & isNear != 0 { near += 1 }
                if near > first {
                    result.nearStarts.append(Int32(first))
                    result.nearLengths.append(UInt8(near - first))
                } else {
                    near += 1
                }
            }
            for place in start..<position { marks[place] = 0 }
        }
        return result
    }

    /// Every template voxel within reach of a voxel's centre with its distance, by the rules of ``PeakKernel/spread``.
    private func spread(from voxel: Int, with memory: SearchMemory?, visit: (Int, Double) -> Void) {
        let domain = kernel.graph.template.domain
        let centre = domain.world(at: voxel)
        let reach = kernel.reach
        func euclidean(_ other: Int) -> Double {
            let step = domain.world(at: other) - centre
            return (step * step).sum().squareRoot()
        }
        if let memory, kernel.anisotropy >= 1 {
            memory.from(voxel, visit: visit)
        } else if let memory {
            let a = kernel.anisotropy
            memory.from(voxel) { other, virtual in
                let straight = euclidean(other)
                let mixed = ((1 - a) * straight * straight + a * virtual * virtual).squareRoot()
                if mixed <= reach { visit(other, mixed) }
            }
        } else {
            let grid = domain.grid
            let middle = grid.voxel(atIndex: Int(domain.voxels[voxel]))
            let most = SIMD3<Int>((SIMD3(repeating: reach) / grid.affine.voxelSize).rounded(.up))
            for k in max(0, middle.z - most.z)...min(grid.shape.z - 1, middle.z + most.z) {
                for j in max(0, middle.y - most.y)...min(grid.shape.y - 1, middle.y + most.y) {
                    for i in max(0, middle.x - most.x)...min(grid.shape.x - 1, middle.x + most.x) {
                        let position = Int(domain.position[grid.index(i, j, k)])
                        if position < 0 { continue }
                        let distance = euclidean(position)
                        if distance <= reach { visit(position, distance) }
                    }
                }
            }
        }
    }
}
