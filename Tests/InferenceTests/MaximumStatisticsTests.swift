import Imaging
import Inference
import Statistics
import Testing

@Suite("Maximum statistics")
struct MaximumStatisticsTests {
    private static let grid = Grid(shape: [11, 9, 8], affine: Affine(scale: [2, 2, 2], origin: .zero))!

    @Test("Height, cluster size and cluster mass are those of the cluster table, both tails", arguments: 1...5)
    func clusters(seed: Int) {
        let philox = Philox(key: UInt64(seed))
        let mask = Mask(grid: Self.grid) { Philox.uniform(philox([UInt32($0), 0, 0, 0]).x) > 0.2 }
        var map = (0..<mask.count).map {
            Float(2 * Normal.quantile(Philox.uniform(philox([UInt32($0), 1, 0, 0]).x)))
        }
        map[7] = .nan
        for connectivity in Connectivity.allCases {
            let statistics = MaximumStatistics(
                tfce: ThresholdFreeClusterEnhancement(table: NeighbourTable(mask, .faces)),
                clusterTable: NeighbourTable(mask, connectivity), clusterForming: 3.5)
            var scratch = MaximumStatistics.Scratch()
            let maxima = statistics(map, scratch: &scratch)
            #expect(statistics(map, scratch: &scratch) == maxima, "nothing is left in the scratch")
            for (sign, tail) in [(1, NullDistribution.Tail.positive), (-1, .negative)] {
                let clusters = ClusterFinder(mask: mask, connectivity: connectivity)
                    .clusters(in: map, above: 3.5, sign: sign)
                let heights = map.map { Float(sign) * $0 }
                let masses = clusters.map { $0.voxels.reduce(0.0) { $0 + Double(heights[Int($1)]) - 3.5 } }
                #expect(clusters.count > 3)
                #expect(maxima.value(.voxel, tail) == heights.filter { !$0.isNaN }.max())
                #expect(maxima.value(.size, tail) == Float(clusters[0].voxels.count))
                #expect(abs(Double(maxima.value(.mass, tail)) / masses.max()! - 1) < 1e-5)
                let maps = statistics.clusterMaps(of: map, sign: sign)
                for cluster in clusters {
                    #expect(cluster.voxels.allSatisfy { maps.size[Int($0)] == Float(cluster.voxels.count) })
                }
                #expect(maps.size.count { $0 > 0 } == clusters.reduce(0) { $0 + $1.voxels.count })
            }
        }
    }
}
