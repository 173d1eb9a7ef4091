import Imaging
import VoxelKernels

/// The graph of a kernel as the search of ``KernelLibrary`` takes it: on the whole grid with a margin, in single precision.
///
/// The same distances as ``ShortestPaths`` to a few millionths; several times faster, because a neighbour is a fixed step in
/// memory and voxels outside the template, infinitely slow, need no test of their own.
final class SearchGraph: @unchecked Sendable {
    private let slowness: UnsafeMutablePointer<Float>
    let graph: cuneus_search_graph
    /// Grid voxels with the margin.
    let count: Int
    /// Of a domain voxel, and back (−1 outside the domain).
    let place: [Int32]
    let position: [Int32]

    /// The rows of neighbours along x: their places in y and z.
    private static let rows = (-1...1).flatMap { z in (-1...1).map { y in SIMD3(0, y, z) } }

    init(_ kernel: KernelGraph) {
        let domain = kernel.template.domain
        let shape = domain.grid.shape &+ SIMD3(repeating: 2)
        // A row is read as four.
        count = shape.x * shape.y * shape.z + 2
        let slowness = UnsafeMutablePointer<Float>.allocate(capacity: count)
        slowness.initialize(repeating: .infinity, count: count)
        var position = [Int32](repeating: -1, count: count)
        place = domain.voxels.enumerated().map { index, voxel in
            let cell = domain.grid.voxel(atIndex: Int(voxel)) &+ SIMD3(repeating: 1)
            let place = cell.x + shape.x * (cell.y + shape.y * cell.z)
            slowness[place] = Float(kernel.scale) * kernel.template.slowness[index]
            position[place] = Int32(index)
            return Int32(place)
        }
        self.position = position
        self.slowness = slowness
        var graph = cuneus_search_graph()
        graph.slowness = UnsafePointer(slowness)
        graph.shortest = Float(kernel.shortestEdge)
        let affine = domain.grid.affine
        withUnsafeMutableBytes(of: &graph.steps) { bytes in
            let steps = bytes.bindMemory(to: Int32.self)
            for (n, row) in Self.rows.enumerated() {
                steps[n] = Int32(shape.x * (row.y + shape.y * row.z) - 1)
            }
        }
        withUnsafeMutableBytes(of: &graph.lengths) { bytes in
            let lengths = bytes.bindMemory(to: Float.self)
            for (n, row) in Self.rows.enumerated() {
                for x in -1...2 {
                    let offset = SIMD3(x, row.y, row.z)
                    let step = affine(SIMD3<Double>(offset)) - affine.origin
                    let isNeighbour = x < 2 && offset != .zero
                    lengths[4 * n + x + 1] = isNeighbour ? Float((step * step).sum().squareRoot()) : .infinity
                }
            }
        }
        self.graph = graph
    }

    deinit { slowness.deallocate() }
}

/// A search's memory. One per worker.
final class SearchMemory {
    private let search: SearchGraph
    private let memory: cuneus_search_memory
    private let visited: UnsafeMutablePointer<Int32>
    private let distances: UnsafeMutablePointer<Float>
    private let limit: Float
    /// Where a search outgrows its memory: the plain one.
    private var paths: ShortestPaths
    private static let room = 1 << 15

    /// - Parameter limit: mm of virtual length.
    init(_ search: SearchGraph, graph: KernelGraph, limit: Double) {
        self.search = search
        self.limit = Float(limit)
        paths = ShortestPaths(graph)
        let queues = min(1 << 10, Int(limit / graph.shortestEdge) + 2)
        visited = .allocate(capacity: graph.template.domain.count)
        distances = .allocate(capacity: graph.template.domain.count)
        let all = UnsafeMutablePointer<Float>.allocate(capacity: search.count)
        all.initialize(repeating: .infinity, count: search.count)
        let settled = UnsafeMutablePointer<UInt8>.allocate(capacity: search.count)
        settled.initialize(repeating: 0, count: search.count)
        memory = cuneus_search_memory(
            distances: all, settled: settled, queue: .allocate(capacity: queues * Self.room),
            lengths: .allocate(capacity: queues), queues: Int32(queues), room: Int32(Self.room))
    }

    deinit {
        visited.deallocate()
        distances.deallocate()
        memory.distances.deallocate()
        memory.settled.deallocate()
        memory.queue.deallocate()
        memory.lengths.deallocate()
    }

    /// Visits every domain voxel within the limit of a domain voxel, with its distance.
    func from(_ voxel: Int, visit: (Int, Double) -> Void) {
        var (graph, memory) = (search.graph, self.memory)
        let found = cuneus_kernel_search(&graph, &memory, search.place[voxel], limit, visited, distances)
        guard found >= 0 else {
            paths.search(from: [(voxel, 0)], limit: Double(limit), visit: visit)
            return
        }
        for index in 0..<Int(found) {
            visit(Int(search.position[Int(visited[index])]), Double(distances[index]))
        }
    }
}
