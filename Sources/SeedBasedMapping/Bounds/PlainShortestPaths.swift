import Imaging

/// Shortest-path search on a ``KernelGraph`` in plain Swift: what ``ShortestPaths`` is tested against, and what it falls back on.
package struct PlainShortestPaths {
    private let graph: KernelGraph
    private var distance: [Double]
    private var isSettled: [Bool]
    private var touched: [Int32] = []
    private var buckets: [[Int32]] = []

    package init(_ graph: KernelGraph) {
        self.graph = graph
        distance = Array(repeating: .infinity, count: graph.template.domain.count)
        isSettled = Array(repeating: false, count: graph.template.domain.count)
    }

    /// Visits every domain voxel within `limit` of the sources, once, with its exact virtual distance (mm).
    ///
    /// Dijkstra's algorithm with buckets no wider than the shortest edge: inside a bucket no voxel can shorten
    /// another's path, so no order is needed there.
    /// - Parameters:
    ///   - sources: domain voxels and the distances they start at.
    ///   - visit: called with a domain voxel and its distance.
    package mutating func search(
        from sources: [(voxel: Int, start: Double)], limit: Double, visit: (Int, Double) -> Void
    ) {
        let width = graph.shortestEdge
        for source in sources where source.start <= limit && source.start < distance[source.voxel] {
            if distance[source.voxel] == .infinity { touched.append(Int32(source.voxel)) }
            distance[source.voxel] = source.start
            put(source.voxel, into: Int(source.start / width))
        }
        let neighbourCount = graph.table.width
        var bucket = 0
        while bucket < buckets.count {
            var head = 0
            while head < buckets[bucket].count {
                let voxel = Int(buckets[bucket][head])
                head += 1
                if isSettled[voxel] { continue }
                isSettled[voxel] = true
                let here = distance[voxel]
                visit(voxel, here)
                let row = voxel * neighbourCount
                for n in 0..<neighbourCount {
                    let other = Int(graph.table.neighbours[row + n])
                    if other < 0 || isSettled[other] { continue }
                    let there = here + graph.edge(voxel, other, n)
                    if there < distance[other], there <= limit {
                        if distance[other] == .infinity { touched.append(Int32(other)) }
                        distance[other] = there
                        put(other, into: max(bucket, Int(there / width)))
                    }
                }
            }
            buckets[bucket].removeAll(keepingCapacity: true)
            bucket += 1
        }
        for voxel in touched {
            distance[Int(voxel)] = .infinity
            isSettled[Int(voxel)] = false
        }
        touched.removeAll(keepingCapacity: true)
    }

    /// Buckets are made as far as paths are long: `limit` may be far beyond every voxel.
    @inline(__always)
    private mutating func put(_ voxel: Int, into bucket: Int) {
        while buckets.count <= bucket { buckets.append([]) }
        buckets[bucket].append(Int32(voxel))
    }
}
