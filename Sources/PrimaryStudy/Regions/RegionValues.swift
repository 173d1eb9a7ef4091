public import Imaging

/// A value per map and region, without images.
public struct RegionValues: Hashable, Sendable {
    public let regions: [String]
    /// [maps][regions]; NaN where missing.
    public let rows: [[Float]]
    public let subjects: [String]

    public init(regions: [String], rows: [[Float]], subjects: [String]) throws(StudyError) {
        guard !regions.isEmpty, Set(regions).count == regions.count else {
            throw .data("No regions, or two of one name.")
        }
        guard rows.count == subjects.count, rows.allSatisfy({ $0.count == regions.count }) else {
            throw .data("Every subject needs \(regions.count) values, one per region.")
        }
        self.regions = regions
        self.rows = rows.map { $0.map { $0.isFinite ? $0 : .nan } }
        self.subjects = subjects
    }
}

extension StudyImages {
    /// Values of regions in a row of voxels that do not touch, so that every region is a cluster of its own: the same tests, in which
    /// the largest statistic over regions corrects for their number.
    public init(_ values: RegionValues) throws(StudyError) {
        guard let mask = Self.regionMask(values.regions.count) else {
            throw .data("\(values.regions.count) regions are more than a grid holds.")
        }
        try self.init(mask: mask, rows: values.rows, subjects: values.subjects, isRegional: true)
    }

    /// Voxels that do not touch, one for each region; nil for more than a grid holds, and for none.
    public static func regionMask(_ regions: Int) -> Mask? {
        guard regions > 0,
            let grid = Grid(shape: [2 * regions, 1, 1], affine: Affine(scale: [1, 1, 1], origin: .zero))
        else { return nil }
        return Mask(grid: grid) { $0 % 2 == 0 }
    }
}
