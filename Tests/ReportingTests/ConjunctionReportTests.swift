import Comparison
import Foundation
import Imaging
import Reporting
import SeedBasedMapping
import Testing

@Suite("What models have in common, as it is written")
struct ConjunctionReportTests {
    private static func names(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    /// One blob above zero in both models, one below zero in the first alone.
    private static func models() -> (gmv: ModelFindings, fun: ModelFindings, weaker: [Float]) {
        let weaker: [Float] = Fixture.twoBlobs.map { $0 > 0 ? 0.9 * $0 : 0 }
        return (
            Fixture.tested(Fixture.twoBlobs, name: "gmv", permutations: 25),
            Fixture.tested(weaker, name: "fun", permutations: 25), weaker
        )
    }

    @Test("maps, a table, a record and a section of the report: a result that is computed and not written is lost")
    func written() throws {
        try Fixture.inTemporaryFolder { folder in
            let (gmv, fun, weaker) = Self.models()
            var run = Fixture.run([gmv, fun])
            run.conjunctions = [
                try ModelConjunction([ModelConjunction.Part(gmv.result), ModelConjunction.Part(fun.result)])
            ]
            let record = try ResultFolder(folder + "/out").write(run)
            #expect(
                try Self.names(folder + "/out") == ["conjunction_gmv_fun", "fun", "gmv", "report.html", "run.json"])
            let maps = [
                "p_desc-conjunction_corr-FWE", "z_desc-conjunction", "z_desc-conjunctionThresholded", "z_desc-union",
            ]
            let files = maps.flatMap { ["\($0).json", "\($0).nii.gz"] } + ["clusters.tsv"]
            #expect(try Self.names(folder + "/out/conjunction_gmv_fun") == files.sorted())
            let image = try NIfTIImage(contentsOf: folder + "/out/conjunction_gmv_fun/z_desc-conjunction.nii.gz")
            #expect(Fixture.mask.gather(image.volume()) == weaker)

            let table = try String(contentsOfFile: folder + "/out/conjunction_gmv_fun/clusters.tsv", encoding: .utf8)
            let rows = table.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
            #expect(rows[0].contains("z_gmv") && rows[0].contains("z_fun"))
            #expect(rows.count > 1 && rows.dropFirst().allSatisfy { $0[2] == "positive" })

            let one = try #require(record.result.conjunctions?.first)
            #expect(one.models == ["gmv", "fun"] && one.folder == "conjunction_gmv_fun")
            #expect(one.isCorrected && one.clusters == 1 && one.significantVoxels > 0)
            // The fixture's models have the same experiments.
            #expect(one.sharedSamples == ["a1", "b2", "c3"])
            #expect(one.files.count == 5)

            let page = try String(contentsOfFile: folder + "/out/report.html", encoding: .utf8)
            #expect(page.contains("id=\"conjunctions\"") && page.contains("gmv and fun"))
            #expect(page.contains("3 samples of people are in more than one of these models."))
            #expect(RunSummary(run).text.contains("gmv and fun in common"))
        }
    }

    @Test("a run that asks for none says nothing of it, and an earlier one's files step aside")
    func none() throws {
        try Fixture.inTemporaryFolder { folder in
            let (gmv, fun, _) = Self.models()
            var run = Fixture.run([gmv, fun])
            run.conjunctions = [
                try ModelConjunction([ModelConjunction.Part(gmv.result), ModelConjunction.Part(fun.result)])
            ]
            _ = try ResultFolder(folder + "/out").write(run)
            let record = try ResultFolder(folder + "/out").write(Fixture.run([gmv, fun]))
            #expect(record.result.conjunctions == nil)
            let names = try Self.names(folder + "/out")
            #expect(!names.contains("conjunction_gmv_fun"))
            #expect(names.contains { $0.hasPrefix("previous-") })
            let page = try String(contentsOfFile: folder + "/out/report.html", encoding: .utf8)
            #expect(!page.contains("What models have in common"))
        }
    }
}
