public import Imaging

/// A peak's kernel at the voxels of an analysis mask, whose grid need not be the kernel's own.
///
/// The kernel always runs on its template's grid (2 mm for the built-in one): on coarser graphs it would lose reach along
/// fast tissue. Voxels of the mask that coincide with voxels of the template take their distances; others take the
/// trilinear mean over the template voxels around them that the kernel reached. See Docs/bounds.md, "Other voxel sizes".
public struct SampledKernel: Sendable {
    public let kernel: PeakKernel
    public let mask: Mask
    private let sampling: Sampling

    private enum Sampling {
        /// One grid. Mask position of every domain voxel, −1 outside the mask.
        case same([Int32])
        /// Every voxel of the mask's grid is one of the template's grid. The same list.
        case subset([Int32])
        /// Mask positions sorted by their nearest domain voxel: those of voxel v are `members[starts[v]..<starts[v + 1]]`.
        case between(starts: [Int32], members: [Int32])
    }

    public init(kernel: PeakKernel, mask: Mask) {
        self.kernel = kernel
        self.mask = mask
        let domain = kernel.graph.template.domain
        if domain.grid == mask.grid {
            sampling = .same(domain.voxels.map { mask.position[Int($0)] })
        } else if Self.isSubset(mask.grid, of: domain.grid) {
            var positions = [Int32](repeating: -1, count: domain.count)
            for position in 0..<mask.count {
                let voxel = SIMD3<Int>(domain.grid.voxel(at: mask.world(at: position)).rounded(.toNearestOrEven))
                if domain.contains(voxel) {
                    positions[Int(domain.position[domain.grid.index(voxel)])] = Int32(position)
                }
            }
            sampling = .subset(positions)
        } else {
            let nearest = (0..<mask.count).map { Self.nearest(in: domain, to: mask.world(at: $0)) }
            var starts = [Int32](repeating: 0, count: domain.count + 1)
            for voxel in nearest where voxel >= 0 { starts[voxel + 1] += 1 }
            for voxel in 0..<domain.count { starts[voxel + 1] += starts[voxel] }
            var next = starts
            var members = [Int32](repeating: 0, count: Int(starts[domain.count]))
            for (position, voxel) in nearest.enumerated() where voxel >= 0 {
                members[Int(next[voxel])] = Int32(position)
                next[voxel] += 1
            }
            sampling = .between(starts: starts, members: members)
        }
    }

    /// Visits every mask voxel within reach of a peak once.
    ///
    /// A voxel is in the peak's core when its distance is at most ``PeakKernel/core``. If no voxel of the mask is, the voxels
    /// that the peak lies in are its core (a coordinate midway between two lies in both), where the mask has them.
    /// - Parameters:
    ///   - limit: mm, in place of ``PeakKernel/reach``.
    ///   - visit: called with a mask position, its distance (mm) and whether it is in the core.
    /// - Returns: false when the peak is too far from the template to be used.
    public func spread(
        from mni: SIMD3<Double>, within limit: Double? = nil, with paths: inout ShortestPaths,
        visit: (_ position: Int, _ distance: Double, _ isCore: Bool) -> Void
    ) -> Bool {
        let core = kernel.core
        if case .same(let positions) = sampling {
            return kernel.spread(from: mni, within: limit, with: &paths) { voxel, distance in
                let position = Int(positions[voxel])
                if position >= 0 { visit(position, distance, distance <= core) }
            }
        }
        // Those the peak lies in wait until it is known whether it has a core without them.
        let own = ownVoxels(of: mni)
        var ownDistances = [Double?](repeating: nil, count: own.count)
        var hasCore = false
        func meet(_ position: Int, _ distance: Double) {
            hasCore = hasCore || distance <= core
            if let index = own.firstIndex(where: { $0.position == position }) {
                ownDistances[index] = distance
            } else {
                visit(position, distance, distance <= core)
            }
        }
        let isUsed: Bool
        switch sampling {
        case .same(let positions), .subset(let positions):
            isUsed = kernel.spread(from: mni, within: limit, with: &paths) { voxel, distance in
                let position = Int(positions[voxel])
                if position >= 0 { meet(position, distance) }
            }
        case .between(let starts, let members):
            var reached: [Int32] = []
            var distances = [Double](repeating: .infinity, count: kernel.graph.template.domain.count)
            isUsed = kernel.spread(from: mni, within: limit, with: &paths) { voxel, distance in
                reached.append(Int32(voxel))
                distances[voxel] = distance
            }
            for voxel in reached.map(Int.init) {
                for member in Int(starts[voxel])..<Int(starts[voxel + 1]) {
                    let position = Int(members[member])
                    meet(position, interpolated(distances, at: mask.world(at: position)))
                }
            }
        }
        guard isUsed else { return false }
        for (voxel, distance) in zip(own, ownDistances) {
            // A voxel outside the template's tissue, or out of reach, counts only as the voxel the peak lies in.
            guard let distance = distance ?? (hasCore ? nil : voxel.distance) else { continue }
            visit(voxel.position, distance, distance <= core || !hasCore)
        }
        return true
    }

    /// The mask voxels a peak lies in, with the Euclidean distances (mm) of their centres.
    private func ownVoxels(of mni: SIMD3<Double>) -> [(position: Int, distance: Double)] {
        let point = mni.rounded(.towardZero)
        return PeakKernel.nearestVoxels(to: point, on: mask.grid).filter(mask.contains).map { voxel in
            let step = mask.grid.world(voxel) - point
            return (Int(mask.position[mask.grid.index(voxel)]), (step * step).sum().squareRoot())
        }
    }

    /// Trilinear mean of the finite distances around a point, of which there is at least one.
    private func interpolated(_ distances: [Double], at point: SIMD3<Double>) -> Double {
        let domain = kernel.graph.template.domain
        var weight = 0.0
        var sum = 0.0
        Self.forEachCorner(around: domain.grid.voxel(at: point)) { voxel, share in
            guard domain.contains(voxel) else { return }
            let distance = distances[Int(domain.position[domain.grid.index(voxel)])]
            guard distance < .infinity else { return }
            weight += share
            sum += share * distance
        }
        return sum / weight
    }

    /// The domain voxel nearest to a point among those of the cell around it; −1 for none within half a voxel diagonal.
    private static func nearest(in domain: Mask, to point: SIMD3<Double>) -> Int {
        let size = domain.grid.affine.voxelSize
        let limit = 0.25 * (size * size).sum() * (1 + 1e-9)
        var best = -1
        var least = Double.infinity
        forEachCorner(around: domain.grid.voxel(at: point)) { voxel, _ in
            guard domain.contains(voxel) else { return }
            let step = domain.grid.world(voxel) - point
            let squared = (step * step).sum()
            if squared <= limit, squared < least {
                least = squared
                best = Int(domain.position[domain.grid.index(voxel)])
            }
        }
        return best
    }

    /// The voxels at the corners of the cell around a fractional voxel, with their trilinear weights, none of them 0.
    @inline(__always)
    private static func forEachCorner(around voxel: SIMD3<Double>, _ body: (SIMD3<Int>, Double) -> Void) {
        // Nearer than this (voxels) a point is on a voxel: the rest is rounding.
        let rounded = voxel.rounded(.toNearestOrEven)
        let apart = voxel - rounded
        let isOn = (apart .< 1e-6) .& (apart .> -1e-6)
        let at = voxel.replacing(with: rounded, where: isOn)
        let floor = at.rounded(.down)
        let high = at - floor
        let low = 1 - high
        let voxel = SIMD3<Int>(floor)
        for k in 0...(high.z > 0 ? 1 : 0) {
            let wz = k == 0 ? low.z : high.z
            for j in 0...(high.y > 0 ? 1 : 0) {
                let wyz = wz * (j == 0 ? low.y : high.y)
                for i in 0...(high.x > 0 ? 1 : 0) {
                    body(voxel &+ [i, j, k], wyz * (i == 0 ? low.x : high.x))
                }
            }
        }
    }

    /// Whether every voxel centre of a grid is one of another's lattice.
    private static func isSubset(_ grid: Grid, of other: Grid) -> Bool {
        let points: [SIMD3<Int>] = [.zero, [1, 0, 0], [0, 1, 0], [0, 0, 1]]
        return points.allSatisfy { point in
            let voxel = other.voxel(at: grid.world(point))
            let apart = voxel - voxel.rounded(.toNearestOrEven)
            return max(abs(apart.min()), abs(apart.max())) < 1e-6
        }
    }
}
