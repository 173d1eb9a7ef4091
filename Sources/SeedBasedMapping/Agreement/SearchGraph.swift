import Imaging
import VoxelKernels

/// The graph of a kernel as the search of ``KernelLibrary`` takes it: on the whole grid with a margin, in single precision.
///
/// The same distances as ``ShortestPaths`` to a few millionths; several times faster, because a neighbour is a fixed step in
/// memory and voxels outside the template, infinitely slow, need no test of their own.
final class SearchGraph: @unchecked Sendable {
    // Sendable because nothing is written after the initialiser.
    private let slowness: UnsafeMutablePointer<Float>
    let graph: cuneus_search_graph
    let domain: PaddedDomain

    init(_ kernel: KernelGraph) {
        let domain = kernel.paths.domain
        let slowness = UnsafeMutablePointer<Float>.allocate(capacity: domain.count)
        slowness.initialize(repeating: .infinity, count: domain.count)
        for (index, place) in domain.place.enumerated() {
            slowness[Int(place)] = Float(kernel.scale) * kernel.template.slowness[index]
        }
        self.slowness = slowness
        self.domain = domain
        var graph = cuneus_search_graph()
        graph.slowness = UnsafePointer(slowness)
        graph.shortest = Float(kernel.shortestEdge)
        withUnsafeMutableBytes(of: &graph.steps) { bytes in
            let steps = bytes.bindMemory(to: Int32.self)
            for (index, step) in domain.steps.enumerated() { steps[index] = step }
        }
        withUnsafeMutableBytes(of: &graph.lengths) { bytes in
            let lengths = bytes.bindMemory(to: Float.self)
            for (index, length) in domain.lengths.enumerated() { lengths[index] = Float(length) }
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
        let all = UnsafeMutablePointer<Float>.allocate(capacity: search.domain.count)
        all.initialize(repeating: .infinity, count: search.domain.count)
        let settled = UnsafeMutablePointer<UInt8>.allocate(capacity: search.domain.count)
        settled.initialize(repeating: 0, count: search.domain.count)
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

    /// The places within the limit of a domain voxel with their distances, until the next search; nil where the queues are too few
    /// or too short.
    func search(from voxel: Int) -> (visited: UnsafeBufferPointer<Int32>, distances: UnsafeBufferPointer<Float>)? {
        var (graph, memory) = (search.graph, self.memory)
        let found = cuneus_kernel_search(
            &graph, &memory, search.domain.place[voxel], limit, visited, distances)
        guard found >= 0 else { return nil }
        return (
            UnsafeBufferPointer(start: visited, count: Int(found)),
            UnsafeBufferPointer(start: distances, count: Int(found))
        )
    }

    /// Visits every domain voxel within the limit of a domain voxel, with its distance.
    func from(_ voxel: Int, visit: (Int, Double) -> Void) {
        guard let found = search(from: voxel) else {
            paths.search(from: [(voxel, 0)], limit: Double(limit), visit: visit)
            return
        }
        for index in found.visited.indices {
            visit(Int(search.domain.position[Int(found.visited[index])]), Double(found.distances[index]))
        }
    }
}
