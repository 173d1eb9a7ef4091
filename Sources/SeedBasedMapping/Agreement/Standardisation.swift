import Evidence

/// What a voxel's statistic usually is when peaks are at random: where places are not alike, as with base rates, the largest
/// plain value is set by the hubs, and quiet places are never seen.
///
/// A standardised value is (z − mean) / √(variance + median SD²), mean and variance over relocations at the voxel, the median
/// over voxels whose statistic varies at all. Plain and standardised maxima are to be tested together, each at half the level.
public struct Standardisation: Sendable {
    /// By voxel.
    let mean: [Float]
    let deviation: [Float]

    /// Sums over some relocations; added up in the order of the relocations, so that threads do not matter.
    struct Sums: Sendable {
        var count = 0
        var values: [Float]
        var squares: [Float]

        init(voxels: Int) {
            values = Array(repeating: 0, count: voxels)
            squares = values
        }

        mutating func add(_ map: [Float]) {
            count += 1
            for voxel in map.indices where map[voxel] != 0 {
                values[voxel] += map[voxel]
                squares[voxel] += map[voxel] * map[voxel]
            }
        }
    }

    init(_ parts: [Sums], voxels: Int) {
        let count = max(1, parts.reduce(0) { $0 + $1.count })
        var mean = [Double](repeating: 0, count: voxels)
        var variance = mean
        for part in parts {
            for voxel in 0..<voxels {
                mean[voxel] += Double(part.values[voxel])
                variance[voxel] += Double(part.squares[voxel])
            }
        }
        for voxel in 0..<voxels {
            mean[voxel] /= Double(count)
            variance[voxel] = max(0, variance[voxel] / Double(count) - mean[voxel] * mean[voxel])
        }
        let varying = variance.filter { $0 > 0 }.sorted()
        // Where nothing varies there is nothing to standardise by.
        let median = varying.isEmpty ? 1 : varying[varying.count / 2]
        self.mean = mean.map { Float($0) }
        deviation = variance.map { Float(($0 + median).squareRoot()) }
    }

    /// A map in these units; 0 where the map is 0, and where the value is no farther from 0 than usual.
    func callAsFunction(_ map: [Float]) -> [Float] {
        var result = map
        for voxel in map.indices where map[voxel] != 0 {
            let value = (map[voxel] - mean[voxel]) / deviation[voxel]
            result[voxel] = map[voxel] > 0 ? max(0, value) : min(0, value)
        }
        return result
    }
}

extension Standardisation {
    /// Its numbers under their names in a prepared file.
    func write(to numbers: inout NumberSections) {
        numbers.add("standardisation.mean", mean)
        numbers.add("standardisation.deviation", deviation)
    }

    /// As ``write(to:)`` left it.
    init(from numbers: MappedSections) throws(InputError) {
        mean = try numbers.array("standardisation.mean")
        deviation = try numbers.array("standardisation.deviation", count: mean.count)
    }
}
