import Statistics

/// Voxels that are tested alike: those with values in the same rows (or, for a plain mean under sign flips, in as many rows).
struct StudyBag: Sendable {
    /// Positions in the mask, ascending.
    var voxels: [Int32]
    /// Rows with data there; for a plain mean all rows, those missing being 0.
    var rows: [Int]
    /// How many rows have data.
    var present: Int
    var space: TestedSpace
    var degreesOfFreedom: Int
    /// Of a plain mean: the weight 1/√present of every row, in place of `space`.
    var meanWeight: Float?

    /// Bags of all voxels where at least `minimum` rows have data and the contrast can be estimated.
    static func all(
        _ rows: [[Float]], design: StudyDesign, contrast: StudyContrast, minimum: Int, poolsMean: Bool
    ) -> [StudyBag] {
        let count = rows.count
        let voxels = rows.first?.count ?? 0
        let words = (count + 63) / 64
        // 1 where a row lacks a value: nearly always none does.
        var patterns = [UInt64](repeating: 0, count: words * voxels)
        for (row, values) in rows.enumerated() {
            for voxel in 0..<voxels where values[voxel] != values[voxel] {
                patterns[voxel * words + row / 64] |= 1 << UInt64(row % 64)
            }
        }
        var numbers: [[UInt64]: Int] = [:]
        var found: [(missing: [UInt64], voxels: [Int32])] = []
        var last: (pattern: [UInt64], number: Int)?
        for voxel in 0..<voxels {
            var pattern = Array(patterns[voxel * words..<(voxel + 1) * words])
            if poolsMean {
                let lacking = pattern.reduce(0) { $0 + $1.nonzeroBitCount }
                pattern = [UInt64](repeating: 0, count: words)
                pattern[0] = UInt64(lacking)
            }
            if let last, last.pattern == pattern {
                found[last.number].voxels.append(Int32(truncatingIfNeeded: voxel))
                continue
            }
            let number = numbers[pattern] ?? found.count
            if number == found.count {
                numbers[pattern] = number
                found.append((pattern, []))
            }
            found[number].voxels.append(Int32(truncatingIfNeeded: voxel))
            last = (pattern, number)
        }
        let all = Array(0..<count)
        return found.compactMap { missing, voxels in
            if poolsMean {
                let present = count - Int(missing[0])
                guard present >= max(2, minimum) else { return nil }
                return StudyBag(
                    voxels: voxels, rows: all, present: present,
                    space: TestedSpace(design, contrast: contrast, rows: Array(all.prefix(present))),
                    degreesOfFreedom: present - 1,
                    meanWeight: Float(1 / Double(present).squareRoot()))
            }
            let rows = all.filter { missing[$0 / 64] >> UInt64($0 % 64) & 1 == 0 }
            guard rows.count >= minimum, rows.count > 1 else { return nil }
            let space = TestedSpace(design, contrast: contrast, rows: rows)
            guard !space.tested.isEmpty, space.degreesOfFreedom > 0 else { return nil }
            return StudyBag(
                voxels: voxels, rows: rows, present: rows.count, space: space,
                degreesOfFreedom: space.degreesOfFreedom, meanWeight: nil)
        }
    }
}
