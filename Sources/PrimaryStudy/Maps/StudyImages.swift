public import Imaging

/// The maps of a study over one mask, in the order of the design's rows.
public struct StudyImages: Sendable {
    public let mask: Mask
    /// [maps][mask.count]; NaN where a map has no value.
    public let rows: [[Float]]
    /// Whose map it is: a subject may have several. Intervals and leave-one-out go by subject.
    public let subjects: [String]
    /// Whether voxels stand for regions, which are no neighbours.
    public let isRegional: Bool

    /// Values that are not finite become NaN.
    /// - Throws: ``StudyError/data(_:)`` where numbers of values disagree, or a map has no value at all.
    public init(mask: Mask, rows: [[Float]], subjects: [String]) throws(StudyError) {
        try self.init(mask: mask, rows: rows, subjects: subjects, isRegional: false)
    }

    init(mask: Mask, rows: [[Float]], subjects: [String], isRegional: Bool) throws(StudyError) {
        guard mask.count > 0 else { throw .data("The mask has no voxel.") }
        guard rows.count == subjects.count else {
            throw .data("\(rows.count) maps for \(subjects.count) names of subjects.")
        }
        for (row, subject) in zip(rows, subjects) {
            guard row.count == mask.count else {
                throw .data("\(subject): \(row.count) values for \(mask.count) voxels of the mask.")
            }
            guard row.contains(where: \.isFinite) else { throw .data("\(subject): no value at any voxel of the mask.") }
        }
        self.mask = mask
        self.isRegional = isRegional
        self.subjects = subjects
        self.rows = rows.map { row in
            row.allSatisfy { $0.isFinite || $0.isNaN } ? row : row.map { $0.isFinite ? $0 : .nan }
        }
    }

    /// Some of the maps, in the order of `kept`.
    public func selectingRows(_ kept: [Int]) throws(StudyError) -> StudyImages {
        try StudyImages(
            mask: mask, rows: kept.map { rows[$0] }, subjects: kept.map { subjects[$0] }, isRegional: isRegional)
    }

    /// How many maps have a value at each voxel.
    public var counts: [Int32] {
        var counts = [Int32](repeating: 0, count: mask.count)
        for row in rows {
            for voxel in counts.indices { counts[voxel] &+= row[voxel] == row[voxel] ? 1 : 0 }
        }
        return counts
    }
}
