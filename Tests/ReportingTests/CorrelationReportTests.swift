import Evidence
import Foundation
import Imaging
import Reporting
import SeedBasedMapping
import Testing

@Suite("Correlations and shared samples in the results")
struct CorrelationReportTests {
    private static func findings() -> ModelFindings {
        var findings = Fixture.tested(Fixture.twoBlobs, name: "predictors", permutations: 20)
        for index in findings.result.experiments.indices {
            findings.result.experiments[index].measure = .correlation
            findings.result.experiments[index].n2 = 0
        }
        return findings
    }

    private func written<T>(_ findings: ModelFindings, _ body: (String) throws -> T) throws -> T {
        try Fixture.inTemporaryFolder { folder in
            _ = try ResultFolder(folder + "/out").write(Fixture.run([findings]))
            return try body(folder + "/out")
        }
    }

    @Test("A model of correlations has maps of r and of Fisher's z instead of g, r = tanh z")
    func maps() throws {
        try written(Self.findings()) { folder in
            let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/predictors")
            #expect(names.contains("r.nii.gz") && names.contains("fisherz.nii.gz") && !names.contains("g.nii.gz"))
            let r = Fixture.mask.gather(try NIfTIImage(contentsOf: folder + "/predictors/r.nii.gz").volume())
            let z = Fixture.mask.gather(try NIfTIImage(contentsOf: folder + "/predictors/fisherz.nii.gz").volume())
            for (r, z) in zip(r, z) { #expect(abs(Double(r) - tanh(Double(z))) < 1e-6) }
            #expect(z == Fixture.maps(Fixture.twoBlobs).g)
        }
    }

    @Test("Tables, page and method speak of correlations; the interval is that of Fisher's z turned back")
    func words() throws {
        try written(Self.findings()) { folder in
            let table = try String(contentsOfFile: folder + "/predictors/clusters.tsv", encoding: .utf8)
                .split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
            let row = Dictionary(zip(table[0], table[1]), uniquingKeysWith: { first, _ in first })
            #expect(row["g"] == nil)
            let z = try #require(row["z"].flatMap(Double.init))
            // The fixture's effect is z/8, its standard error 1/8.
            for (column, value) in [("r", z), ("ci_low", z - 1.959964), ("ci_high", z + 1.959964)] {
                let found = try #require(row[column].flatMap(Double.init))
                #expect(abs(found - tanh(value / 8)) < 2e-4, "\(column)")
            }
            let page = try String(contentsOfFile: folder + "/report.html", encoding: .utf8)
            #expect(page.contains("z (Fisher, 1921), whose variance is 1/(n − 3)"))
            #expect(page.contains("shuffling of the predictor"))
            #expect(!page.contains("Hedges") && !page.contains("sign flips") && !page.contains("g.nii.gz"))
        }
    }

    @Test("The table of studies says what was done with a shared sample, and lists who was left out")
    func shared() throws {
        var findings = Fixture.findings(Fixture.twoBlobs)
        var twin = Fixture.experiment("t4", n1: 12)
        twin.sample = "a1"
        let both = [Fixture.experiments[0], twin]
        for (rule, words) in [
            (Settings.SharedSamples.combine, ["combined with t4", "", "", "combined with a1"]),
            (.precise, ["in place of t4", "", "", "left out: less precise than a1"]),
        ] {
            findings.result.sharedSamples = [SharedSample(sample: "a1", experiments: both, rule: rule)]
            findings.result.settings.samples = rule
            try written(findings) { folder in
                let rows = try String(contentsOfFile: folder + "/mean/studies.tsv", encoding: .utf8)
                    .split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
                let column = try #require(rows[0].firstIndex(of: "shared_sample"))
                #expect(rows.dropFirst().map { String($0[column]) }.map { $0 == "n/a" ? "" : $0 } == words)
                let page = try String(contentsOfFile: folder + "/report.html", encoding: .utf8)
                #expect(page.contains(words[0]) && page.contains("Shared sample"))
                #expect(page.contains("Borenstein") == (rule == .combine))
            }
        }
    }
}
