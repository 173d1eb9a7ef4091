import Evidence
import Imaging
import Testing

@Suite("Peaks against the brain")
struct BrainCheckTests {
    /// A ball with a hole and a bite taken out, cut off by the grid's edge, on voxels of three sizes.
    private func mask() throws -> Mask {
        let affine = Affine(scale: [2, 3, 4], origin: [-30, -40, -20])
        let grid = try #require(Grid(shape: [24, 28, 10], affine: affine))
        return Mask(grid: grid) { index in
            let place = grid.world(atIndex: index)
            func isWithin(_ radius: Double, of centre: SIMD3<Double>) -> Bool {
                let away = place - centre
                return (away * away).sum() < radius * radius
            }
            return isWithin(22, of: [-6, 0, 0]) && !isWithin(9, of: [-4, 2, -2]) && !isWithin(10, of: [14, 4, 8])
        }
    }

    /// A shorter distance would call a misplaced peak a rounding; a longer one would doubt peaks that are right.
    @Test("The distance is that to the nearest of all voxels, though only the surface is searched")
    func distance() throws {
        let mask = try mask()
        let check = BrainCheck(mask)
        var outside = 0
        for n in 0..<3000 {
            // A lattice that meets no symmetry of the grid.
            let point: SIMD3<Double> = [
                Double(n * 37 % 101) - 55.3, Double(n * 59 % 127) - 66.7, Double(n * 83 % 71) - 33.1,
            ]
            let own = mask.grid.nearestVoxel(to: point).map(mask.contains) ?? false
            var nearest = Double.infinity
            for voxel in 0..<mask.count {
                let away = mask.world(at: voxel) - point
                nearest = min(nearest, (away * away).sum().squareRoot())
            }
            let found = check.distance(to: point)
            #expect(own ? found == 0 : abs(found - nearest) < 1e-4, "\(point): \(found), \(nearest)")
            outside += own ? 0 : 1
        }
        #expect(outside > 1000 && outside < 3000)
    }
}
