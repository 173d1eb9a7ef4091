public import Evidence
public import Imaging

/// A hypothesis on a region, and the voxels of a model's mask that it is about.
public struct LocatedRegion: Hashable, Sendable {
    public var region: RegionHypothesis
    public var place: Place

    public init(_ region: RegionHypothesis, at place: Place) {
        self.region = region
        self.place = place
    }
}

/// Finds the voxels of a plan's regions: the atlases they name, their spheres and their mask files.
public struct RegionAtlases: Sendable {
    private let atlases: [String: LabelAtlas]
    /// Standard atlases that this machine lacks.
    private let missing: Set<String>

    static let standard = ["AAL", "Brodmann"]

    /// - Parameters:
    ///   - installed: AAL and Brodmann, where they are.
    ///   - others: a project's own atlases by the names of its plan.
    public init(installed: AtlasSet, others: [String: LabelAtlas] = [:]) {
        var atlases = others
        for (name, atlas) in zip(Self.standard, [installed.anatomy, installed.brodmann]) where atlases[name] == nil {
            atlases[name] = atlas
        }
        self.atlases = atlases
        missing = Set(Self.standard.filter { atlases[$0] == nil })
    }

    /// Regions of a plan as far as they can be found, and a notice for each that has to be skipped because its atlas is not
    /// installed.
    /// - Throws: `InputError` at the plan's line, or `NIfTIError` for a mask file.
    public func locate(
        _ regions: [RegionHypothesis], in mask: Mask
    ) throws -> (located: [LocatedRegion], notices: [Notice]) {
        var located: [LocatedRegion] = []
        var notices: [Notice] = []
        for region in regions {
            if case .atlas(let name, _) = region.extent, let absent = missing.first(where: { Self.same($0, name) }) {
                notices.append(
                    Notice(
                        .warning, code: "region-skipped", at: region.source,
                        "region \"\(region.name)\" is skipped: the atlas \(absent) is not installed.",
                        remedy: Self.installing))
                continue
            }
            do {
                located.append(LocatedRegion(region, at: try place(of: region, in: mask)))
            } catch let error as InputError {
                throw InputError(
                    at: error.location ?? region.source, "region \"\(region.name)\": \(error.message)",
                    remedy: error.remedy)
            }
        }
        return (located, notices)
    }

    /// Of some places (MNI mm), those in a region that a filter names: their nearest voxel of the atlas bears its label.
    /// - Throws: for an atlas or a region that is not there.
    public func places(
        _ places: Set<SIMD3<Double>>, in region: FocusRegion
    ) throws(InputError) -> Set<SIMD3<Double>> {
        if let absent = missing.first(where: { Self.same($0, region.atlas) }) {
            throw InputError("the atlas \(absent) is not installed.", remedy: Self.installing)
        }
        guard let atlas = atlases.first(where: { Self.same($0.key, region.atlas) })?.value else {
            throw unknown(region.atlas)
        }
        let isAAL = atlas.name == "AAL"
        let label = isAAL ? AnatomicalNames.readable(region.label) ?? region.label : region.label
        let wanted = try Place.named(label, in: atlas)
        return places.filter { atlas.region(at: $0) == wanted }
    }

    private static let installing =
        "Run Scripts/install.sh, or install Debian's package mricron-data, or set CUNEUS_ATLASES."

    private func unknown(_ atlas: String, at source: SourceLocation? = nil) -> InputError {
        InputError(
            at: source, "there is no atlas \"\(atlas)\".",
            remedy: Nearest.suggestion(
                atlas, among: Set(atlases.keys).union(Self.standard).sorted(), called: "atlases"))
    }

    private func place(of region: RegionHypothesis, in mask: Mask) throws -> Place {
        switch region.extent {
        case .mask(let path):
            var place = try Place.image(path, in: mask)
            place.name = region.name
            return place
        case .spheres(let centres, let radius):
            var voxels: [Int32] = []
            for centre in centres { voxels += try Place.sphere(at: centre, radius: radius, in: mask).voxels }
            return try union(voxels, of: region, in: mask)
        case .atlas(let name, let labels):
            guard let atlas = atlases.first(where: { Self.same($0.key, name) })?.value else {
                throw unknown(name, at: region.source)
            }
            var voxels: [Int32] = []
            for label in labels { voxels += try self.voxels(of: label, in: atlas, mask) }
            return try union(voxels, of: region, in: mask)
        }
    }

    /// The atlas's own codes (`Amygdala_L`) are understood too.
    private func voxels(of label: RegionHypothesis.Label, in atlas: LabelAtlas, _ mask: Mask) throws -> [Int32] {
        let isAAL = atlas.name == "AAL"
        let name = isAAL ? AnatomicalNames.readable(label.text) ?? label.text : label.text
        do {
            return try Place.region(name, of: atlas, in: mask).voxels
        } catch {
            let code = isAAL ? Nearest.match(label.text, among: AnatomicalNames.codes) : nil
            let isKnown = atlas.regions.contains { Self.same($0.name, name) }
            throw InputError(
                at: label.source, error.message,
                remedy: isKnown ? error.remedy : code.map { "Did you mean \"\($0)\"?" } ?? error.remedy)
        }
    }

    private func union(_ voxels: [Int32], of region: RegionHypothesis, in mask: Mask) throws(InputError) -> Place {
        guard let place = Place(voxels: voxels, in: mask, name: region.name) else {
            throw InputError(at: region.source, "no voxel lies inside the analysis mask.")
        }
        return place
    }

    private static func same(_ a: String, _ b: String) -> Bool { a.lowercased() == b.lowercased() }
}
