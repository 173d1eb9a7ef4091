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
    /// The same for the vector search.
    let paths: PathGraph

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
        paths = PathGraph(template, scale: scale, shortestEdge: shortestEdge)
    }

    /// Virtual length (mm) of the edge from domain voxel `u` to its `n`-th neighbour `v`.
    @inline(__always)
    func edge(_ u: Int, _ v: Int, _ n: Int) -> Double {
        stepLengths[n] * scale * Double(template.slowness[u] + template.slowness[v])
    }
}
