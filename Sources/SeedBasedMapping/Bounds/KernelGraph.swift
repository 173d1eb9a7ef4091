public import Imaging

/// The graph on which a peak's kernel spreads: template voxels, joined to their 26 neighbours by edges of virtual
/// length.
///
/// The virtual length of an edge is the distance at which an isotropic Gaussian of the kernel's FWHM would have the
/// height of the two voxels' correlation (Radua et al. 2014, doi:10.3389/fpsyt.2014.00013); lengths add along paths,
/// and a voxel's virtual distance from a peak is that of the shortest path.
public struct KernelGraph: Sendable {
    public let template: CorrelationTemplate
    /// Kernel FWHM, mm.
    public let fwhm: Double
    let table: NeighbourTable
    /// Length (mm) of the step to each neighbour of ``table``.
    let stepLengths: [Double]
    /// Virtual mm per mm of step and unit of the two ends' summed slowness.
    let scale: Double
    /// No edge is shorter: the width of the buckets that replace a priority queue.
    let shortestEdge: Double

    /// - Parameter fwhm: kernel FWHM in mm, positive.
    public init(template: CorrelationTemplate, fwhm: Double) {
        self.template = template
        self.fwhm = fwhm
        table = NeighbourTable(template.domain, .corners)
        let affine = template.domain.grid.affine
        stepLengths = Connectivity.corners.offsets.map { offset in
            let step = affine(SIMD3<Double>(offset)) - affine.origin
            return (step * step).sum().squareRoot()
        }
        scale = 0.5 * fwhm / CorrelationTemplate.referenceFWHM
        let slowest = Double(template.slowness.min() ?? 1)
        shortestEdge = (stepLengths.min() ?? 1) * 2 * slowest * scale
    }

    /// Virtual length (mm) of the edge from domain voxel `u` to its `n`-th neighbour `v`.
    @inline(__always)
    func edge(_ u: Int, _ v: Int, _ n: Int) -> Double {
        stepLengths[n] * scale * Double(template.slowness[u] + template.slowness[v])
    }
}

/// Shortest-path search on a ``KernelGraph``, with memory reused between searches. One per worker.
public struct ShortestPaths {
    private let graph: KernelGraph
    private var distance: [Double]
    private var isSettled: [Bool]
    private var touched: [Int32] = []
    private var buckets: [[Int32]] = []

    public init(_ graph: KernelGraph) {
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
    public mutating func search(
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
