import Imaging
import VoxelKernels

/// The graph of a kernel as the search of ``KernelLibrary`` takes it: on the whole grid with a margin, in single precision.
///
/// The same distances as ``ShortestPaths`` to a few millionths; several times faster, because a neighbour is a fixed step in
/// memory and voxels outside the template, infinitely slow, need no test of their own.
final class SearchGraph: @unchecked Sendable {
    // Sendable because nothing is written after the initialiser.
    private let slowness: PaddedSlowness
    let graph: cuneus_search_graph
    let domain: PaddedDomain

    init(_ kernel: KernelGraph) {
        let domain = kernel.paths.domain
        slowness = PaddedSlowness(kernel.template.slowness, times: Float(kernel.scale), on: domain)
        self.domain = domain
        var graph = cuneus_search_graph()
        graph.slowness = slowness.values
        graph.shortest = Float(kernel.shortestEdge)
        PaddedDomain.copy(domain.steps, to: &graph.steps)
        PaddedDomain.copy(domain.lengths.map { Float($0) }, to: &graph.lengths)
        self.graph = graph
    }
}

/// A search's memory. One per worker.
final class SearchMemory {
    private let search: SearchGraph
    private let memory: PaddedMemory<Float>
    private let limit: Float
    /// Where a search outgrows its memory: the plain one.
    private var paths: ShortestPaths

    /// - Parameter limit: mm of virtual length.
    init(_ search: SearchGraph, graph: KernelGraph, limit: Double) {
        self.search = search
        self.limit = Float(limit)
        paths = ShortestPaths(graph)
        memory = PaddedMemory(search.domain, queues: min(1 << 10, Int(limit / graph.shortestEdge) + 2))
    }

    /// The places within the limit of a domain voxel with their distances, until the next search; nil where the queues are too few
    /// or too short.
    func search(from voxel: Int) -> (visited: UnsafeBufferPointer<Int32>, distances: UnsafeBufferPointer<Float>)? {
        var graph = search.graph
        var room = cuneus_search_memory(
            distances: memory.distances, settled: memory.settled, queue: memory.queue, lengths: memory.lengths,
            queues: memory.queues, room: memory.room)
        let found = cuneus_kernel_search(
            &graph, &room, search.domain.place[voxel], limit, memory.visited, memory.found)
        guard found >= 0 else { return nil }
        return (
            UnsafeBufferPointer(start: memory.visited, count: Int(found)),
            UnsafeBufferPointer(start: memory.found, count: Int(found))
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
