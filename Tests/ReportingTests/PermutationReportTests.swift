import Evidence
import Foundation
import Imaging
import Inference
import Reporting
import SeedBasedMapping
import Testing

@Suite struct PermutationReportTests {
    /// 20 permutations: 1 + 0.1 k for k = 1…19 never exceeds 2.9.
    private let tested = Fixture.tested(Fixture.twoBlobs, permutations: 20)

    private func page(_ models: [ModelFindings]) throws -> String {
        try Fixture.inTemporaryFolder { folder in
            _ = try ResultFolder(folder + "/out").write(Fixture.run(models))
            return try String(contentsOfFile: folder + "/out/report.html", encoding: .utf8)
        }
    }

    @Test("that studies change places only with others of like size is told where sizes differ, and only there")
    func strata() {
        func words(_ sizes: [Int]) -> String {
            let experiments = zip(Fixture.experiments, sizes).map { experiment, size in
                var experiment = experiment
                (experiment.n1, experiment.n2) = (size, 0)
                return experiment
            }
            let model = Fixture.tested(
                Fixture.twoBlobs, permutations: 20, settings: Settings(), experiments: experiments, kind: .studies)
            let paper = PaperWords(Fixture.run([model]))
            return paper.methods + paper.supplement
        }
        let (unlike, alike) = (words([20, 30, 40]), words([20, 20, 20]))
        for text in [unlike, alike] { #expect(text.contains("Scores were permuted among the studies")) }
        #expect(unlike.contains("and these only with others of like size"))
        #expect(!alike.contains("like size"), "there is no other size")
    }

    @Test("every statistic and tail has a map of corrected p and of -log10 p; TFCE scores and the cut z are there")
    func maps() throws {
        try Fixture.inTemporaryFolder { folder in
            _ = try ResultFolder(folder + "/out").write(Fixture.run([tested]))
            let model = folder + "/out/tested/"
            func image(_ name: String) throws -> NIfTIImage { try NIfTIImage(contentsOf: model + name + ".nii.gz") }
            for entities in ["level-voxel", "desc-tfce", "desc-size_level-cluster", "desc-mass_level-cluster"] {
                for tail in ["positive", "negative"] {
                    let p = try image("p_\(entities)_corr-FWE_tail-\(tail)")
                    let log = try image("logp_\(entities)_corr-FWE_tail-\(tail)")
                    // NIfTI-1: 22 is a p value, 24 its -log10.
                    #expect(p.intent.code == 22)
                    #expect(log.intent.code == 24)
                    #expect(p.volume()[[0, 0, 0]] == 1)
                    #expect(log.volume()[[0, 0, 0]] == 0)
                }
            }
            #expect(try image("tfce_tail-positive").intent.name == "TFCE")
            #expect(try image("tfce_tail-negative").intent.code == 1001)

            // Only the unpermuted data reaches the highest voxel: p = 1/20, -log10 = 1.30103.
            let highest = Fixture.twoBlobs.indices.max { Fixture.twoBlobs[$0] < Fixture.twoBlobs[$1] }!
            let p = Fixture.mask.gather(try image("p_level-voxel_corr-FWE_tail-positive").volume())
            let log = Fixture.mask.gather(try image("logp_level-voxel_corr-FWE_tail-positive").volume())
            #expect(p[highest] == 0.05)
            #expect(abs(log[highest] - 1.30103) < 1e-5)

            // Above zero 2.9 is the largest of chance, below 1.9: what exceeds it has p = 1/20, the rest more.
            let cut = try image("z_desc-thresholded_level-voxel_corr-FWE")
            #expect(cut.intent.code == 5)
            for (value, z) in zip(Fixture.mask.gather(cut.volume()), Fixture.twoBlobs) {
                #expect(value == (z > 2.90001 || z < -1.90001 ? z : 0))
            }
            let sidecar = try JSONDecoder().decode(
                [String: String].self,
                from: Data(contentsOf: URL(fileURLWithPath: model + "p_desc-tfce_corr-FWE_tail-negative.json")))
            #expect(sidecar["Permutations"] == "20")
            #expect(sidecar["Tails"] == "each on its own")
        }
    }

    @Test("null.tsv has a row per permutation, the unpermuted data as 0, in the shortest text")
    func null() throws {
        try Fixture.inTemporaryFolder { folder in
            _ = try ResultFolder(folder + "/out").write(Fixture.run([tested]))
            let text = try String(contentsOfFile: folder + "/out/tested/null.tsv", encoding: .utf8)
            let lines = text.split(separator: "\n").map(String.init)
            #expect(lines.count == 21)
            #expect(
                lines[0] == "permutation\tmax_z_positive\tmax_tfce_positive\tmax_size_positive\tmax_mass_positive"
                    + "\tmax_z_negative\tmax_tfce_negative\tmax_size_negative\tmax_mass_negative")
            #expect(lines[1].hasPrefix("0\t"))
            #expect(lines[2] == "1\t1.1\t10\t20\t2\t0.1\t10\t20\t2")
        }
    }

    @Test("without a test there are no corrected maps, no null and no word of a test that was made")
    func untested() throws {
        try Fixture.inTemporaryFolder { folder in
            let record = try ResultFolder(folder + "/out").write(Fixture.run([Fixture.findings(Fixture.twoBlobs)]))
            let files = try FileManager.default.contentsOfDirectory(atPath: folder + "/out/mean")
            #expect(!files.contains { $0.contains("FWE") || $0.contains("tfce") || $0 == "null.tsv" })
            #expect(record.result.models[0].permutationTest == nil)
        }
        let page = try page([Fixture.findings(Fixture.twoBlobs)])
        #expect(page.contains("no permutation test was carried out"))
        #expect(!page.contains("The permutation test"))
        #expect(!page.contains("10.1016/j.neuroimage.2008.03.061"))
        #expect(!page.contains("10.1016/j.neuroimage.2014.01.060"))
    }

    @Test("peaks carry corrected p of every statistic in the direction of their cluster")
    func columns() throws {
        let table = ClusterTables(tested, places: .none).clusters
        let column = try #require(table.header.firstIndex(of: "p_fwe_voxel"))
        #expect(
            Array(table.header[column...column + 3]) == ["p_fwe_voxel", "p_fwe_tfce", "p_fwe_size", "p_fwe_mass"])
        // Both peaks exceed what chance gives in their own tail: 1/20.
        #expect(table.rows.map { $0[column] } == ["0.05", "0.05"])
    }

    @Test("run.json says how many permutations there were, whether all, and the smallest p")
    func record() throws {
        try Fixture.inTemporaryFolder { folder in
            let few = Fixture.tested(Fixture.twoBlobs, permutations: 8, isExhaustive: true)
            _ = try ResultFolder(folder + "/out").write(Fixture.run([few]))
            let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/out/run.json"))
            let test = try #require(
                try JSONDecoder().decode(RunRecord.self, from: data).result.models[0].permutationTest)
            #expect(test.permutations == 8)
            #expect(test.smallestP == 0.125)
            #expect(test.isExhaustive)
        }
    }

    @Test("the report lists what survives, calls the test experimental and draws each null with a text")
    func survivors() throws {
        let page = try page([tested])
        #expect(page.contains("<caption>Clusters at p(FWE) ≤ 0.05 (voxel height z), described at their peaks"))
        #expect(page.contains("<span class=\"tag\">experimental</span>"))
        #expect(page.contains("the smallest attainable p is 0.05"))
        #expect(page.contains("each tested on their own (one-tailed)"))
        #expect(page.components(separatedBy: "<svg class=\"null\"").count - 1 == 8)
        // Needed: more than the largest of chance, so the observed maximum itself.
        #expect(page.contains("Histogram of the largest voxel height z, below zero, over 20 permutations: observed "))
        #expect(page.contains("10.1016/j.neuroimage.2008.03.061"))
        #expect(page.contains("10.1016/j.neuroimage.2014.01.060"))
        // The exploratory clusters stay, as such.
        #expect(page.contains("(exploratory, uncorrected one-tailed p)"))
    }

    @Test("that nothing survived is said plainly, and when nothing could have")
    func nothing() throws {
        let weak = try page([Fixture.tested(Fixture.blob(1, at: .zero), permutations: 20)])
        #expect(weak.contains("Nothing survived the correction: no effect has a p(FWE) ≤ 0.05 (voxel height z)."))
        #expect(!weak.contains("<caption>Clusters at p(FWE)"))
        #expect(!weak.contains("can reach p ≤ 0.05"))

        let few = try page([Fixture.tested(Fixture.twoBlobs, permutations: 8, isExhaustive: true)])
        #expect(few.contains("Nothing survived the correction"))
        #expect(few.contains("All 8 permutations that are distinct were used; the smallest attainable p is 0.125."))
        #expect(few.contains("with these few participants no result, however strong, can reach p ≤ 0.05"))
        #expect(few.contains("cannot be reached"))
    }

    @Test("where neither data nor relocations have a value of one sign, the null says that nobody reports it")
    func emptyDirection() throws {
        let statistics = MaximumStatistics(
            tfce: ThresholdFreeClusterEnhancement(table: NeighbourTable(Fixture.mask, .faces)),
            clusterTable: NeighbourTable(Fixture.mask, .edges), clusterForming: 3.0902)
        var scratch = MaximumStatistics.Scratch()
        let z = Fixture.blob(5, at: .zero)
        let rows = (1..<20).map { k in
            // A quarter, so that no observed size is the same as one of chance.
            NullDistribution.Maxima(positive: SIMD4<Float>(repeating: Float(k) + 0.25), negative: .zero)
        }
        let null = NullDistribution([statistics(z, scratch: &scratch)] + rows)
        func told(_ experiments: [Experiment]) throws -> String {
            var findings = Fixture.tested(z, permutations: 20, experiments: experiments)
            findings.result.settings.methods = [.effects]
            findings.result.familyWise = FamilyWiseResult(
                observed: z, null: null, statistics: statistics, isExhaustive: false, kind: .relocations,
                isTwoTailed: false, instructions: .baseline)
            return try page([findings])
        }
        let increases = try told([Fixture.experiment("a1"), Fixture.experiment("c3", peaks: [])])
        // Four statistics, in the table.
        #expect(increases.components(separatedBy: ">no experiment reports this direction</td>").count == 5)
        #expect(!increases.contains("cannot be reached"), "as if a decrease had been reported in vain")
        let both = try told(Fixture.experiments)
        #expect(!both.contains("no experiment reports this direction"), "b2 reports a decrease")
        #expect(both.components(separatedBy: ">there is none, neither observed nor by chance</td>").count == 5)
    }

    @Test("two tails share one null per statistic, and the page says so")
    func twoTailed() throws {
        let page = try page([Fixture.tested(Fixture.twoBlobs, permutations: 20, isTwoTailed: true)])
        #expect(page.components(separatedBy: "<svg class=\"null\"").count - 1 == 4)
        #expect(page.contains("above and below zero together (two-tailed)"))
        #expect(page.contains("whose largest statistic in either direction"))
    }

    @Test("the methods name only the ways of permuting that the experiments needed, and the settings used")
    func methods() throws {
        let both = try page([tested])
        #expect(both.contains("random sign flips of the subjects in one-sample"))
        #expect(both.contains("random relabelling of the subjects"))
        #expect(both.contains("integrated exactly"))
        #expect(both.contains("cluster-forming p &lt; 0.001"))

        var settings = Settings.sdmPSI
        settings.compatibility = .sdm621
        let paired = try page([
            Fixture.tested(
                Fixture.twoBlobs, permutations: 20, settings: settings,
                experiments: Fixture.experiments.filter { $0.n2 == 0 })
        ])
        #expect(paired.contains("random sign flips of the subjects in one-sample"))
        #expect(!paired.contains("relabelling"))
        #expect(paired.contains("summed over 100 steps as in SDM-PSI 6.21"))
        #expect(paired.contains("keep unit variance"))
    }

    /// The fixture's test with one by base rates beside it: the same nulls, plain and standardised, so that p are twice as large.
    private func compared() throws -> ModelFindings {
        var findings = tested
        let null = try #require(findings.result.familyWise).null
        let statistics = MaximumStatistics(
            tfce: ThresholdFreeClusterEnhancement(table: NeighbourTable(Fixture.mask, .faces)),
            clusterTable: NeighbourTable(Fixture.mask, .edges), clusterForming: 3.0902)
        func test(_ standardised: (observed: [Float], null: NullDistribution)?) -> FamilyWiseResult {
            FamilyWiseResult(
                observed: Fixture.twoBlobs, null: null, standardised: standardised, statistics: statistics,
                isExhaustive: false, kind: .relocations, isTwoTailed: false, instructions: .baseline)
        }
        findings.result.familyWise = test(nil)
        findings.result.baseRate = test((Fixture.twoBlobs, null))
        findings.result.settings.correctedStatistic = .voxel
        findings.result.settings.methods = [.effects]
        findings.result.settings.relocate = .both
        return findings
    }

    @Test("a test by base rates stands beside the uniform one: maps, columns, null, record, and in words")
    func baseRates() throws {
        let findings = try compared()
        try Fixture.inTemporaryFolder { folder in
            _ = try ResultFolder(folder + "/out").write(Fixture.run([findings]))
            let model = folder + "/out/tested/"
            let highest = try #require(Fixture.twoBlobs.indices.max { Fixture.twoBlobs[$0] < Fixture.twoBlobs[$1] })
            for (name, p) in [("", Float(0.05)), ("_method-baserate", 0.1)] {
                let image = try NIfTIImage(contentsOf: "\(model)p_level-voxel_corr-FWE\(name)_tail-positive.nii.gz")
                #expect(Fixture.mask.gather(image.volume())[highest] == p)
            }
            let sidecar = try String(
                contentsOfFile: model + "p_desc-tfce_corr-FWE_method-baserate_tail-negative.json", encoding: .utf8)
            #expect(sidecar.contains("where publications at large print theirs") && sidecar.contains("\"0.1\""))
            let peaks = try String(contentsOfFile: model + "peaks_corr-FWE.tsv", encoding: .utf8)
                .split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
            let plain = try #require(peaks[0].firstIndex(of: "p_fwe_voxel"))
            let other = try #require(peaks[0].firstIndex(of: "p_fwe_voxel_baserate"))
            #expect(peaks[1][plain] == "0.05" && peaks[1][other] == "0.1")
            let null = try String(contentsOfFile: model + "null_baserate.tsv", encoding: .utf8)
            #expect(null.hasPrefix("permutation\tmax_z_positive") && null.contains("\tmax_standardised_z_positive"))
            let record = try String(contentsOfFile: folder + "/out/run.json", encoding: .utf8)
            #expect(record.contains("\"baseRateTest\""))
            let page = try String(contentsOfFile: folder + "/out/report.html", encoding: .utf8)
            #expect(page.contains("p by base rates") && page.contains("beyond the brain"))
            #expect(page.contains("have p ≤ 0.05 by base rates too"))
            #expect(page.contains("10.1038/nmeth.1635"))
        }
    }

    @Test("where base rates are the test, its p are in the tables, and both parts of it are drawn")
    func baseRateAlone() throws {
        var findings = try compared()
        findings.result.familyWise = findings.result.baseRate
        findings.result.baseRate = nil
        findings.result.settings.relocate = .baseRate
        let text = try page([findings])
        #expect(text.contains("Agreement test by base rates") && text.contains("standardised"))
        #expect(text.contains("twice the smaller of two"))
        #expect(!text.contains("p by base rates") && !text.contains("_method-baserate"))
    }
}
