import Imaging
import Inference
import Testing

@Suite("Clusters")
struct ClusterFinderTests {
    private static let grid = Grid(shape: [12, 10, 8], affine: Affine(scale: [-2, 2, 2], origin: [12, -10, -8]))!
    private static let mask = Mask(grid: grid) { _ in true }

    private func map(_ values: [SIMD3<Int>: Float]) -> [Float] {
        var map = [Float](repeating: 0, count: Self.mask.count)
        for (voxel, value) in values { map[Self.grid.index(voxel)] = value }
        return map
    }

    @Test("Voxels that touch by a corner are one cluster at 26, two at 18 and 6; by an edge, one at 18")
    func connectivity() {
        let corner = map([[3, 3, 3]: 4, [4, 4, 4]: 4])
        let edge = map([[3, 3, 3]: 4, [4, 4, 3]: 4])
        func count(_ map: [Float], _ connectivity: Connectivity) -> Int {
            ClusterFinder(mask: Self.mask, connectivity: connectivity).clusters(in: map, above: 3, sign: 1).count
        }
        #expect(Connectivity.allCases.map { count(corner, $0) } == [2, 2, 1])
        #expect(Connectivity.allCases.map { count(edge, $0) } == [2, 1, 1])
    }

    @Test("Rows that end beside each other in memory are not neighbours")
    func noWrapAround() {
        let found = ClusterFinder(mask: Self.mask, connectivity: .corners)
            .clusters(in: map([[11, 3, 3]: 4, [0, 4, 3]: 4]), above: 3, sign: 1)
        #expect(found.count == 2)
    }

    @Test("Each sign has its own clusters; largest first; small ones are dropped; NaN is nothing")
    func signs() {
        var values = map([
            [1, 1, 1]: 5, [2, 1, 1]: 4, [8, 8, 5]: 9, [5, 5, 5]: -6, [5, 5, 6]: -4, [5, 6, 6]: -3.5,
        ])
        values[0] = .nan
        let finder = ClusterFinder(mask: Self.mask, connectivity: .faces)
        let positive = finder.clusters(in: values, above: 3, sign: 1)
        #expect(positive.map(\.voxels.count) == [2, 1])
        #expect(positive[0].peak.value == 5)
        #expect(positive[0].peak.coordinate == [10, -8, -6])
        let negative = finder.clusters(in: values, above: 3, sign: -1, minimumExtent: 2)
        #expect(negative.map(\.voxels.count) == [3])
        #expect(negative[0].sign == -1 && negative[0].peak.value == -6)
        #expect(finder.clusters(in: values, above: 3, sign: 1, minimumPeak: 6).count == 1)
    }

    @Test("A voxel exactly at the threshold is out")
    func atThreshold() {
        let finder = ClusterFinder(mask: Self.mask, connectivity: .faces)
        #expect(finder.clusters(in: map([[1, 1, 1]: 3]), above: 3, sign: 1).isEmpty)
    }

    @Test("Local maxima of a cluster come highest first, at least 8 mm apart")
    func localMaxima() {
        // A ridge along x with tops at i = 2 (6), i = 4 (5, 4 mm away: dropped) and i = 9 (5.5).
        var values: [SIMD3<Int>: Float] = [:]
        for (i, v) in zip(2...9, [6, 4, 5, 4, 3.5, 3.5, 4, 5.5] as [Float]) { values[[i, 5, 4]] = v }
        let clusters = ClusterFinder(mask: Self.mask, connectivity: .edges).clusters(
            in: map(values), above: 3, sign: 1)
        #expect(clusters.count == 1)
        #expect(clusters[0].peaks.map(\.value) == [6, 5.5])
    }

    @Test("Agrees with a flood fill written another way, on random maps", arguments: 1...5)
    func labelling(seed: Int) {
        var state = UInt64(seed)
        let values: [Float] = (0..<Self.mask.count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(state >> 40) / Float(1 << 24)
        }
        for connectivity in Connectivity.allCases {
            // Labels spread to the least of the neighbourhood until nothing changes.
            var label = values.indices.map { values[$0] > 0.6 ? $0 : -1 }
            var changed = true
            while changed {
                changed = false
                for index in label.indices where label[index] >= 0 {
                    for offset in connectivity.offsets {
                        let other = Self.grid.voxel(atIndex: index) &+ offset
                        guard Self.grid.contains(other) else { continue }
                        let there = label[Self.grid.index(other)]
                        if there >= 0, there < label[index] {
                            label[index] = there
                            changed = true
                        }
                    }
                }
            }
            let sizes = Dictionary(grouping: label.filter { $0 >= 0 }) { $0 }.values.map(\.count).sorted(by: >)
            let found = ClusterFinder(mask: Self.mask, connectivity: connectivity).clusters(
                in: values, above: 0.6, sign: 1)
            #expect(found.map(\.voxels.count) == sizes)
        }
    }
}
