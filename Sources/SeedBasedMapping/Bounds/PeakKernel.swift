import Foundation
import Imaging

/// The voxels a peak speaks for, and how far each is from it.
///
/// Rules as established on real output of the closed program (design note `sdm-psi.md` §3.1–3.2): the coordinate is
/// truncated toward zero to whole millimetres; an axis that then falls midway between two voxels takes both; each
/// source voxel starts at its Euclidean distance from the peak; the kernel ends at 1.5 FWHM, where its height is
/// 1/512.
public struct PeakKernel: Sendable {
    public let graph: KernelGraph
    /// 0 = isotropic (Euclidean distance), 1 = fully anisotropic (virtual distance).
    public let anisotropy: Double

    public init(graph: KernelGraph, anisotropy: Double) {
        self.graph = graph
        self.anisotropy = anisotropy
    }

    /// Largest distance (mm) at which a peak still counts: 1.5 FWHM, and never less than its core, so that a peak
    /// between voxels keeps them however narrow the kernel.
    public var reach: Double { max(1.5 * graph.fwhm, core) }

    /// Within this distance (mm) a voxel takes the peak's value: half a voxel diagonal, √3 mm at 2 mm.
    public var core: Double {
        let size = graph.template.domain.grid.affine.voxelSize
        return 0.5 * (size * size).sum().squareRoot() * (1 + 1e-12)
    }

    /// A peak farther than this (mm) from the template's tissue is not used.
    public static let snapDistance = 4.0

    /// Kernel height at a distance: a Gaussian of the kernel's FWHM.
    public func height(at distance: Double) -> Double {
        let r = distance / graph.fwhm
        return exp2(-4 * r * r)
    }

    /// The source voxels of a peak, as domain positions with their starting distances (mm).
    ///
    /// - Parameter mni: coordinate in mm; truncated here.
    /// - Returns: empty when the peak is more than ``snapDistance`` from the template's domain.
    public func sources(of mni: SIMD3<Double>) -> [(voxel: Int, start: Double)] {
        let domain = graph.template.domain
        let point = mni.rounded(.towardZero)
        guard point.x.isFinite, point.y.isFinite, point.z.isFinite else { return [] }
        let voxel = domain.grid.voxel(at: point)
        guard voxel.min() > -1000, voxel.max() < 1e6 else { return [] }
        let candidates = Self.nearestVoxels(to: point, on: domain.grid)
        func distance(_ candidate: SIMD3<Int>) -> Double {
            let step = domain.grid.world(candidate) - point
            return (step * step).sum().squareRoot()
        }
        let inside = candidates.filter(domain.contains)
        if !inside.isEmpty {
            return inside.map { (Int(domain.position[domain.grid.index($0)]), distance($0)) }
        }
        // Just outside the tissue: the nearest template voxel, if near enough.
        let radius = (SIMD3(repeating: Self.snapDistance) / domain.grid.affine.voxelSize).rounded(.up)
        let centre = SIMD3<Int>(voxel.rounded(.toNearestOrEven))
        var best: (voxel: Int, start: Double)?
        for k in -Int(radius.z)...Int(radius.z) {
            for j in -Int(radius.y)...Int(radius.y) {
                for i in -Int(radius.x)...Int(radius.x) {
                    let candidate = centre &+ [i, j, k]
                    guard domain.contains(candidate) else { continue }
                    let start = distance(candidate)
                    if start <= Self.snapDistance, start < best?.start ?? .infinity {
                        best = (Int(domain.position[domain.grid.index(candidate)]), start)
                    }
                }
            }
        }
        return best.map { [$0] } ?? []
    }

    /// The voxels of a grid nearest to a point: along an axis where it is midway between two, both. Not all need be on the grid;
    /// none for a point that is not near it.
    static func nearestVoxels(to point: SIMD3<Double>, on grid: Grid) -> [SIMD3<Int>] {
        guard point.x.isFinite, point.y.isFinite, point.z.isFinite else { return [] }
        let voxel = grid.voxel(at: point)
        guard voxel.min() > -1000, voxel.max() < 1e6 else { return [] }
        var candidates: [SIMD3<Int>] = [.zero]
        for axis in 0..<3 {
            let low = voxel[axis].rounded(.down)
            let fraction = voxel[axis] - low
            let choices: [Int]
            if abs(fraction - 0.5) < 1e-6 {
                choices = [Int(low), Int(low) + 1]
            } else {
                choices = [Int(voxel[axis].rounded())]
            }
            candidates = candidates.flatMap { base in
                choices.map { choice in
                    var next = base
                    next[axis] = choice
                    return next
                }
            }
        }
        return candidates
    }

    /// Visits every domain voxel within reach of a peak with its distance (mm): for anisotropy a,
    /// √((1 − a)·Euclidean² + a·virtual²).
    /// - Parameter limit: mm, in place of ``reach``.
    /// - Returns: false when the peak is too far from the template to be used.
    public func spread(
        from mni: SIMD3<Double>, within limit: Double? = nil, with paths: inout ShortestPaths,
        visit: (Int, Double) -> Void
    ) -> Bool {
        let sources = sources(of: mni)
        guard !sources.isEmpty else { return false }
        let domain = graph.template.domain
        let point = mni.rounded(.towardZero)
        func euclidean(_ voxel: Int) -> Double {
            let step = domain.world(at: voxel) - point
            return (step * step).sum().squareRoot()
        }
        let reach = limit ?? reach
        if anisotropy >= 1 {
            paths.search(from: sources, limit: reach, visit: visit)
        } else if anisotropy <= 0 {
            for voxel in 0..<domain.count {
                let distance = euclidean(voxel)
                if distance <= reach { visit(voxel, distance) }
            }
        } else {
            paths.search(from: sources, limit: reach / anisotropy.squareRoot()) { voxel, virtual in
                let straight = euclidean(voxel)
                let mixed = ((1 - anisotropy) * straight * straight + anisotropy * virtual * virtual).squareRoot()
                if mixed <= reach { visit(voxel, mixed) }
            }
        }
        return true
    }
}
