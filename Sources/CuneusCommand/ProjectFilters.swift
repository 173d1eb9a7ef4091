import Cuneus

/// Filters that ask atlases.
enum ProjectFilters {
    /// The project with the regions of its filters looked up; atlases are opened only where a filter names one.
    static func locatingFoci(of project: Project) throws -> Project {
        guard project.models.contains(where: { !($0.filter?.regions.isEmpty ?? true) }) else { return project }
        let atlases = try ProjectRegions.atlases(of: project)
        return try project.locatingFoci { (region, foci) throws(InputError) in try atlases.places(foci, in: region) }
    }
}
