import Imaging
import Testing

@Suite("Gaussian smoothing")
struct SmoothingTests {
    /// 7 × 8 × 6 voxels of (37 n mod 101)/10, n the linear index.
    private func pattern(_ size: SIMD3<Double>) throws -> Volume {
        let grid = try #require(Grid(shape: [7, 8, 6], affine: Affine(scale: size, origin: .zero)))
        return Volume(grid: grid, values: (0..<grid.count).map { Float($0 * 37 % 101) / 10 })
    }

    struct Check: Sendable {
        var fwhm: Double
        var voxelSize: SIMD3<Double>
        /// At voxels (0,0,0), (3,4,2), (6,7,5), (1,6,3), (5,2,0).
        var expected: [Float]
    }

    /// scipy.ndimage.gaussian_filter(v, fwhm/√(8 ln 2)/size, mode='constant', cval=0, truncate=4), scipy 1.17.1.
    static let checks = [
        Check(fwhm: 8, voxelSize: [2, 2, 2], expected: [1.084629, 4.308237, 1.17781, 3.103517, 2.411356]),
        Check(fwhm: 5, voxelSize: [1, 2, 3], expected: [1.428728, 4.412201, 1.715838, 3.642097, 3.071292]),
        Check(fwhm: 12, voxelSize: [-2, 3, 4], expected: [1.092481, 3.94064, 1.186375, 2.881528, 2.223263]),
    ]

    @Test("values are those of scipy.ndimage.gaussian_filter", arguments: checks)
    func scipy(_ check: Check) throws {
        let result = try pattern(check.voxelSize).smoothed(fwhm: check.fwhm)
        let voxels: [SIMD3<Int>] = [[0, 0, 0], [3, 4, 2], [6, 7, 5], [1, 6, 3], [5, 2, 0]]
        for (voxel, expected) in zip(voxels, check.expected) { #expect(abs(result[voxel] - expected) < 2e-6) }
    }

    @Test("a point far from the border becomes a Gaussian of that width, with the same sum")
    func point() throws {
        let grid = try #require(Grid(shape: [41, 41, 41], affine: Affine(scale: [2, 2, 2], origin: .zero)))
        var volume = Volume(grid: grid, repeating: 0)
        volume[[20, 20, 20]] = 1
        let result = volume.smoothed(fwhm: 12)
        let sum = result.values.reduce(0.0) { $0 + Double($1) }
        #expect(abs(sum - 1) < 1e-5)
        // Half the height at half the width: 6 mm, 3 voxels.
        for voxel: SIMD3<Int> in [[23, 20, 20], [20, 17, 20], [20, 20, 23]] {
            #expect(abs(result[voxel] / result[[20, 20, 20]] - 0.5) < 1e-6)
        }
    }

    @Test("inside a mask the values are those of two scipy filters, one over the other")
    func mask() throws {
        let volume = try pattern([2, 2, 2])
        let mask = Mask(grid: volume.grid) { index in
            let d = volume.grid.voxel(atIndex: index) &- SIMD3(3, 4, 2)
            return (d &* d).wrappedSum() <= 9
        }
        #expect(mask.count == 122)
        let result = mask.scatter(mask.smooth(mask.gather(volume), fwhm: 8))
        // gaussian_filter(v·m)/gaussian_filter(m), mode='constant', scipy 1.17.1.
        let checks: [(SIMD3<Int>, Float)] = [
            ([3, 4, 2], 4.979082), ([0, 4, 2], 4.44829), ([3, 1, 2], 5.110482), ([5, 5, 3], 5.049062),
        ]
        for (voxel, expected) in checks { #expect(abs(result[voxel] - expected) < 3e-6) }
    }

    @Test("a constant map stays constant inside a ragged mask")
    func constant() throws {
        let volume = try pattern([2, 2, 2])
        let mask = Mask(volume, above: 5)
        let result = mask.smooth([Float](repeating: 3, count: mask.count), fwhm: 9)
        #expect(result.allSatisfy { abs($0 - 3) < 1e-5 })
    }

    @Test("a smoother used again gives the same as the mask's own function")
    func smoother() throws {
        let volume = try pattern([2, 2, 2])
        let mask = Mask(volume, above: 3)
        let smoother = MaskSmoother(mask, fwhm: 7)
        let values = mask.gather(volume)
        #expect(smoother.smooth(values) == mask.smooth(values, fwhm: 7))
        #expect(smoother.smooth(values) == smoother.smooth(values))
    }

    @Test("no width means no smoothing", arguments: [0, -4, .nan] as [Double])
    func none(_ fwhm: Double) throws {
        let volume = try pattern([2, 2, 2])
        #expect(volume.smoothed(fwhm: fwhm) == volume)
        let mask = Mask(volume, above: 3)
        #expect(mask.smooth(mask.gather(volume), fwhm: fwhm) == mask.gather(volume))
    }

    @Test("missing voxels count as zero and stay missing")
    func missing() throws {
        var volume = try pattern([2, 2, 2])
        volume[[2, 2, 2]] = .nan
        let result = volume.smoothed(fwhm: 6)
        #expect(result.values.filter(\.isNaN).count == 1)
        volume[[2, 2, 2]] = 0
        let expected = volume.smoothed(fwhm: 6)
        #expect(result[[3, 2, 2]] == expected[[3, 2, 2]])
    }
}
