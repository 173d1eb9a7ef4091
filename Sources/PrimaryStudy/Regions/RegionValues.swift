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

    /// Means of images over sets of mask positions: what an atlas makes of a study.
    public static func means(
        of images: StudyImages, regions: [(name: String, voxels: [Int32])]
    ) throws(StudyError) -> RegionValues {
        try RegionValues(
            regions: regions.map(\.name),
            rows: images.rows.map { row in
                regions.map { region in
                    var sum = 0.0
                    var count = 0.0
                    for voxel in region.voxels where !row[Int(voxel)].isNaN {
                        sum += Double(row[Int(voxel)])
                        count += 1
                    }
                    return count > 0 ? Float(sum / count) : .nan
                }
            },
            subjects: images.subjects)
    }
}
