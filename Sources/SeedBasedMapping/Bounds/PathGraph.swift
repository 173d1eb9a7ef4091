import Imaging
import VoxelKernels

/// The graph of a kernel as the vector search takes it.
///
/// Distances are those of ``PlainShortestPaths`` to the bit: edges are made by the same operations in the same order, and a
/// shortest path is the least of the same sums, whatever order they are met in.
final class PathGraph: @unchecked Sendable {
    // Sendable because nothing is written after the initialiser.
    private let slowness: PaddedSlowness
    let graph: cuneus_path_graph
    let domain: PaddedDomain

    /// - Parameters:
    ///   - scale: virtual mm per mm of step and unit of the two ends' summed slowness.
    ///   - shortestEdge: no edge is shorter (virtual mm).
    init(_ template: CorrelationTemplate, scale: Double, shortestEdge: Double) {
        let domain = PaddedDomain(template.domain)
        slowness = PaddedSlowness(template.slowness, on: domain)
        self.domain = domain
        var graph = cuneus_path_graph()
        graph.slowness = slowness.values
        graph.shortest = shortestEdge
        PaddedDomain.copy(domain.steps, to: &graph.steps)
        PaddedDomain.copy(domain.lengths.map { $0 * scale }, to: &graph.lengths)
        self.graph = graph
    }
}

/// The memory of one search at a time.
final class PathMemory {
    private let graph: PathGraph
    private let memory: PaddedMemory<Double>
    /// The built-in template's kernels need 31 queues, whatever their FWHM; on 1 mm it would be twice as many, four times as long.
    private static let queues = 1 << 8

    init(_ graph: PathGraph) {
        self.graph = graph
        memory = PaddedMemory(graph.domain, queues: Self.queues)
    }

    /// Visits every domain voxel within `limit` of the sources, once, with its distance (mm).
    /// - Returns: false, with nothing visited, where the queues are too few or too short.
    func search(
        from sources: [(voxel: Int, start: Double)], limit: Double, visit: (Int, Double) -> Void
    ) -> Bool {
        var edges = graph.graph
        var room = cuneus_path_memory(
            distances: memory.distances, settled: memory.settled, queue: memory.queue, lengths: memory.lengths,
            queues: memory.queues, room: memory.room)
        let places = sources.map { graph.domain.place[$0.voxel] }
        let starts = sources.map(\.start)
        let found = cuneus_path_search(
            &edges, &room, places, starts, Int32(places.count), limit, memory.visited, memory.found)
        guard found >= 0 else { return false }
        graph.domain.position.withUnsafeBufferPointer { position in
            for index in 0..<Int(found) { visit(Int(position[Int(memory.visited[index])]), memory.found[index]) }
        }
        return true
    }
}
