import Foundation

/// A label image and the names of its labels: which region of the brain a point lies in.
public struct LabelAtlas: Equatable, Sendable {
    public struct Region: Hashable, Sendable {
        /// The region's number in the image.
        public let id: Int
        public let name: String

        public init(id: Int, name: String) {
            self.id = id
            self.name = name
        }
    }

    /// What to call the atlas, e.g. in a method section.
    public let name: String
    public let grid: Grid
    /// The regions that occur in the image, by number.
    public let regions: [Region]
    /// Position in ``regions`` plus one for every voxel, 0 where there is no region.
    let labels: [UInt16]

    /// - Parameters:
    ///   - name: what to call the atlas.
    ///   - volume: region numbers; 0, negative values and NaN are background.
    ///   - table: names; a number without a name is called `region 17`.
    ///   - rename: how a name of the table is shown.
    /// - Throws: when the image holds fractions (it is not a label image), numbers above 16,777,216 (not exact as
    ///   Float), or more than 65,535 regions.
    public init(
        name: String, labels volume: Volume, table: LabelTable, rename: (String) -> String = LabelAtlas.plain
    ) throws(AtlasError) {
        func refuse(_ message: String) -> AtlasError {
            AtlasError(file: name, message: message, remedy: "Expected an image of whole region numbers.")
        }
        var ids: Set<Int> = []
        var last = Float.zero
        for value in volume.values where value > 0 && value != last {
            guard value <= 16_777_216, value == value.rounded() else {
                throw refuse("found the value \(value) in the image")
            }
            ids.insert(Int(value))
            last = value
        }
        guard ids.count <= Int(UInt16.max) else { throw refuse("found \(ids.count) regions") }
        let sorted = ids.sorted()
        let position = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, UInt16($0 + 1)) })
        self.name = name
        self.grid = volume.grid
        self.regions = sorted.map { Region(id: $0, name: table.names[$0].map(rename) ?? "region \($0)") }
        var lastLabel: UInt16 = 0
        last = 0
        self.labels = volume.values.map { value in
            guard value > 0 else { return 0 }
            if value != last { (last, lastLabel) = (value, position[Int(value)] ?? 0) }
            return lastLabel
        }
    }

    /// Reads a label image and its table of names (formats: ``LabelTable``).
    /// - Parameters:
    ///   - image: path of a NIfTI image of whole numbers.
    ///   - table: path of the table; nil looks beside the image for the same name ending in `.nii.txt`, `.txt`, `.tsv`
    ///     or `.xml` instead of `.nii.gz`, `.nii`, `.hdr` or `.img`.
    public init(image: String, table: String? = nil) throws(AtlasError) {
        let name = URL(fileURLWithPath: image).lastPathComponent
        guard let table = table ?? Self.tableBeside(image) else {
            throw AtlasError(
                file: image, message: "no table of region names was found beside the image",
                remedy: "Put one there, named as the image but ending in .tsv or .txt, or name it.")
        }
        let labels = try Self.readLabels(image)
        try self.init(name: Self.stem(name), labels: labels, table: LabelTable(contentsOf: table))
    }

    /// The region at an MNI coordinate (mm): that of the voxel whose centre is nearest; nil where there is none.
    public func region(at mni: SIMD3<Double>) -> Region? {
        guard let voxel = grid.nearestVoxel(to: mni) else { return nil }
        let label = labels[grid.index(voxel)]
        return label == 0 ? nil : regions[Int(label) - 1]
    }

    /// The region whose nearest voxel centre is at most `reach` mm from an MNI coordinate, and that distance.
    ///
    /// Of voxels equally far, the one stored first decides. Takes time proportional to the volume searched.
    public func nearestRegion(to mni: SIMD3<Double>, within reach: Double) -> (region: Region, distance: Double)? {
        let centre = grid.voxel(at: mni)
        // How many voxels `reach` can span along each index: rows of the inverse give index per mm.
        let inverse = grid.inverse
        func span(_ row: SIMD3<Double>) -> Double { min(reach * (row * row).sum().squareRoot(), 64) }
        let radius = SIMD3(
            span([inverse.i.x, inverse.j.x, inverse.k.x]), span([inverse.i.y, inverse.j.y, inverse.k.y]),
            span([inverse.i.z, inverse.j.z, inverse.k.z]))
        func range(_ axis: Int) -> ClosedRange<Int>? {
            let lower = max((centre[axis] - radius[axis]).rounded(.up), 0)
            let upper = min((centre[axis] + radius[axis]).rounded(.down), Double(grid.shape[axis] - 1))
            guard lower <= upper else { return nil }  // also when the coordinate is not finite
            return Int(lower)...Int(upper)
        }
        guard let xs = range(0), let ys = range(1), let zs = range(2) else { return nil }
        var best: (label: UInt16, squared: Double)?
        for z in zs {
            for y in ys {
                for x in xs {
                    let label = labels[grid.index(x, y, z)]
                    guard label != 0 else { continue }
                    let away = grid.world([x, y, z]) - mni
                    let squared = (away * away).sum()
                    if squared <= reach * reach, squared < best?.squared ?? .infinity { best = (label, squared) }
                }
            }
        }
        return best.map { (regions[Int($0.label) - 1], $0.squared.squareRoot()) }
    }

    /// A table's name made readable: underscores become blanks.
    public static func plain(_ name: String) -> String { name.replacing("_", with: " ") }
}

extension LabelAtlas {
    static func readLabels(_ path: String) throws(AtlasError) -> Volume {
        do {
            return try NIfTIImage(contentsOf: path).volume()
        } catch {
            throw AtlasError(file: path, message: "the label image cannot be read: \(error)", remedy: "")
        }
    }

    private static func stem(_ path: String) -> String {
        ImageFileName(path)?.stem ?? path
    }

    /// The table of region names that is taken where none is named; nil where there is none.
    package static func tableBeside(_ image: String) -> String? {
        [".nii.txt", ".txt", ".tsv", ".xml"].lazy.map { stem(image) + $0 }
            .first { FileManager.default.fileExists(atPath: $0) }
    }
}
