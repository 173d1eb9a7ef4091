/// Shortest-path search on a ``KernelGraph``, with memory reused between searches. One per worker; copies share the memory.
public struct ShortestPaths {
    private let graph: KernelGraph
    private let memory: PathMemory
    /// Made when a search first outgrows the memory.
    private var plain: PlainShortestPaths?

    public init(_ graph: KernelGraph) {
        self.graph = graph
        memory = PathMemory(graph.paths)
    }

    /// Visits every domain voxel within `limit` of the sources, once, with its exact virtual distance (mm).
    ///
    /// - Parameters:
    ///   - sources: domain voxels and the distances they start at.
    ///   - visit: called with a domain voxel and its distance.
    public mutating func search(
        from sources: [(voxel: Int, start: Double)], limit: Double, visit: (Int, Double) -> Void
    ) {
        if memory.search(from: sources, limit: limit, visit: visit) { return }
        // In place: a copy would copy the memory of every search.
        if plain == nil { plain = PlainShortestPaths(graph) }
        plain?.search(from: sources, limit: limit, visit: visit)
    }
}
