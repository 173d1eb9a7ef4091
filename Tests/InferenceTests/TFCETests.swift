import Foundation
import Imaging
import Inference
import Statistics
import TestSupport
import Testing

@Suite("Threshold-free cluster enhancement")
struct TFCETests {
    private static let grid = Grid(shape: [9, 8, 7], affine: Affine(scale: [-2, 2, 2], origin: .zero))!

    private static func random(_ seed: UInt64) -> (mask: Mask, map: [Float]) {
        let philox = Philox(key: seed)
        let mask = Mask(grid: grid) { Philox.uniform(philox([UInt32($0), 0, 0, 0]).x) > 0.2 }
        // Rounded so that equal heights occur.
        let map = (0..<mask.count).map { index in
            Float((Normal.quantile(Philox.uniform(philox([UInt32(index), 1, 0, 0]).x)) * 8).rounded() / 4)
        }
        return (mask, map)
    }

    /// Component sizes at or above a height, by flood fill.
    private static func extents(_ map: [Float], _ table: NeighbourTable, atLeast height: Float) -> [Int] {
        var extent = [Int](repeating: 0, count: map.count)
        var seen = [Bool](repeating: false, count: map.count)
        for start in map.indices where map[start] >= height && !seen[start] {
            var queue = [start]
            seen[start] = true
            var head = 0
            while head < queue.count {
                for n in 0..<table.width {
                    let other = Int(table.neighbours[queue[head] * table.width + n])
                    if other >= 0, map[other] >= height, !seen[other] {
                        seen[other] = true
                        queue.append(other)
                    }
                }
                head += 1
            }
            for voxel in queue { extent[voxel] = queue.count }
        }
        return extent
    }

    @Test("The integral over every distinct height, by flood fill, is what union–find gives", arguments: 1...6)
    func exact(seed: Int) {
        let (mask, map) = Self.random(UInt64(seed))
        for connectivity in Connectivity.allCases {
            let table = NeighbourTable(mask, connectivity)
            for sign in [1, -1] {
                let signed = map.map { sign > 0 ? $0 : -$0 }
                var expected = [Double](repeating: 0, count: map.count)
                var low: Float = 0
                for height in Set(signed.filter { $0 > 0 }).sorted() {
                    let extent = Self.extents(signed, table, atLeast: height)
                    let strip = (pow(Double(height), 3) - pow(Double(low), 3)) / 3
                    for voxel in map.indices { expected[voxel] += Double(extent[voxel]).squareRoot() * strip }
                    low = height
                }
                let tfce = ThresholdFreeClusterEnhancement(table: table)
                var scratch = ThresholdFreeClusterEnhancement.Scratch()
                let found = tfce.scores(of: map, sign: sign, scratch: &scratch)
                for voxel in map.indices {
                    #expect(abs(Double(found[voxel]) - expected[voxel]) <= 1e-5 * max(1, expected[voxel]))
                }
                #expect(tfce.maximum(of: map, sign: sign, scratch: &scratch) == found.max())
            }
        }
    }

    @Test("The stepped forms, by flood fill at each of 100 steps: SDM-PSI's strictly above, nilearn's at or above")
    func stepped() throws {
        let (mask, map) = Self.random(4)
        let table = NeighbourTable(mask, .faces)
        let highest = try #require(map.max())
        var expected: [ThresholdFreeClusterEnhancement.Form: [Double]] = [:]
        for (form, offset) in [(ThresholdFreeClusterEnhancement.Form.sdm621, 1e-5), (.nilearn, -1e-5)] {
            var scores = [Double](repeating: 0, count: map.count)
            for step in 1...100 {
                let height = Double(highest) * Double(step) / 100
                let extent = Self.extents(map, table, atLeast: Float(height + offset))
                for voxel in map.indices { scores[voxel] += Double(extent[voxel]).squareRoot() * height * height }
            }
            let tfce = ThresholdFreeClusterEnhancement(table: table, form: form)
            var scratch = ThresholdFreeClusterEnhancement.Scratch()
            let found = tfce.scores(of: map, sign: 1, scratch: &scratch)
            for voxel in map.indices { #expect(abs(Double(found[voxel]) - scores[voxel]) <= 1e-6 * scores[voxel]) }
            expected[form] = scores
        }
        #expect(expected[.sdm621] != expected[.nilearn], "heights of the map fall on steps")
    }

    @Test("Scratch may go from one map to another of any size, and from one tail to the other")
    func reused() {
        var scratch = ThresholdFreeClusterEnhancement.Scratch()
        for seed in [3, 1, 2] as [UInt64] {
            let (mask, map) = Self.random(seed)
            let tfce = ThresholdFreeClusterEnhancement(table: NeighbourTable(mask, .edges))
            for sign in [1, -1] {
                var fresh = ThresholdFreeClusterEnhancement.Scratch()
                #expect(
                    tfce.scores(of: map, sign: sign, scratch: &scratch)
                        == tfce.scores(of: map, sign: sign, scratch: &fresh))
            }
        }
    }

    @Test("Other exponents: E = 1, H = 1 on a single voxel of height 3 is 9/2")
    func exponents() {
        let mask = Mask(grid: Self.grid) { _ in true }
        var map = [Float](repeating: 0, count: mask.count)
        map[40] = 3
        let tfce = ThresholdFreeClusterEnhancement(
            table: NeighbourTable(mask, .faces), extentPower: 1, heightPower: 1)
        var scratch = ThresholdFreeClusterEnhancement.Scratch()
        #expect(abs(tfce.maximum(of: map, sign: 1, scratch: &scratch) - 4.5) < 1e-6)
        #expect(tfce.maximum(of: map, sign: -1, scratch: &scratch) == 0)
    }

    @Test("NaN is no height; an empty tail has no score")
    func empty() {
        let (mask, map) = Self.random(3)
        var holed = map
        holed[5] = .nan
        let tfce = ThresholdFreeClusterEnhancement(table: NeighbourTable(mask, .corners))
        var scratch = ThresholdFreeClusterEnhancement.Scratch()
        #expect(tfce.scores(of: holed, sign: 1, scratch: &scratch)[5] == 0)
        #expect(tfce.maximum(of: map.map { _ in 0 }, sign: 1, scratch: &scratch) == 0)
    }

    @Test(
        "SDM-PSI's stepped form gives the published maxima of model 1: 87097.484 and 821.288",
        .enabled(if: Shelf.isHere, Shelf.absence))
    func published() throws {
        let oracle = try #require(Shelf.path) + "/oracle/sdm-psi"
        let mask = Mask(try NIfTIImage(contentsOf: oracle + "/sdm_mask.nii.gz").volume())
        let z = mask.gather(try NIfTIImage(contentsOf: oracle + "/mod1/mod1_z.nii.gz").volume())
        let tfce = ThresholdFreeClusterEnhancement(table: NeighbourTable(mask, .faces), form: .sdm621)
        var scratch = ThresholdFreeClusterEnhancement.Scratch()
        #expect(abs(tfce.maximum(of: z, sign: 1, scratch: &scratch) / 87097.484 - 1) < 1e-3)
        #expect(abs(tfce.maximum(of: z, sign: -1, scratch: &scratch) / 821.288 - 1) < 1e-3)
    }
}
