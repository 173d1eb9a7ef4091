import Foundation

/// A kernel on the voxels around a focus.
///
/// Symmetric kernels take few distinct values (about 200 of 4913 voxels), so voxels hold the rank of theirs: a
/// study's activation is the largest rank, sums and histograms go by rank.
package struct KernelStencil: Sendable, Hashable {
    /// Voxels either way along i, j, k.
    package let half: SIMD3<Int>
    /// Rank of every voxel of the box, i fastest; 0 where the kernel is 0.
    package let ranks: [UInt16]
    /// The kernel's value of every rank, ascending; `values[0]` is 0.
    package let values: [Float]

    package var width: SIMD3<Int> { half &* 2 &+ 1 }

    /// Rank at a step from the focus; 0 outside the box.
    package func rank(_ step: SIMD3<Int>) -> UInt16 {
        let at = step &+ half
        let width = width
        guard at.x >= 0, at.y >= 0, at.z >= 0, at.x < width.x, at.y < width.y, at.z < width.z else { return 0 }
        return ranks[at.x + width.x * (at.y + width.y * at.z)]
    }

    /// An isotropic Gaussian that sums to one before it is cut at values of 2.2e-16, held in single precision.
    ///
    /// The product of three normalised one-dimensional Gaussians over a cube: corners are kept, as NiMARE does.
    ///
    /// - Parameter isGiven: whether the width was given as such (see ``KernelConvention/sigma(fwhm:edge:isGiven:)``).
    package init(
        fwhm: Double, voxelSize: SIMD3<Double>, convention: KernelConvention, isGiven: Bool = false
    ) {
        func line(_ size: Double) -> [Double] {
            let sigma = convention.sigma(fwhm: fwhm, edge: size, isGiven: isGiven)
            let reach = convention.halfWidth(sigma: sigma)
            let weights = (-reach...reach).map { exp(-0.5 / (sigma * sigma) * Double($0 * $0)) }
            // A density sums to one over all space, not over the reach.
            let sum = convention.isContinuous ? sigma * (2 * Double.pi).squareRoot() : weights.reduce(0, +)
            return weights.map { $0 / sum }
        }
        let lines = [line(voxelSize.x), line(voxelSize.y), line(voxelSize.z)]
        let centre = lines.map { $0[$0.count / 2] }
        // The box of values above 2.2e-16, along each axis through the centre.
        let half = (0..<3).map { axis in
            let rest = centre.enumerated().reduce(1.0) { $1.offset == axis ? $0 : $0 * $1.element }
            return lines[axis].count { $0 * rest > 0x1p-52 } / 2
        }
        let cut = (0..<3).map { axis in
            let middle = lines[axis].count / 2
            return Array(lines[axis][middle - half[axis]...middle + half[axis]])
        }
        var box: [Float] = []
        for z in cut[2] { for y in cut[1] { for x in cut[0] { box.append(Float(x * y * z)) } } }
        self.init(half: SIMD3(half[0], half[1], half[2]), box: box)
    }

    /// 1 at voxels whose centre lies within `radius` mm.
    package init(radius: Double, voxelSize: SIMD3<Double>) {
        let half = SIMD3(Int(radius / voxelSize.x), Int(radius / voxelSize.y), Int(radius / voxelSize.z))
        var box: [Float] = []
        for k in -half.z...half.z {
            for j in -half.y...half.y {
                for i in -half.x...half.x {
                    let step = SIMD3(Double(i), Double(j), Double(k)) * voxelSize
                    box.append((step * step).sum().squareRoot() <= radius ? 1 : 0)
                }
            }
        }
        self.init(half: half, box: box)
    }

    private init(half: SIMD3<Int>, box: [Float]) {
        let distinct = Set(box.filter { $0 > 0 }).sorted()
        var rank: [Float: UInt16] = [:]
        for (index, value) in distinct.enumerated() { rank[value] = UInt16(clamping: index + 1) }
        self.half = half
        self.values = [0] + distinct
        self.ranks = box.map { rank[$0] ?? 0 }
    }
}
