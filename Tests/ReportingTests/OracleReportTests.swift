import Evidence
import Foundation
import Imaging
import Inference
import Reporting
import SeedBasedMapping
import TestSupport
import Testing

@Suite struct OracleReportTests {
    /// Also the way to look at a real page: `CUNEUS_REPORT_TO=/tmp/r swift test -c release --filter OracleReport`.
    @Test("a real z map makes a complete report", .enabled(if: Shelf.isHere, Shelf.absence))
    func realMap() throws {
        let shelf = try #require(Shelf.path)
        func volume(_ name: String) throws -> Volume {
            try NIfTIImage(contentsOf: "\(shelf)/oracle/sdm-psi/\(name).nii.gz").volume()
        }
        let mask = Mask(try volume("sdm_mask"))
        func map(_ name: String) throws -> [Float] { mask.gather(try volume("mod1/mod1_\(name)")) }
        let shift = Float(ProcessInfo.processInfo.environment["CUNEUS_REPORT_SHIFT"] ?? "") ?? 0
        let z = try map("z").map { $0 - shift }
        let maps = PooledMaps(
            mask: mask, g: try map("g"), se: try map("var").map { $0.squareRoot() }, z: z, tau2: try map("tau2"),
            i2: try map("h_i2"), h2: try map("h_h2"), q: try map("h_Q"), df: try map("h_df1"))
        let finder = ClusterFinder(mask: mask, connectivity: .edges)
        func model(_ name: String, _ threshold: Double) -> ModelFindings {
            let clusters = [1, -1].flatMap { finder.clusters(in: z, above: threshold, sign: $0, minimumExtent: 10) }
            return ModelFindings(
                result: ModelResult(
                    plan: ModelPlan(name: name, question: "Where do the experiments agree?"), settings: .sdmPSI,
                    experiments: Fixture.experiments, leaveOut: 3, maps: maps, timings: []), clusters: clusters)
        }
        var run = Fixture.run([model("all", 2.5758), model("strict", 12)])
        if ProcessInfo.processInfo.environment["CUNEUS_REPORT_TO"] != nil {
            run.places = PlaceNamer(AtlasSet.installed())
        }
        run.template = try NIfTIImage(
            contentsOf: Self.packageRoot + "/Sources/Imaging/Resources/tpl-MNI152NLin2009aSym_res-02_T1w.nii.gz"
        ).volume()
        let folder = ProcessInfo.processInfo.environment["CUNEUS_REPORT_TO"]
        try Fixture.inTemporaryFolder { temporary in
            let results = try ResultFolder(folder ?? temporary + "/out")
            let record = try results.write(run)
            let page = try String(contentsOfFile: results.path + "/report.html", encoding: .utf8)
            #expect(record.result.models.count == 2)
            #expect(page.contains("Nothing survived"))
            #expect(page.components(separatedBy: "data:image/png;base64,").count == 5)
            print(RunSummary(run).text)
        }
    }

    private static let packageRoot = Checkout.path
}
