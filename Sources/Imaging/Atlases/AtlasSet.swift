import Foundation

/// The atlases that give peaks and clusters their names: one of anatomy and one of Brodmann areas, either may be absent.
///
/// Without any atlas an analysis runs as ever; descriptions are nil, and ``notice`` says why, to be shown once.
public struct AtlasSet: Sendable {
    public let anatomy: LabelAtlas?
    public let brodmann: LabelAtlas?
    /// What could not be found or read, and how to get it; nil when all is there.
    public let notice: String?

    public init(anatomy: LabelAtlas?, brodmann: LabelAtlas? = nil, notice: String? = nil) {
        self.anatomy = anatomy
        self.brodmann = brodmann
        self.notice = notice
    }

    /// No atlas, nothing to say about it.
    public static let none = AtlasSet(anatomy: nil)

    public var isEmpty: Bool { anatomy == nil && brodmann == nil }

    /// How far (mm) from a coordinate a region is looked for when the coordinate itself lies in none.
    ///
    /// 4 mm is two voxels of the usual grid: peaks of smoothed maps often lie just inside white matter or fluid.
    public static let defaultReach = 4.0

    /// Where an MNI coordinate (mm) lies, in the wording of SDM's reports: `Left supplementary motor area, BA 6`.
    ///
    /// The region is that of the anatomical atlas at the coordinate. Where it has none, the nearest region within
    /// `reach` mm is given as `Near left insula`, and `(undefined)` when there is none either. The Brodmann area is
    /// added only where the coordinate itself lies in one. SDM names white-matter tracts from an atlas that it may not
    /// pass on, and knows no *near*: with `reach` 0 the grey-matter wording is SDM's.
    /// - Returns: nil when there is no atlas.
    public func describe(mni: SIMD3<Double>, reach: Double = Self.defaultReach) -> String? {
        guard !isEmpty else { return nil }
        let area = brodmann?.region(at: mni)?.name
        if let region = anatomy?.region(at: mni) { return Self.join(region.name, area) }
        if reach > 0, let (region, _) = anatomy?.nearestRegion(to: mni, within: reach) {
            return Self.join("Near " + Self.decapitalised(region.name), area)
        }
        return Self.join(Self.undefined, area)
    }

    /// How many voxels of a cluster lie in each region.
    public struct RegionCount: Hashable, Sendable {
        /// As from ``AtlasSet/describe(mni:reach:)`` with reach 0, so that no voxel counts for a region it is not in.
        public let region: String
        public let voxels: Int
    }

    /// The regions of a set of voxels (linear indices of `grid`), the largest count first, `(undefined)` last.
    /// - Returns: nothing when there is no atlas.
    public func breakdown(of voxels: some Sequence<Int>, in grid: Grid) -> [RegionCount] {
        guard !isEmpty else { return [] }
        var counts: [Place: Int] = [:]
        for index in voxels {
            let mni = grid.world(atIndex: index)
            counts[Place(anatomy: anatomy?.region(at: mni), area: brodmann?.region(at: mni)), default: 0] += 1
        }
        let ordered = counts.map { key, count in
            let region = Self.join(key.anatomy?.name ?? Self.undefined, key.area?.name)
            return (isUndefined: key.anatomy == nil, RegionCount(region: region, voxels: count))
        }
        .sorted { a, b in
            if a.isUndefined != b.isUndefined { return b.isUndefined }
            return a.1.voxels != b.1.voxels ? a.1.voxels > b.1.voxels : a.1.region < b.1.region
        }
        return ordered.map(\.1)
    }

    private struct Place: Hashable {
        var anatomy: LabelAtlas.Region?
        var area: LabelAtlas.Region?
    }

    private static let undefined = "(undefined)"

    private static func join(_ region: String, _ area: String?) -> String {
        area.map { "\(region), \($0)" } ?? region
    }

    private static func decapitalised(_ name: String) -> String { name.prefix(1).lowercased() + name.dropFirst() }
}

extension AtlasSet {
    /// Where Debian's and Ubuntu's package `mricron-data` puts the atlases.
    public static let debianFolder = "/usr/share/mricron/templates"

    /// The AAL and Brodmann atlases on this machine.
    ///
    /// Looked for in one folder only: `folder` if given, else the one that the environment variable `CUNEUS_ATLASES`
    /// names (the process's own `environment` when nil), else ``debianFolder``; the files are MRIcron's `aal.nii.gz`, `aal.nii.txt` and `brodmann.nii.gz`. Never
    /// fails: what is absent or broken is left out and told in ``notice``.
    public static func installed(
        in folder: String? = nil, environment: [String: String]? = nil
    ) -> AtlasSet {
        let environment = environment ?? ProcessInfo.processInfo.environment
        let named = environment["CUNEUS_ATLASES"].flatMap { $0.isEmpty ? nil : $0 }
        let place = folder ?? named ?? debianFolder
        var problems: [String] = []
        func attempt(_ load: (String) throws(AtlasError) -> LabelAtlas, _ file: String) -> LabelAtlas? {
            let path = "\(place)/\(file)"
            guard FileManager.default.fileExists(atPath: path) else {
                problems.append("\(path) is not there.")
                return nil
            }
            do {
                return try load(path)
            } catch {
                problems.append("\(error)")
                return nil
            }
        }
        let anatomy = attempt(LabelAtlas.mricronAAL, "aal.nii.gz")
        let brodmann = attempt(LabelAtlas.mricronBrodmann, "brodmann.nii.gz")
        guard !problems.isEmpty else { return AtlasSet(anatomy: anatomy, brodmann: brodmann) }
        let effect =
            anatomy == nil && brodmann == nil
            ? "Peaks and clusters carry no region names" : "Part of the region names is left out"
        let remedy = "Install Debian's package mricron-data, or set CUNEUS_ATLASES to a folder with these files."
        return AtlasSet(
            anatomy: anatomy, brodmann: brodmann,
            notice: "\(effect): \(problems.joined(separator: " ")) \(remedy)")
    }
}

extension LabelAtlas {
    /// MRIcron's copy of AAL (116 regions), names made readable. Its table is beside it.
    static func mricronAAL(_ path: String) throws(AtlasError) -> LabelAtlas {
        let table = String(path.dropLast(".gz".count)) + ".txt"
        return try LabelAtlas(
            name: "AAL", labels: readMRIcronLabels(path), table: LabelTable(contentsOf: table),
            rename: { AnatomicalNames.readable($0) ?? plain($0) })
    }

    /// MRIcron's Brodmann areas: the number is the area, the same left and right.
    static func mricronBrodmann(_ path: String) throws(AtlasError) -> LabelAtlas {
        let table = LabelTable(names: Dictionary(uniqueKeysWithValues: (1...52).map { ($0, "BA \($0)") }))
        return try LabelAtlas(name: "Brodmann", labels: readMRIcronLabels(path), table: table)
    }

    /// Reads one of MRIcron's images of the Colin 27 brain, with its position put right.
    ///
    /// The headers of these files say origin (−90, −125, −71) mm; the images are those of the AAL release, whose origin
    /// is (−90, −126, −72): the header seems to have been made from a voxel number counted from one. With the header's
    /// origin every label would be 1 mm too far forward and up. Witness: 99 peaks of a report of SDM-PSI on our shelf are
    /// named by grey-matter region; put right, these images give the same region and Brodmann area for all 99, with the
    /// header's origin for 73.
    static func readMRIcronLabels(_ path: String) throws(AtlasError) -> Volume {
        let volume = try readLabels(path)
        let asWritten = Affine(scale: [1, 1, 1], origin: [-90, -125, -71])
        let asReleased = Affine(scale: [1, 1, 1], origin: [-90, -126, -72])
        guard volume.grid.shape == [181, 217, 181], volume.grid.affine == asWritten,
            let grid = Grid(shape: volume.grid.shape, affine: asReleased)
        else { return volume }
        return Volume(grid: grid, values: volume.values)
    }
}
