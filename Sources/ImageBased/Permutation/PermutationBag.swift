import Statistics

/// Voxels that are tested alike, and how: those with the same number of samples (for a mean), or with the same samples (with
/// covariates).
struct PermutationBag: Sendable {
    /// Positions in the mask, ascending.
    var voxels: [Int32]
    /// Samples usable there; for a mean all samples, those missing being 0.
    var samples: [Int]
    var degreesOfFreedom: Int
    /// The tested direction in the space of the data, of length 1, and an orthonormal basis of the rest of the design.
    var tested: [Double]
    var nuisance: [[Double]]

    /// Bags of all voxels with enough samples.
    static func all(_ data: PermutationData) -> [PermutationBag] {
        let isMean = data.design.columns == 1 && data.design.matrix.column(0).allSatisfy { $0 == 1 }
        return isMean ? ofMean(data) : ofDesign(data)
    }

    private static func ofMean(_ data: PermutationData) -> [PermutationBag] {
        let count = data.rows.count
        var present = [Int32](repeating: 0, count: data.voxels)
        present.withUnsafeMutableBufferPointer { present in
            for sample in 0..<count {
                let row = data.rows[sample]
                for voxel in 0..<present.count { present[voxel] &+= row[voxel] == row[voxel] ? 1 : 0 }
            }
        }
        var voxels = [[Int32]](repeating: [], count: count + 1)
        for (voxel, number) in present.enumerated() { voxels[Int(number)].append(Int32(voxel)) }
        return (2...max(2, count)).compactMap { present in
            guard present <= count, !voxels[present].isEmpty else { return nil }
            return PermutationBag(
                voxels: voxels[present], samples: Array(0..<count), degreesOfFreedom: present - 1, tested: [],
                nuisance: [])
        }
    }

    private static func ofDesign(_ data: PermutationData) -> [PermutationBag] {
        let count = data.rows.count
        let words = (count + 63) / 64
        var number: [[UInt64]: Int] = [:]
        var bags: [(samples: [Int], voxels: [Int32])] = []
        var pattern = [UInt64](repeating: 0, count: words)
        for voxel in 0..<data.voxels {
            for word in 0..<words { pattern[word] = 0 }
            for sample in 0..<count where !data.rows[sample][voxel].isNaN {
                pattern[sample / 64] |= 1 << UInt64(sample % 64)
            }
            if let known = number[pattern] {
                bags[known].voxels.append(Int32(voxel))
            } else {
                number[pattern] = bags.count
                bags.append(((0..<count).filter { pattern[$0 / 64] >> UInt64($0 % 64) & 1 == 1 }, [Int32(voxel)]))
            }
        }
        return bags.compactMap { bag in
            let columns = data.design.columns
            guard bag.samples.count > columns else { return nil }
            let matrix = data.design.matrix.selectingRows(bag.samples)
            let basis = ColumnBasis(matrix)
            guard basis.rank == columns else { return nil }
            // The contrast in the orthonormal basis Q: cβ = (R⁻¹'c)'Q'y.
            let turned = (0..<columns).map { j in
                let column = basis.solve((0..<columns).map { $0 == j ? 1 : 0 })
                return zip(data.design.contrast, column).reduce(0) { $0 + $1.0 * $1.1 }
            }
            // Directions: the tested one first, then what completes it.
            let axes = (0..<columns).map { j in (0..<columns).map { $0 == j ? 1.0 : 0 } }
            let directions = ColumnBasis(Matrix(columns: [turned] + axes)).q
            let vectors = directions.map { direction in
                bag.samples.indices.map { row in
                    (0..<columns).reduce(0) { $0 + direction[$1] * basis.q[$1][row] }
                }
            }
            return PermutationBag(
                voxels: bag.voxels, samples: bag.samples, degreesOfFreedom: bag.samples.count - columns,
                tested: vectors[0], nuisance: Array(vectors.dropFirst()))
        }
    }
}
