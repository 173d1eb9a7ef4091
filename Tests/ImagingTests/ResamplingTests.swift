import Imaging
import Testing

@Suite("Resampling between grids")
struct ResamplingTests {
    private func grid(_ shape: SIMD3<Int>, _ affine: Affine) throws -> Grid {
        try #require(Grid(shape: shape, affine: affine))
    }

    /// 7 × 8 × 6 voxels of (37 n mod 101)/10, n the linear index: the volume of the numpy checks below.
    private func pattern(_ affine: Affine = Affine(scale: [1, 1, 1], origin: .zero)) throws -> Volume {
        let grid = try grid([7, 8, 6], affine)
        return Volume(grid: grid, values: (0..<grid.count).map { Float($0 * 37 % 101) / 10 })
    }

    @Test("trilinear values are those of scipy.ndimage.map_coordinates(order=1)")
    func scipy() throws {
        let volume = try pattern()
        let checks: [(SIMD3<Double>, Float)] = [
            ([1.25, 2.5, 0.75], 3.8375), ([3.5, 6.75, 4.5], 5.3875), ([5.9, 0.1, 2.2], 4.0854), ([2, 3, 4], 4.9),
        ]
        for (point, expected) in checks { #expect(abs(volume.value(at: point) - expected) < 2e-6) }
    }

    @Test("a field that is linear in space stays so on any grid inside")
    func linearField() throws {
        func field(_ p: SIMD3<Double>) -> Double { 0.5 * p.x - 0.25 * p.y + 2 * p.z + 3 }
        let source = try grid([20, 22, 24], Affine(scale: [-2, 2, 2], origin: [20, -20, -20]))
        let volume = Volume(grid: source, values: (0..<source.count).map { Float(field(source.world(atIndex: $0))) })
        let turned = Affine(i: [1.2, 0.3, 0], j: [-0.3, 1.2, 0.1], k: [0, -0.1, 1.5], origin: [-8, -9, -10])
        let target = try grid([9, 8, 7], turned)
        let result = volume.resampled(to: target)
        for index in 0..<target.count {
            #expect(abs(Double(result.values[index]) - field(target.world(atIndex: index))) < 1e-5)
        }
    }

    @Test("the same grid gives the same values; a flipped grid gives them mirrored", arguments: Interpolation.allCases)
    func flipped(_ method: Interpolation) throws {
        let volume = try pattern(Affine(scale: [-2, 2, 2], origin: [12, 0, 0]))
        #expect(volume.resampled(to: volume.grid, method: method) == volume)
        let mirrored = try grid([7, 8, 6], Affine(scale: [2, 2, 2], origin: .zero))
        let result = volume.resampled(to: mirrored, method: method)
        for index in 0..<mirrored.count {
            let v = mirrored.voxel(atIndex: index)
            #expect(result.values[index] == volume[[6 - v.x, v.y, v.z]])
        }
    }

    @Test("outside is missing, or the background given; the last half voxel still belongs to the grid")
    func outside() throws {
        let volume = Volume(grid: try grid([2, 2, 2], Affine(scale: [2, 2, 2], origin: .zero)), repeating: 5)
        let target = try grid([7, 1, 1], Affine(scale: [1, 1, 1], origin: [-2, 0, 0]))
        for method in Interpolation.allCases {
            // x = −2, −1, 0, 1, 2, 3, 4 mm: the grid covers −1 < x < 3.
            let missing = volume.resampled(to: target, method: method).values.map(\.isNaN)
            #expect(missing == [true, true, false, false, false, true, true])
            #expect(volume.resampled(to: target, method: method, background: 0).values == [0, 0, 5, 5, 5, 0, 0])
        }
    }

    @Test("a missing voxel is missing where it is nearest and does not spread or fade its neighbours")
    func missing() throws {
        var volume = Volume(
            grid: try grid([4, 1, 1], Affine(scale: [1, 1, 1], origin: .zero)), values: [1, 1, .nan, 1])
        let target = try grid([13, 1, 1], Affine(scale: [0.25, 1, 1], origin: .zero))
        let result = volume.resampled(to: target).values
        // Voxel 2 is nearest for 1.5 ≤ x < 2.5.
        #expect(result.map(\.isNaN) == (0..<13).map { $0 >= 6 && $0 < 10 })
        #expect(result.filter { !$0.isNaN }.allSatisfy { $0 == 1 })
        volume.values[2] = .infinity
        #expect(volume.value(at: [1, 0, 0]) == 1)
    }

    @Test("nearest keeps labels whole")
    func labels() throws {
        let volume = try pattern()
        let target = try grid([20, 20, 12], Affine(scale: [0.31, 0.37, 0.45], origin: [0.1, 0, 0.2]))
        let result = volume.resampled(to: target, method: .nearest)
        for index in 0..<target.count {
            let voxel = volume.grid.nearestVoxel(to: target.world(atIndex: index))
            let value = result.values[index]
            if let voxel { #expect(value == volume[voxel]) } else { #expect(value.isNaN) }
        }
    }
}
