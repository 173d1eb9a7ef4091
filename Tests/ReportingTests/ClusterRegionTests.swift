import Evidence
import Foundation
import Imaging
import Inference
import Reporting
import SeedBasedMapping
import TestSupport
import Testing

@Suite("Clusters by region, and what the files of a run are called")
struct ClusterRegionTests {
    /// Left of −30 mm, between −30 and 0, and nothing beyond; a second atlas without a name anywhere.
    private static let places = PlaceNamer(atlases: ["AAL", "BA"]) { place in
        place.x < -30 ? ["far left", ""] : place.x < 0 ? ["left", ""] : ["", ""]
    }

    @Test("every voxel of a cluster is counted once, in the region it is in; the largest first, no region last")
    func counts() {
        let near: [SIMD3<Double>] = [
            [-46, 2, 2], [-38, 2, 2], [-30, 2, 2], [-22, 2, 2], [-14, 2, 2], [2, 2, 2], [10, 2, 2],
        ]
        let voxels = Head.positions(near: near)
        let cluster = Cluster(
            sign: 1, voxels: voxels.map(Int32.init).sorted(),
            peaks: [ClusterPeak(position: voxels[0], coordinate: Fixture.mask.world(at: voxels[0]), value: 4)])
        let table = ClusterRegionTable([cluster], mask: Fixture.mask, places: Self.places).table
        // The test's own count, from the voxels' centres.
        let x = voxels.map { Fixture.mask.world(at: $0).x }
        let counts = [
            "far left": x.count { $0 < -30 }, "left": x.count { $0 >= -30 && $0 < 0 },
            "(undefined)": x.count { $0 >= 0 },
        ]
        let rows = table.rows.filter { $0[1] == "AAL" }
        #expect(Dictionary(uniqueKeysWithValues: rows.map { ($0[2], Int($0[3]) ?? -1) }) == counts)
        #expect(rows.last?[2] == "(undefined)")
        let sizes = rows.dropLast().compactMap { Int($0[3]) }
        #expect(sizes == sizes.sorted(by: >))
        // 8 mm voxels: 512 mm³.
        #expect(rows[0][4] == String((Int(rows[0][3]) ?? 0) * 512))
        #expect(table.rows.filter { $0[1] == "BA" }.map { [$0[2], $0[3], $0[5]] } == [["(undefined)", "7", "100.0"]])
    }

    @Test("without an atlas there are no rows: nothing is called undefined that nobody looked up")
    func noAtlas() {
        let findings = Fixture.findings(Fixture.twoBlobs)
        #expect(ClusterRegionTable(findings.clusters, mask: Fixture.mask, places: .none).table.rows.isEmpty)
    }

    @Test("beside the image of clusters stands what each number is")
    func lookUp() throws {
        try Fixture.inTemporaryFolder { folder in
            let findings = Fixture.findings(Fixture.twoBlobs)
            _ = try ResultFolder(folder + "/out").write(Fixture.run([findings]))
            let text = try String(contentsOfFile: folder + "/out/mean/label.tsv", encoding: .utf8)
            let table = StoredTable(text)
            #expect(table.header.prefix(2) == ["index", "name"])
            #expect(table.rows.map { table.cell($0, "index") } == ["1", "2"])
            #expect(table.rows.map { table.cell($0, "name") } == ["Left amygdala", "Right frontal, BA 46"])
            #expect(table.rows.map { table.cell($0, "voxels") } == findings.clusters.map { String($0.voxels.count) })
        }
    }

    @Test("corrected tables list no cluster smaller than the extent; the text says when that leaves none")
    func extent() {
        var settings = Settings.sdmPSI
        settings.extent = 1
        let all = Fixture.tested(Fixture.twoBlobs, permutations: 20, settings: settings).result.correctedClusters()
        let sizes = all.map(\.voxels.count)
        #expect(sizes.count == 2)
        settings.extent = (sizes.max() ?? 0)
        let large = Fixture.tested(Fixture.twoBlobs, permutations: 20, settings: settings).result.correctedClusters()
        #expect(large.map(\.voxels.count) == [sizes.max() ?? 0])
        settings.extent = (sizes.max() ?? 0) + 1
        let none = Fixture.tested(Fixture.twoBlobs, permutations: 20, settings: settings)
        #expect(none.result.correctedClusters().isEmpty)
        let text = RunSummary(Fixture.run([none])).text
        #expect(text.contains("Voxels survived the correction"), "\(text)")
        #expect(!text.contains("Nothing survived the correction"))
    }

    @Test("--lean leaves out what follows from other maps, and nothing else")
    func lean() throws {
        try Fixture.inTemporaryFolder { folder in
            let findings = Fixture.tested(Fixture.twoBlobs, name: "mean", permutations: 20)
            _ = try ResultFolder(folder + "/whole").write(Fixture.run([findings]))
            var lean = try ResultFolder(folder + "/lean")
            lean.isLean = true
            _ = try lean.write(Fixture.run([findings]))
            func maps(_ name: String) throws -> Set<String> {
                let all = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)/mean")
                return Set(all.filter { $0.hasSuffix(".nii.gz") }.map { String($0.dropLast(7)) })
            }
            let (whole, kept) = (try maps("whole"), try maps("lean"))
            let dropped = whole.subtracting(kept)
            #expect(kept.isSubset(of: whole))
            let logs = whole.filter { $0.hasPrefix("logp_") }
            #expect(logs.count == 8, "four statistics, two tails")
            #expect(dropped == logs.union(["p", "p_tail-positive", "p_tail-negative", "H2", "z_desc-thresholded"]))
        }
    }

    @Test("names of BIDS have space and resolution; tables have dictionaries, the data set a description")
    func bids() throws {
        try Fixture.inTemporaryFolder { folder in
            var named = try ResultFolder(folder + "/out")
            named.naming = .bids
            _ = try named.write(Fixture.run([Fixture.findings(Fixture.twoBlobs)]))
            let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/out/mean")
            // The fixture's voxels have edges of 8 mm.
            let name = "model-mean_alg-sdmpsi_space-MNI152NLin2009aSym_res-8_stat-z_statmap"
            #expect(names.contains(name + ".nii.gz") && names.contains(name + ".json"))
            for table in names.filter({ $0.hasSuffix(".tsv") && !$0.hasPrefix("model-") }) {
                let path = folder + "/out/mean/" + table.replacing(".tsv", with: ".json")
                let data = try Data(contentsOf: URL(fileURLWithPath: path))
                let dictionary = try JSONDecoder().decode([String: [String: String]].self, from: data)
                let text = try String(contentsOfFile: folder + "/out/mean/" + table, encoding: .utf8)
                #expect(Set(dictionary.keys) == Set(StoredTable(text).header), "\(table)")
                #expect(dictionary.values.allSatisfy { $0["Description"]?.isEmpty == false }, "\(table)")
            }
            let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/out/dataset_description.json"))
            let description = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            #expect(description["DatasetType"] as? String == "derivative" && description["BIDSVersion"] is String)
            // Dictionaries are no left-overs of an earlier run: nothing is set aside.
            _ = try named.write(Fixture.run([Fixture.findings(Fixture.twoBlobs)]))
            let beside = try FileManager.default.contentsOfDirectory(atPath: folder + "/out")
            #expect(!beside.contains { $0.hasPrefix("previous-") })
        }
    }

    @Test("resolutions that are no whole millimetres have a p for the point: labels of BIDS are letters and digits")
    func resolution() throws {
        let grid = try #require(Grid.mni(voxelSize: 2.5))
        #expect(MapNaming.bids("z", model: "a b", grid: grid).contains("_res-2p5_"))
        #expect(MapNaming.nimare("z", model: "a", grid: grid) == "z")
    }
}
