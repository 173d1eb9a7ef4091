import Foundation
import Imaging

/// Paints experiments whose foci lie between the voxels, one at a time.
///
/// Memory: eight bytes per grid voxel, whatever the number of experiments.
final class ContinuousPainter {
    private let space: ConvergenceSpace
    /// Squared distance to the nearest focus, in standard deviations.
    private let distances: UnsafeMutableBufferPointer<Double>

    init(_ space: ConvergenceSpace) {
        self.space = space
        distances = .allocate(capacity: space.mask.grid.count)
        distances.initialize(repeating: .infinity)
    }

    deinit { distances.deallocate() }

    /// Calls `body` with every mask voxel the experiment reaches, once, and its activation there: the largest of its
    /// foci's Gaussians, which is that of the nearest focus.
    func visit(_ foci: ContinuousFoci, _ body: (Int, Double) -> Void) {
        let distances = distances
        for point in foci.points {
            each(point, foci) { index, distance in distances[index] = min(distances[index], distance) }
        }
        for point in foci.points {
            each(point, foci) { index, _ in
                let distance = distances[index]
                if distance == .infinity { return }
                distances[index] = .infinity
                let voxel = Int(space.mask.position[index])
                if voxel >= 0 { body(voxel, foci.peak * exp(-0.5 * distance)) }
            }
        }
    }

    /// Voxels of the mask's box within the reach of a focus: grid index and squared distance.
    private func each(_ point: SIMD3<Double>, _ foci: ContinuousFoci, _ body: (Int, Double) -> Void) {
        let reach = foci.sigma * ContinuousFoci.reach
        // The model has checked the coordinates: they are finite and whole numbers hold them.
        let below = (point - reach).rounded(.up)
        let above = (point + reach).rounded(.down)
        let low = pointwiseMax(space.low, SIMD3(Int(below.x), Int(below.y), Int(below.z)))
        let high = pointwiseMin(space.high, SIMD3(Int(above.x), Int(above.y), Int(above.z)))
        if low.x > high.x || low.y > high.y || low.z > high.z { return }
        let grid = space.mask.grid
        let most = ContinuousFoci.reach * ContinuousFoci.reach
        for k in low.z...high.z {
            let z = (Double(k) - point.z) / foci.sigma.z
            for j in low.y...high.y {
                let y = (Double(j) - point.y) / foci.sigma.y
                let rest = z * z + y * y
                if rest > most { continue }
                let row = grid.index(low.x, j, k)
                for i in low.x...high.x {
                    let x = (Double(i) - point.x) / foci.sigma.x
                    let distance = rest + x * x
                    if distance <= most { body(row + i - low.x, distance) }
                }
            }
        }
    }
}
