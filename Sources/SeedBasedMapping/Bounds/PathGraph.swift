import Imaging
import VoxelKernels

/// The graph of a kernel as the vector search takes it.
///
/// Distances are those of ``PlainShortestPaths`` to the bit: edges are made by the same operations in the same order, and a
/// shortest path is the least of the same sums, whatever order they are met in.
final class PathGraph: @unchecked Sendable {
    // Sendable because nothing is written after the initialiser.
    private let slowness: UnsafeMutablePointer<Float>
    let graph: cuneus_path_graph
    let domain: PaddedDomain

    /// - Parameters:
    ///   - scale: virtual mm per mm of step and unit of the two ends' summed slowness.
    ///   - shortestEdge: no edge is shorter (virtual mm).
    init(_ template: CorrelationTemplate, scale: Double, shortestEdge: Double) {
        let domain = PaddedDomain(template.domain)
        let slowness = UnsafeMutablePointer<Float>.allocate(capacity: domain.count)
        slowness.initialize(repeating: .infinity, count: domain.count)
        for (index, place) in domain.place.enumerated() { slowness[Int(place)] = template.slowness[index] }
        self.slowness = slowness
        self.domain = domain
        var graph = cuneus_path_graph()
        graph.slowness = UnsafePointer(slowness)
        graph.shortest = shortestEdge
        withUnsafeMutableBytes(of: &graph.steps) { bytes in
            let steps = bytes.bindMemory(to: Int32.self)
            for (index, step) in domain.steps.enumerated() { steps[index] = step }
        }
        withUnsafeMutableBytes(of: &graph.lengths) { bytes in
            let lengths = bytes.bindMemory(to: Double.self)
            for (index, length) in domain.lengths.enumerated() { lengths[index] = length * scale }
        }
        self.graph = graph
    }

    deinit { slowness.deallocate() }
}

/// The memory of one search at a time.
final class PathMemory {
    private let graph: PathGraph
    private let memory: cuneus_path_memory
    private let visited: UnsafeMutablePointer<Int32>
    private let distances: UnsafeMutablePointer<Double>
    /// Voxels that a queue holds, and queues. The built-in template's kernels need 31 queues, whatever their FWHM; on 1 mm it would
    /// be twice as many, four times as long. Pages that are not touched take no memory.
    private static let room = 1 << 15
    private static let queues = 1 << 8

    init(_ graph: PathGraph) {
        self.graph = graph
        visited = .allocate(capacity: graph.domain.place.count)
        distances = .allocate(capacity: graph.domain.place.count)
        let all = UnsafeMutablePointer<Double>.allocate(capacity: graph.domain.count)
        all.initialize(repeating: .infinity, count: graph.domain.count)
        let settled = UnsafeMutablePointer<UInt8>.allocate(capacity: graph.domain.count)
        settled.initialize(repeating: 0, count: graph.domain.count)
        let lengths = UnsafeMutablePointer<Int32>.allocate(capacity: Self.queues)
        lengths.initialize(repeating: 0, count: Self.queues)
        memory = cuneus_path_memory(
            distances: all, settled: settled, queue: .allocate(capacity: Self.queues * Self.room), lengths: lengths,
            queues: Int32(Self.queues), room: Int32(Self.room))
    }

    deinit {
        visited.deallocate()
        distances.deallocate()
        memory.distances.deallocate()
        memory.settled.deallocate()
        memory.queue.deallocate()
        memory.lengths.deallocate()
    }

    /// Visits every domain voxel within `limit` of the sources, once, with its distance (mm).
    /// - Returns: false, with nothing visited, where the queues are too few or too short.
    func search(
        from sources: [(voxel: Int, start: Double)], limit: Double, visit: (Int, Double) -> Void
    ) -> Bool {
        var (edges, memory) = (graph.graph, self.memory)
        let places = sources.map { graph.domain.place[$0.voxel] }
        let starts = sources.map(\.start)
        let found = cuneus_path_search(
            &edges, &memory, places, starts, Int32(places.count), limit, visited, distances)
        guard found >= 0 else { return false }
        graph.domain.position.withUnsafeBufferPointer { position in
            for index in 0..<Int(found) { visit(Int(position[Int(visited[index])]), distances[index]) }
        }
        return true
    }
}
