import Appraisal
import Evidence
import Foundation
import Imaging
import Inference
import Reporting
import SeedBasedMapping
import Testing

@Suite("The viewer in the report") struct ViewerSectionTests {
    private func page(_ run: RunResults) throws -> String {
        try Fixture.inTemporaryFolder { folder in
            let results = try ResultFolder(folder + "/out")
            _ = try results.write(run)
            return try String(contentsOfFile: folder + "/out/report.html", encoding: .utf8)
        }
    }

    private func run(_ findings: ModelFindings, project: Project = Fixture.project()) throws -> RunResults {
        var run = Fixture.run([findings], project: project)
        run.viewer = try ViewerResources()
        return run
    }

    /// Content of the element of this identifier.
    private func content(_ identifier: String, of page: String) throws -> String {
        let start = try #require(page.range(of: "id=\"\(identifier)\">"), "no element \(identifier)")
        let end = try #require(page.range(of: "</script>", range: start.upperBound..<page.endIndex))
        return String(page[start.upperBound..<end.lowerBound])
    }

    private struct Payload: Decodable {
        struct Map: Decodable {
            var step: Double
            var delta: Bool
            var data: Data
        }
        struct Mark: Decodable { var value: Double }
        struct Overlay: Decodable {
            var name: String
            var kind: String
            var largest: Double
            var error: Double
            var marks: [Mark]
            var map: Map
        }
        struct Cluster: Decodable {
            var sign: Int
            var at: [Double]
        }
        struct Peak: Decodable {
            var study: Int
            var at: [Double]
        }
        struct Forest: Decodable { var data: Data }
        struct Model: Decodable {
            var title: String
            var level: Double?
            var maps: [Overlay]
            var clusters: [Cluster]
            var studies: [String]
            var peaks: [Peak]
            var forest: Forest?
        }
        struct Place: Decodable {
            var at: [Double]
            var cluster: String?
            var studies: [Int]
        }
        var models: [Model]
    }

    private func model(_ page: String) throws -> Payload.Model {
        let json = try content("viewer-data", of: page)
        let payload = try JSONDecoder().decode(Payload.self, from: Data(json.utf8))
        return try #require(payload.models.first)
    }

    /// As viewer.js reads a map.
    private func values(_ map: Payload.Map) throws -> [Double] {
        let bytes = try Gzip.decompress(Array(map.data))
        let count = bytes.count / 2
        var last: Int16 = 0
        return (0..<count).map { n in
            let code = UInt16(bytes[n]) | UInt16(bytes[count + n]) << 8
            let value = Int16(bitPattern: code >> 1) ^ -Int16(bitPattern: code & 1)
            last = map.delta ? last &+ value : value
            return last == Int16.min ? .nan : Double(last) * map.step
        }
    }

    private static let places = [
        StudyForest.Place(
            coordinate: [-30, -2, -14], voxel: 100, cluster: "1",
            studies: [
                StudyForest.Study(experiments: ["a1"], source: .peak, effect: 0.513, standardError: 0.204),
                StudyForest.Study(experiments: ["b2", "c3"], source: .nothing, effect: -0.1, standardError: 0.3),
            ])
    ]

    @Test("z and g are in the page, within the error that it states")
    func maps() throws {
        let findings = Fixture.findings(Fixture.twoBlobs)
        let overlays = try model(try page(try run(findings))).maps
        #expect(overlays.prefix(2).map(\.name) == ["z", "g"])
        for (overlay, wanted) in zip(overlays, [findings.result.maps.z, findings.result.maps.g]) {
            let found = try values(overlay.map)
            #expect(found.count == Fixture.mask.count)
            #expect(zip(found, wanted).allSatisfy { abs($0 - Double($1)) <= overlay.error + 1e-6 })
            #expect(overlay.error <= overlay.largest / 1000)
        }
    }

    @Test("corrected p is in the page without loss, its level marked")
    func corrected() throws {
        let findings = Fixture.tested(Fixture.twoBlobs, permutations: 100)
        let model = try model(try page(try run(findings)))
        let overlay = try #require(model.maps.first { $0.kind == "corrected" })
        let test = try #require(findings.result.familyWise)
        let statistic = findings.result.correctedStatistic
        let (up, down) = (test.map(statistic, .positive).p, test.map(statistic, .negative).p)
        let found = try values(overlay.map)
        for index in found.indices {
            let wanted = min(up[index], down[index])
            #expect(abs(abs(found[index]) - Double(wanted)) < 1e-6, "voxel \(index)")
            if up[index] != down[index] { #expect((found[index] < 0) == (down[index] < up[index]), "voxel \(index)") }
        }
        let mark = try #require(overlay.marks.first).value
        #expect(abs(mark - 1.3010299957) < 1e-6, "−log₁₀ 0.05")
        #expect(model.level == 0.05)
    }

    @Test("clusters, input peaks and forest plots are where the run has them")
    func places() throws {
        var findings = Fixture.findings(Fixture.twoBlobs)
        findings.forest = StudyForest(places: Self.places)
        let page = try page(try run(findings))
        let model = try model(page)
        #expect(model.clusters.count == findings.clusters.count)
        for (found, wanted) in zip(model.clusters, findings.clusters) {
            let at = wanted.peak.coordinate
            #expect(found.at == [at.x, at.y, at.z])
            #expect(found.sign == wanted.sign)
            // The row of the page's own table leads to the same place.
            let row = "data-x=\"\(Int(at.x))\" data-y=\"\(Int(at.y))\" data-z=\"\(Int(at.z))\" data-model=\"mean\""
            #expect(page.contains(row), "\(row)")
        }
        #expect(model.peaks.map(\.study) == [0, 1, 1], "a1 has one peak, b2 two, c3 none")
        #expect(model.peaks.first?.at == [-32, -4, -16])
        #expect(model.studies == ["Study a1", "Study b2", "Study c3", "Study b2 + Study c3"])
        let forest = try #require(model.forest)
        let stored = try JSONDecoder().decode(
            [Payload.Place].self, from: Data(try Gzip.decompress(Array(forest.data))))
        let place = try #require(stored.first)
        #expect(place.at == [-30, -2, -14])
        #expect(place.cluster == "1")
        // Study, source (map, peak, sign, nothing), effect and standard error in hundredths.
        #expect(place.studies == [0, 1, 51, 20, 3, 3, -10, 30])
    }

    @Test("nothing is loaded from elsewhere, and no name of the user ends the data")
    func selfContained() throws {
        let evil = "</script><script src=\"https://example.org/x.js\">"
        var findings = Fixture.findings(Fixture.twoBlobs, name: evil)
        findings.result.experiments[0].study = evil
        var project = Fixture.project()
        project.experiments = findings.result.experiments
        var run = try run(findings, project: project)
        run.places = PlaceNamer(atlases: [evil]) { _ in [evil] }
        let page = try page(run)
        let start = try #require(page.range(of: "<section id=\"viewer\""))
        let end = try #require(page.range(of: "</section>", range: start.upperBound..<page.endIndex))
        let section = String(page[start.lowerBound..<end.lowerBound])
        // The data, the library, our script; nothing else opens a script.
        #expect(section.components(separatedBy: "<script").count == 4)
        #expect(!section.contains("<script src"))
        for loader in [
            "<link", "<iframe", "<img", "@import", "url(", "import(", "fetch(", "XMLHttpRequest", "WebSocket",
        ] {
            #expect(!section.contains(loader), "\(loader)")
        }
        #expect(try model(page).title == evil)
        let library = try Gzip.decompress(
            Array(try #require(Data(base64Encoded: try content("viewer-niivue", of: page)))))
        #expect(section.contains("Copyright (c) 2025, Niivue"), "the licence asks for its text in every copy")
        #expect(library.count == 2_273_473, "NiiVue 0.68.1 as pinned in Scripts/viewer.py")
    }

    @Test("a report without it has neither its scripts nor its section")
    func left() throws {
        let page = try page(Fixture.run([Fixture.findings(Fixture.twoBlobs)]))
        #expect(!page.contains("viewer-niivue") && !page.contains("viewer-data"))
        #expect(!page.contains("id=\"viewer\""))
    }

    @Test("absent files are a typed error that says where they were looked for")
    func absent() {
        let folder = ResourceFolder(module: "Reporting", environment: ["CUNEUS_RESOURCES": "/nowhere"])
        #expect(throws: ViewerError.absent(file: "niivue.umd.js.gz", lookedIn: ["/nowhere"])) {
            try ViewerResources(from: folder)
        }
    }

    @Test("a cluster's peak that is on the grid too is stored once, as the cluster's")
    func forestPlaces() {
        func effects(_ x: Double) -> StudyEffects {
            StudyEffects(
                name: "", coordinate: [x, 0, 0], voxelCount: 1,
                studies: [
                    StudyEffects.Study(
                        id: "a", sample: "a", n1: 20, n2: 0, source: .map, effects: [0.2, 0.4], variances: [0.04, 0.04])
                ])
        }
        let forest = StudyForest(
            peaks: [.init(cluster: "1", voxel: 7)], effects: [effects(1)], grid: [effects(1), effects(2)],
            gridVoxels: [7, 9])
        #expect(forest.places.map(\.voxel) == [7, 9])
        #expect(forest.places.map(\.cluster) == ["1", nil])
        // Rubin: mean 0.3; variance 0.04 + (1 + 1/2) · 0.02 = 0.07.
        #expect(abs(forest.places[0].studies[0].effect - 0.3) < 1e-12)
        #expect(abs(forest.places[0].studies[0].standardError - 0.07.squareRoot()) < 1e-12)
    }
}
