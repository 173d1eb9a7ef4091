public import Evidence
public import Imaging

/// Where the regions of a table are: named by an atlas, or written as coordinates.
///
/// With an atlas (any label image with names) a coordinate is called by the label it lies in, so that places of different
/// studies in one network are one region; a name that the atlas has gets the middle of its label. Without one, coordinates keep
/// their place and names have none.
public struct RegionPlaces: Sendable {
    /// The table with regions called by the atlas.
    public let table: OutcomeTable
    /// MNI mm, by the names that ``table`` has.
    public let places: [String: SIMD3<Double>]

    /// A coordinate farther than this from every label of the atlas stays as it is, mm.
    public static let reach = 5.0

    public init(_ table: OutcomeTable, atlas: LabelAtlas? = nil) {
        var result = table
        var places: [String: SIMD3<Double>] = [:]
        let labels = atlas.map { LabelPlaces($0) }
        var renamed: Set<String> = []
        var unknown: [String] = []
        func named(_ name: String) -> String {
            guard let atlas, let labels else {
                if let place = Self.coordinate(name) { places[name] = place }
                return name
            }
            if let place = Self.coordinate(name) {
                guard let region = atlas.nearestRegion(to: place, within: Self.reach)?.region else {
                    places[name] = place
                    if !unknown.contains(name) { unknown.append(name) }
                    return name
                }
                renamed.insert(name)
                places[region.name] = labels.centres[region.id]
                return region.name
            }
            guard let region = labels.byName[LabelPlaces.key(name)] else {
                if !unknown.contains(name) { unknown.append(name) }
                return name
            }
            places[region.name] = labels.centres[region.id]
            return region.name
        }
        for index in result.rows.indices {
            if let name = result.rows[index].region { result.rows[index].region = named(name) }
            if let name = result.rows[index].secondRegion { result.rows[index].secondRegion = named(name) }
        }
        if let atlas { result.notices += Self.notices(atlas, renamed: renamed.count, unknown: unknown, in: table.path) }
        self.table = result
        self.places = places
    }

    private static func notices(
        _ atlas: LabelAtlas, renamed: Int, unknown: [String], in path: String
    ) -> [Notice] {
        var notices: [Notice] = []
        if renamed > 0 {
            notices.append(
                Notice(
                    .note, code: "regions-by-atlas", at: SourceLocation(file: path),
                    "\(renamed) coordinates were called by the label of \(atlas.name) they lie in or within "
                        + "\(NumberText.shortest(reach)) mm of."))
        }
        if !unknown.isEmpty {
            let some = unknown.prefix(4).map { "\"\($0)\"" }.joined(separator: ", ")
            notices.append(
                Notice(
                    .warning, code: "region-unknown", at: SourceLocation(file: path),
                    "\(unknown.count) regions are in no label of \(atlas.name): \(some)\(unknown.count > 4 ? " ..." : ""). "
                        + "They stay as they are, names without a place.",
                    remedy: Nearest.match(unknown[0], among: atlas.regions.map(\.name)).map {
                        "Did you mean \"\($0)\"?"
                    }
                        ?? "Names must be those of the atlas's table, coordinates MNI."))
        }
        return notices
    }

    /// `-42 10 5`, `-42, 10, 5`, `(−42; 10; 5)`, `[-42,10,5]`; nil where it is no place in a head.
    public static func coordinate(_ text: String) -> SIMD3<Double>? {
        let plain = text.replacing("\u{2212}", with: "-").filter { !"()[]".contains($0) }
        let parts = plain.split { " ,;\t/".contains($0) }
        guard parts.count == 3 else { return nil }
        let numbers = parts.compactMap { Double($0) }
        guard numbers.count == 3, numbers.allSatisfy({ abs($0) <= 150 }) else { return nil }
        return [numbers[0], numbers[1], numbers[2]]
    }

    /// An atlas by names.
    private struct LabelPlaces {
        let centres: [Int: SIMD3<Double>]
        var byName: [String: LabelAtlas.Region] = [:]

        init(_ atlas: LabelAtlas) {
            centres = atlas.centres
            for region in atlas.regions { byName[Self.key(region.name)] = region }
        }

        /// Letters and digits in small letters: `Amygdala_L` is `amygdala L`.
        static func key(_ name: String) -> String {
            String(name.lowercased().filter { $0.isLetter || $0.isNumber })
        }
    }
}
