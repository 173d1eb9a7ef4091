import Foundation
import Imaging
import TestSupport
import Testing

private let line = Grid(shape: [8, 1, 1], affine: Affine(scale: [2, 2, 2], origin: .zero))

private func labels(_ values: [Float], _ names: [Int: String]) throws -> LabelAtlas {
    try LabelAtlas(name: "test", labels: Volume(grid: #require(line), values: values), table: LabelTable(names: names))
}

@Suite("Descriptions of places")
struct AtlasSetTests {
    /// x (mm):      0 2 4 6 8 10 12 14
    /// anatomy:     A A . . . .  .  B
    /// Brodmann:    6 . 6 . . .  .  .
    private func atlases() throws -> AtlasSet {
        AtlasSet(
            anatomy: try labels([1, 1, 0, 0, 0, 0, 0, 2], [1: "Left A", 2: "Right B"]),
            brodmann: try labels([6, 0, 6, 0, 0, 0, 0, 0], [6: "BA 6"]))
    }

    @Test(
        "region and area at the coordinate; a near region is marked; else undefined",
        arguments: [
            (0.0, "Left A, BA 6"), (2, "Left A"), (4, "Near left A, BA 6"), (6, "Near left A"), (8, "(undefined)"),
            (10, "Near right B"), (14, "Right B"), (40, "(undefined)"),
        ])
    func describe(x: Double, text: String) throws {
        #expect(try atlases().describe(mni: [x, 0, 0]) == text)
    }

    @Test("with no reach, only what is at the coordinate counts")
    func noReach() throws {
        #expect(try atlases().describe(mni: [4, 0, 0], reach: 0) == "(undefined), BA 6")
    }

    @Test("a breakdown counts each voxel once, largest region first, undefined last")
    func breakdown() throws {
        let grid = try #require(line)
        let counts = try atlases().breakdown(of: 0..<8, in: grid)
        #expect(
            counts.map { "\($0.region) \($0.voxels)" } == [
                "Left A 1", "Left A, BA 6 1", "Right B 1", "(undefined) 4", "(undefined), BA 6 1",
            ])
    }

    @Test("without an atlas there is no description, and one notice says what to do")
    func absent() {
        let atlases = AtlasSet.installed(in: "/nowhere/at/all")
        #expect(atlases.isEmpty)
        #expect(atlases.describe(mni: .zero) == nil)
        #expect(atlases.breakdown(of: 0..<3, in: .mni2mm).isEmpty)
        let notice = atlases.notice ?? ""
        for part in ["/nowhere/at/all/aal.nii.gz", "mricron-data", "CUNEUS_ATLASES"] {
            #expect(notice.contains(part), "\(part) in: \(notice)")
        }
        #expect(AtlasSet.none.notice == nil)
    }

    @Test("CUNEUS_ATLASES says where to look")
    func environment() {
        let notice = AtlasSet.installed(environment: ["CUNEUS_ATLASES": "/elsewhere"]).notice
        #expect(notice?.contains("/elsewhere/brodmann.nii.gz") == true)
    }

    @Test("a broken atlas is left out and told, and does not stop anything")
    func broken() throws {
        let place = FileManager.default.temporaryDirectory.appendingPathComponent("cuneus-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        try Data("no image".utf8).write(to: place.appendingPathComponent("aal.nii.gz"))
        let atlases = AtlasSet.installed(in: place.path)
        #expect(atlases.isEmpty)
        #expect(atlases.notice?.contains("aal.nii.gz: the label image cannot be read") == true)
    }
}

@Suite(
    "AAL and Brodmann of mricron-data",
    .enabled(
        if: FileManager.default.fileExists(atPath: AtlasSet.debianFolder + "/aal.nii.gz"),
        "mricron-data is not installed (Scripts/install.sh)"))
struct InstalledAtlasTests {
    private static let atlases = AtlasSet.installed(in: AtlasSet.debianFolder)

    @Test("hold 116 regions and 41 areas, all with names")
    func complete() throws {
        #expect(Self.atlases.notice == nil)
        let anatomy = try #require(Self.atlases.anatomy)
        #expect(anatomy.regions.count == 116)
        #expect(anatomy.regions.allSatisfy { !$0.name.contains("_") && !$0.name.hasPrefix("region") })
        #expect(Self.atlases.brodmann?.regions.count == 41)
    }

    /// Expected: the report of SDM-PSI on the reference shelf.
    @Test(
        "name well-known places as SDM does",
        arguments: [
            ([-4, -4, 56], "Left supplementary motor area, BA 6"),
            ([2, 0, 52], "Right supplementary motor area"),
            ([0, -4, 58], "Left supplementary motor area, BA 6"),
            ([-46, 16, -10], "Left inferior frontal gyrus, orbital part, BA 38"),
            ([-40, -66, 42], "Left angular gyrus, BA 39"),
            ([28, -46, -26], "Right cerebellum, hemispheric lobule VI, BA 37"),
            ([30, -42, -26], "Right cerebellum, hemispheric lobule IV / V, BA 37"),
            ([26, 14, -8], "Right lenticular nucleus, putamen, BA 48"),
        ] as [(SIMD3<Double>, String)])
    func known(point: SIMD3<Double>, text: String) {
        #expect(Self.atlases.describe(mni: point) == text)
    }

    @Test("a peak in the external capsule is near the putamen or insula, and keeps its own area")
    func near() throws {
        let text = try #require(Self.atlases.describe(mni: [30, 10, -10]))
        #expect(text.hasPrefix("Near right "))
        #expect(text.hasSuffix(", BA 48"))
        #expect(Self.atlases.describe(mni: [30, 10, -10], reach: 0) == "(undefined), BA 48")
    }

    @Test(
        "give every grey-matter peak of SDM-PSI's report the region and area that SDM-PSI gives it",
        .enabled(if: SDMReport.path != nil, Shelf.absence))
    func agreesWithSDM() throws {
        let peaks = try SDMReport.peaks()
        // Names that SDM takes from its white-matter atlas, which we do not have.
        let tracts = ["Corpus callosum", "network", "anterior thalamic projections"]
        let grey = peaks.filter { peak in !tracts.contains { peak.text.contains($0) } }
        #expect(peaks.count == 110)
        #expect(grey.count == 99)
        for peak in grey {
            #expect(Self.atlases.describe(mni: peak.mni, reach: 0) == peak.text, "at \(peak.mni)")
        }
    }
}

/// The report of SDM-PSI on the reference shelf.
private enum SDMReport {
    struct Peak: Hashable {
        var mni: SIMD3<Double>
        var text: String
    }

    static let path = Shelf.file("oracle/sdm-psi/mod1/mod1_z_voxelCorrected_p_0.00100_50.htm")

    /// Every distinct coordinate with the description that follows it in its table row.
    static func peaks() throws -> Set<Peak> {
        let html = String(decoding: try Data(contentsOf: URL(fileURLWithPath: #require(path))), as: UTF8.self)
        let cells = html.split(separator: "<").compactMap { piece -> Substring? in
            let text = piece.drop { $0 != ">" }.dropFirst()
            return text.allSatisfy(\.isWhitespace) ? nil : text
        }
        var peaks: Set<Peak> = []
        for (position, cell) in cells.enumerated() {
            let numbers = cell.split(separator: ",").compactMap { Double($0) }
            guard numbers.count == 3, cell.split(separator: ",").count == 3 else { continue }
            let row = cells[(position + 1)...].prefix(4)
            guard let text = row.first(where: { Double($0) == nil }) else { continue }
            peaks.insert(
                Peak(
                    mni: [numbers[0], numbers[1], numbers[2]], text: text.trimmingCharacters(in: .whitespaces)))
        }
        return peaks
    }
}
