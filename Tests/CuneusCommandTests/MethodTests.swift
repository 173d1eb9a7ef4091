import Foundation
import Imaging
import TestSupport
import Testing

/// `cuneus run --method`: the methods the field compares with, from the same command.
@Suite("cuneus run by other methods")
struct MethodTests {
    /// Eight experiments with a focus near one place each, no signs.
    private static let sleuth =
        "//Reference=MNI\n"
        + (1...8).map { n in
            "// Study \(n), 200\(n): task\n// Subjects=\(10 + n)\n\(-40 + n % 3)\t\(20 + n % 2)\t\(n % 3)\n\(10 * n - 40)\t-70\t30\n"
        }.joined(separator: "\n")

    private func run(_ scratch: Scratch, _ arguments: String...) throws -> Command.Outcome {
        try Command(
            ["run"] + arguments + ["--set", "voxel_size=4", "--set", "foci_iterations=200", "--quiet"],
            in: scratch.path
        ).wait()
    }

    @Test("foci without signs need no --sign for ALE and MKDA; maps have NiMARE's names")
    func coordinatesOnly() throws {
        let scratch = try Scratch(["foci.txt": Self.sleuth])
        let outcome = try run(scratch, "foci.txt", "--method", "ale", "--method", "mkda", "--out", "o")
        #expect(outcome.code == 0, "\(outcome.complaint)")
        for method in ["ale", "mkda"] {
            for name in [
                "stat", "z", "p", "logp", "z_level-voxel_corr-FWE_method-montecarlo",
                "z_desc-size_level-cluster_corr-FWE_method-montecarlo",
                "z_desc-mass_level-cluster_corr-FWE_method-montecarlo", "label", "z_desc-thresholded",
            ] {
                #expect(scratch.exists("o/mean/\(method)/\(name).nii.gz"), "\(method) \(name)")
                #expect(scratch.exists("o/mean/\(method)/\(name).json"), "\(method) \(name)")
            }
            let clusters = scratch.text("o/mean/\(method)/clusters.tsv")
            #expect(clusters.hasPrefix("cluster\tpeak\tdirection\tvoxels"))
            let label = try NIfTIImage(contentsOf: "\(scratch.path)/o/mean/\(method)/label.nii.gz").volume().values
            let kept = try NIfTIImage(contentsOf: "\(scratch.path)/o/mean/\(method)/z_desc-thresholded.nii.gz").volume()
                .values
            #expect(
                zip(label, kept).allSatisfy { ($0 > 0) == ($1 > 0) }, "z is kept where a cluster is, and nowhere else")
            let numbers = Set(label.filter { $0 > 0 }).count
            #expect(scratch.text("o/mean/\(method)/label.tsv").split(separator: "\n").count == numbers + 1)
            // The foci around −40, 20, 0 converge.
            #expect(clusters.split(separator: "\n").count > 1, "\(method)")
            #expect(scratch.text("o/mean/\(method)/contributions.tsv").contains("Study"))
        }
        #expect(scratch.text("o/mean/agreement.tsv").contains("ALE\tMKDA"))
        #expect(scratch.exists("o/mean/agreement.nii.gz"))
        // Nothing of SDM-PSI, which was not asked for.
        #expect(!scratch.exists("o/mean/g.nii.gz"))
        let report = scratch.text("o/report.html")
        #expect(report.contains("Methods side by side: mean") && report.contains("</html>"))
        #expect(report.contains("Eickhoff SB") && !report.contains("Albajes"))
        let result = try #require(try scratch.json("o/run.json")["result"] as? [String: Any])
        #expect((result["comparisons"] as? [[String: Any]])?.count == 1)
    }

    @Test("the same run twice writes the same bytes")
    func reproducible() throws {
        let scratch = try Scratch(["foci.txt": Self.sleuth])
        #expect(try run(scratch, "foci.txt", "--method", "ale", "--out", "a", "--threads", "1").code == 0)
        #expect(try run(scratch, "foci.txt", "--method", "ale", "--out", "b", "--threads", "2").code == 0)
        let files = scratch.files("a").filter { $0.hasSuffix(".gz") || $0.hasSuffix(".tsv") }
        #expect(files.count > 5)
        for file in files { #expect(scratch.bytes("a/\(file)") == scratch.bytes("b/\(file)"), "\(file)") }
    }

    @Test("SDM-PSI and ALE of one plan: both results, and what they share")
    func sideBySide() throws {
        let scratch = try Scratch(nativeFiles)
        let outcome = try Command(
            ["run", "p", "--model", "all", "--method", "sdm-psi", "--method", "ale", "--out", "o"] + quick
                + ["--set", "foci_iterations=100"],
            in: scratch.path
        ).wait()
        #expect(outcome.code == 0, "\(outcome.complaint)")
        #expect(scratch.exists("o/all/g.nii.gz"))
        #expect(scratch.files("o").contains { $0.hasPrefix("all/ale") && $0.hasSuffix("z.nii.gz") })
        #expect(scratch.text("o/all/agreement.tsv").contains("SDM-PSI\tALE"))
        #expect(outcome.output.contains("side by side"))
    }

    @Test("a plan names its methods in a list; a name that is none is refused at its line")
    func plan() throws {
        var files = nativeFiles
        let plan = try #require(files["p/cuneus.yaml"])
        files["p/cuneus.yaml"] = plan + "\n"
        files["q/studies.tsv"] = files["p/studies.tsv"]
        files["q/peaks.tsv"] = files["p/peaks.tsv"]
        files["q/cuneus.yaml"] = "models:\n  one:\n    method: [mkda, kda]\n"
        files["r/studies.tsv"] = files["p/studies.tsv"]
        files["r/peaks.tsv"] = files["p/peaks.tsv"]
        files["r/cuneus.yaml"] = "models:\n  one:\n    method: [mkda, gingerale]\n"
        let scratch = try Scratch(files)
        #expect(try run(scratch, "q", "--out", "o").code == 0)
        #expect(scratch.files("o").contains { $0.hasPrefix("one/kda") })
        let wrong = try run(scratch, "r", "--out", "x")
        #expect(wrong.code == 2)
        #expect(wrong.complaint.contains("cuneus.yaml:3") && wrong.complaint.contains("mkda-chi2"))
        #expect(!scratch.exists("x"))
    }

    @Test("experiments given as maps are pooled as images, means and slopes; those with peaks only are told")
    func images() throws {
        let rows = (1...6).map { "e\($0)\tS\($0)\t20\t\($0 < 6 ? "map" : "peaks")\t\($0)" }.joined(separator: "\n")
        let scratch = try Scratch([
            "p/studies.tsv": "experiment\tstudy\tn1\treport\tdose\n\(rows)\n",
            "p/peaks.tsv": "experiment\tx\ty\tz\tspace\tstat\tvalue\ne6\t0\t0\t0\tmni\tt\t4\n",
            "p/cuneus.yaml": """
            models:
              mean: {method: [ibma-dl, ibma-stouffer, ibma-permuted-ols]}
              slope:
                covariates: [dose]
                test: {covariate: dose}
                method: [ibma-fixed, ibma-stouffer]

            """,
        ])
        let grid = try #require(Grid.mni(voxelSize: 8))
        let centre = grid.world(try #require(grid.nearestVoxel(to: [-42, 26, 0])))
        for n in 1...5 {
            try scratch.writeMap(
                "p/maps/e\(n)_g.nii.gz", value: 0.1 * Float(n), intent: .estimate("g"), voxelSize: 8, centre: centre)
        }
        let outcome = try Command(
            ["run", "p", "--out", "o", "--quiet", "--set", "voxel_size=8", "--set", "foci_correction=voxel"],
            in: scratch.path
        ).wait()
        #expect(outcome.code == 0, "\(outcome.complaint)")
        func middle(_ name: String) throws -> Double {
            let volume = try scratch.map("o/\(name).nii.gz").volume(0)
            return Double(volume[try #require(volume.grid.nearestVoxel(to: [-42, 26, 0]))])
        }
        // g is 0.1 n with the variance 1/20 + K g² (Hedges 1981): tau2 is 0, the mean that of inverse variances.
        let j = exp(lgamma(9.5) - lgamma(9)) / 9.5.squareRoot()
        let k = 1 - 17 / (19 * j * j)
        let effects: [Double] = [0.1, 0.2, 0.3, 0.4, 0.5]
        let weights: [Double] = effects.map { g in 1 / (0.05 + k * g * g) }
        var sum = 0.0
        for (g, weight) in zip(effects, weights) { sum += weight * g }
        let mean = sum / weights.reduce(0, +)
        #expect(abs(try middle("mean/ibma-dl/est") - mean) < 1e-5)
        #expect(abs(try middle("slope/ibma-fixed/est") - 0.1) < 1e-5)
        #expect(try middle("mean/ibma-dl/dof") == 4)
        #expect(abs(try middle("mean/ibma-dl/tau2")) == 0)
        // All five agree in sign: of 2^5 sign flips two are as extreme.
        let smallest = try middle("mean/ibma-permuted-ols/p_level-voxel_corr-FWE_method-montecarlo")
        #expect(abs(smallest - 2.0 / 32) < 1e-6)
        #expect(!scratch.files("o").contains { $0.hasPrefix("slope/ibma-stouffer") })
        let report = scratch.text("o/report.html")
        #expect(report.contains("1 of 6 experiments have no whole-brain map"))
        #expect(report.contains("Stouffer has no covariates"))
        // A line and a picture of each of the five maps.
        #expect(report.contains("Statistic maps as used"))
        #expect(report.components(separatedBy: "Slices of the map of e").count == 6)
        #expect(report.components(separatedBy: "voxels of 8 × 8 × 8 mm").count == 6)
        #expect(report.contains("Hedges&#39; g from ") && report.contains("sform, MNI"))
    }

    /// Two groups of four experiments with a focus at one place, and one of each group's own.
    private static let groups: [String: String] = {
        var (studies, peaks) = ("experiment\tn1\treport\tgroup\n", "experiment\tx\ty\tz\tspace\tstat\tvalue\n")
        for n in 1...8 {
            studies += "e\(n)\t20\tpeaks\t\(n < 5 ? "a" : "b")\n"
            peaks += "e\(n)\t\(-40 + n % 3)\t\(20 + n % 2)\t\(n % 3)\tmni\tsign\tp\n"
            peaks += "e\(n)\t\(n < 5 ? 40 : 0)\t\(-60 + n % 2)\t30\tmni\tsign\tp\n"
        }
        return [
            "p/studies.tsv": studies, "p/peaks.tsv": peaks,
            "p/cuneus.yaml": """
            conjunction: [a, b]
            defaults: {method: ale}
            models:
              a: {filter: group == "a"}
              b: {filter: group == "b"}

            """,
        ]
    }()

    @Test("models of foci alone are joined: what two ALEs share is where both groups have foci, and nowhere else")
    func conjunction() throws {
        let scratch = try Scratch(Self.groups)
        let outcome = try run(scratch, "p", "--out", "o", "--set", "foci_correction=voxel")
        #expect(outcome.code == 0, "\(outcome.complaint)")
        let rows = scratch.text("o/conjunction_a_b/clusters.tsv").split(separator: "\n").map {
            $0.split(separator: "\t")
        }
        #expect(rows.first?.prefix(3).map(String.init) == ["cluster", "peak", "direction"])
        #expect(rows.count > 1, "the place of both groups is not found")
        for row in rows.dropFirst() {
            #expect(row[2] == "positive")
            #expect((Double(row[5]) ?? 0) < -30, "\(row)")
        }
        #expect(scratch.exists("o/conjunction_a_b/p_desc-conjunction_corr-FWE.nii.gz"))
        #expect(scratch.text("o/report.html").contains("What models have in common"))
    }

    @Test(
        "a filter takes experiments with a focus in a region of an atlas; a region that is none is told with the filter"
    )
    func region() throws {
        var files = Self.groups
        files["p/halves.tsv"] = "index\tname\n1\tright\n2\tleft\n"
        files["p/cuneus.yaml"] = """
            atlases:
              - {name: halves, image: halves.nii.gz, labels: halves.tsv}
            defaults: {method: ale}
            models:
              seed: {filter: 'focus_in("halves", "right")'}

            """
        let scratch = try Scratch(files)
        let grid = try #require(Grid.mni(voxelSize: 4))
        let values = (0..<grid.count).map { index -> Float in
            let x = grid.world(atIndex: index).x
            return x > 20 ? 1 : x < -20 ? 2 : 0
        }
        try NIfTIImage(Volume(grid: grid, values: values)).write(to: "\(scratch.path)/p/halves.nii.gz")
        let outcome = try cuneus("plan", "p", in: scratch.path)
        #expect(outcome.code == 0, "\(outcome.complaint)")
        // The foci of group a on the right.
        #expect(outcome.output.contains("4 of 8, 4 samples"), "\(outcome.output)")
        try scratch.edit("p/cuneus.yaml", "\"right\"", "\"rihgt\"")
        let wrong = try cuneus("plan", "p", in: scratch.path)
        #expect(wrong.code == 2)
        #expect(
            wrong.complaint.contains("focus_in") && wrong.complaint.contains("halves has no region 'rihgt'"),
            "\(wrong.complaint)")
    }

    @Test("where an experiment looked is told of methods that do not take it")
    func coverage() throws {
        var files = Self.groups
        files["p/studies.tsv"] = files["p/studies.tsv"]?.split(separator: "\n").enumerated().map { number, line in
            "\(line)\t\(number == 0 ? "coverage" : number == 1 ? "half.nii.gz" : "")\n"
        }.joined()
        let scratch = try Scratch(files)
        try scratch.writeMask("p/half.nii.gz", voxelSize: 4)
        let outcome = try cuneus("check", "p", in: scratch.path)
        #expect(outcome.output.contains("[coverage-ignored]"), "\(outcome.output)")
        #expect(outcome.output.contains("column coverage of \"e1\""), "\(outcome.output)")
        let effects = try cuneus("check", "p", "--method", "effects", in: scratch.path)
        #expect(!effects.output.contains("[coverage-ignored]"))
    }

    @Test("a method that fits no model is refused before anything is written")
    func unfit() throws {
        let scratch = try Scratch(["foci.txt": Self.sleuth])
        let outcome = try run(scratch, "foci.txt", "--method", "mkda-chi2", "--out", "o")
        #expect(outcome.code == 2)
        #expect(outcome.complaint.contains("compares two groups"))
        #expect(!scratch.exists("o"))
    }

    @Test(
        "names in the manner of BIDS and of SDM",
        arguments: [
            (
                "bids",
                "model-mean_alg-ale_space-MNI152NLin2009aSym_res-4_desc-size_level-cluster_corr-FWE_null-montecarlo_stat-z_statmap"
            ),
            ("sdm", "mean_ale_z_size_cluster_FWE_montecarlo"),
        ])
    func naming(_ scheme: String, _ name: String) throws {
        let scratch = try Scratch(["foci.txt": Self.sleuth])
        #expect(try run(scratch, "foci.txt", "--method", "ale", "--naming", scheme, "--out", "o").code == 0)
        #expect(scratch.exists("o/mean/ale/\(name).nii.gz"))
        #expect(scratch.exists("o/mean/ale/\(name).json"))
        // What BIDS asks for besides names.
        #expect(scratch.exists("o/dataset_description.json") == (scheme == "bids"))
        #expect(scratch.exists("o/mean/ale/clusters.json") == (scheme == "bids"))
    }
}
