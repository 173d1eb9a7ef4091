import Cuneus

/// The plan's regions on the masks of its models.
struct ProjectRegions {
    private let project: Project
    private let atlases: RegionAtlases

    /// Opens the atlases, where the plan has regions.
    init(_ project: Project) throws {
        self.project = project
        guard !project.regions.isEmpty else {
            atlases = RegionAtlases(installed: .none)
            return
        }
        atlases = try Self.atlases(of: project)
    }

    /// Those installed and the project's own.
    static func atlases(of project: Project) throws -> RegionAtlases {
        var others: [String: LabelAtlas] = [:]
        for atlas in project.atlases { others[atlas.name] = try LabelAtlas(image: atlas.image, table: atlas.labels) }
        return RegionAtlases(installed: .installed(), others: others)
    }

    func locate(in mask: Mask) throws -> (located: [LocatedRegion], notices: [Notice]) {
        try atlases.locate(project.regions, in: mask)
    }

    /// Hypotheses are about changes; a correlation with improvement is another quantity.
    static func judges(_ plan: ModelPlan) -> Bool { (plan.measure ?? .change) == .change }

    /// One line per region.
    static func lines(_ located: [LocatedRegion]) -> [String] {
        located.map { item in
            let centre = item.place.coordinate
            let mean = (0..<3).map { String(Int(centre[$0].rounded())) }.joined(separator: ", ")
            let group = item.region.group.map { ", group \($0)" } ?? ""
            let count = item.place.voxels.count
            return "\(item.region.name): \(item.region.direction.rawValue)\(group); \(count) "
                + "voxel\(count == 1 ? "" : "s") inside the mask around (\(mean)) mm"
        }
    }

    /// What `check` says: the regions found in the mask of the project's settings, those skipped, those that are wrong.
    func notices(overrides: [SettingAssignment] = []) -> [Notice] {
        guard !project.regions.isEmpty else { return [] }
        do {
            let settings = try project.settings.applying(overrides)
            let mask = try AnalysisSpace.mask(settings.mask, voxelSize: settings.voxelSize)
            let (located, skipped) = try locate(in: mask)
            return skipped
                + zip(located, Self.lines(located)).map { item, line in
                    Notice(.note, code: "region", at: item.region.source, "region \(line).")
                }
        } catch let error as InputError {
            return [Notice(.error, code: "region", at: error.location, error.message, remedy: error.remedy)]
        } catch {
            return [Notice(.error, code: "region", "\(error)")]
        }
    }
}
