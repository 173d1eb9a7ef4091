import Foundation
import TestSupport
import Testing

/// The cases on the reference shelf, as a person meets them at the command line.
@Suite("Cases of the shelf at the command line", .enabled(if: Shelf.file("cases") != nil, Shelf.absence))
struct CasesTests {
    private func path(_ name: String) throws -> String { try #require(Shelf.file("cases/\(name)")) }

    @Test(
        "check says what is right",
        arguments: [
            ("nimads-deactivation/studyset.json", 0, ["ticked as a deactivation"]),
            (
                "nimads-deactivation/no_values.json", 2,
                ["2 peaks have neither sign nor statistic", "all the other peaks"]
            ),
            ("nimads-url-and-filename/studyset.json", 0, []),
            ("table-thousands/all", 2, ["\"2,190\", which can be 2190 or 2.19", "studies.tsv:4"]),
            ("table-thousands/mixed", 2, ["\"1,250\", which can be 1250 or 1.25"]),
            ("table-thousands/partly", 2, ["\"13,650\""]),
            ("sleuth-two-sided/split", 0, ["[directions-apart]", "[one-group]", "--groups 18/18"]),
            ("participants-double/project", 0, ["shares_controls"]),
            ("sdm-ghost-rows/p", 0, []),
            ("whitematter-silent/project", 0, ["3 of 5 peaks lie more than 4 mm", "12.3 mm away", "4.5 mm away"]),
            ("sleuth-rtf/foci.txt", 2, ["rich-text document (RTF)", "plain text"]),
            ("sdm-old-suffix/mni", 0, [".spm_mni.txt, .fsl_mni.txt or .other_mni.txt"]),
            ("sdm-old-suffix/mni2tal", 0, ["mni2tal.txt of SDM before 4.31", ".spm_brett.txt or .fsl_brett.txt"]),
            ("sdm-old-suffix/tal", 0, [".other_tal.txt"]),
            ("map-background-9999/p", 2, ["Odd2015_t", "exactly -9999", "a background, not data"]),
            ("map-identity-sform/p", 2, ["Odd2015_t", "does not say where its voxels are"]),
            ("map-inf/p", 2, ["Odd2015_t", "is infinite at", "not missing"]),
            ("map-name-t-header-z/p", 2, ["Odd2015_t", "taken as t, but its header says z"]),
            ("map-talairach-code/p", 2, ["Odd2015_t", "Talairach", "set the code to 4"]),
            ("map-thresholded/p", 2, ["looks thresholded at 3.1", "cuneus image peaks", "t_thr"]),
            ("maps-pair-ignored/with_peaks", 0, ["map-resampled"]),
            ("maps-pair-ignored/without_peaks", 0, ["map-resampled"]),
            ("maps-pair-ignored/sdm", 0, ["map-resampled"]),
        ] as [(String, Int32, [String])])
    func check(_ name: String, _ code: Int32, _ told: [String]) throws {
        let outcome = try cuneus("check", try path(name))
        #expect(outcome.code == code, "\(outcome.output)\(outcome.complaint)")
        for words in told {
            #expect((outcome.output + outcome.complaint).contains(words), "\(outcome.output)\(outcome.complaint)")
        }
    }

    @Test("whitematter-silent: check offers the white-matter mask, and with it the deep peaks are inside")
    func whiteMatter() throws {
        let project = try path("whitematter-silent/project")
        #expect(try cuneus("check", project).output.contains("set mask: white_matter"))
        let outcome = try cuneus("check", project, "--set", "mask=white_matter")
        #expect(outcome.code == 0, "\(outcome.output)\(outcome.complaint)")
        #expect(outcome.output.contains("1 of 5 peaks lies more than 4 mm"), "\(outcome.output)")
        #expect(outcome.output.contains("(0, 34, 28) of \"C\"") && outcome.output.contains("[isotropic-kernels]"))
    }

    @Test(
        "sdm-conjunction: what two models have in common is a map, a table and a line; of foci alone, too"
    )
    func conjunction() throws {
        let project = try path("sdm-conjunction/project")
        var files: [String: String] = [:]
        for name in ["cuneus.yaml", "peaks.tsv", "studies.tsv"] {
            files["p/\(name)"] = try String(contentsOfFile: "\(project)/\(name)", encoding: .utf8)
        }
        files["p/cuneus.yaml", default: ""] += "\nconjunction: [gmv, fun]\n"
        let scratch = try Scratch(files)
        let outcome = try cuneus(
            "run", "p", "--out", "r", "--set", "relocations=0", "--set", "permutations=0", "--set", "voxel_size=6",
            "--skip-trust", "--quiet", in: scratch.path)
        #expect(outcome.code == 0, "\(outcome.complaint)")
        #expect(outcome.output.contains("gmv and fun in common"), "\(outcome.output)")
        // Study A gave both models an experiment.
        #expect(outcome.output.contains("1 sample of people is in more than one of these models"))
        for name in ["z_desc-conjunction.nii.gz", "z_desc-union.nii.gz", "clusters.tsv"] {
            #expect(FileManager.default.fileExists(atPath: "\(scratch.path)/r/conjunction_gmv_fun/\(name)"))
        }
        let foci = try cuneus(
            "run", "p", "--out", "q", "--method", "ale", "--set", "foci_iterations=100", "--set", "voxel_size=6",
            "--quiet",
            in: scratch.path)
        #expect(foci.code == 0, "\(foci.complaint)")
        #expect(foci.output.contains("gmv and fun in common"), "\(foci.output)")
        for name in ["p_desc-conjunction_corr-FWE.nii.gz", "z_desc-conjunctionThresholded.nii.gz", "clusters.tsv"] {
            #expect(FileManager.default.fileExists(atPath: "\(scratch.path)/q/conjunction_gmv_fun/\(name)"))
        }
    }

    @Test(
        "image-tools-unchecked: convert and peaks refuse what check refuses, and write nothing",
        arguments: [
            ("two_volumes", "2 volumes"), ("no_codes", "does not say where its voxels are"),
            ("header_says_F", "its header says F"), ("talairach", "Talairach"), ("header_says_df99", "99"),
            ("z_large", "beyond 38.5"),
        ])
    func imageTools(_ name: String, _ words: String) throws {
        let image = try path("image-tools-unchecked/\(name).nii.gz")
        let scratch = try Scratch()
        let statistic = name == "z_large" ? "z" : "t"
        let convert = try cuneus(
            "image", "convert", image, "--from", statistic, "--to", "g", "--n1", "20", "--out", "g.nii.gz",
            in: scratch.path)
        #expect(convert.code == 2 && convert.complaint.contains(words), "\(convert.complaint)")
        #expect(scratch.files("").isEmpty)
        // Of peaks nobody says how many people there were.
        if name == "header_says_df99" { return }
        let peaks = try cuneus(
            "image", "peaks", image, "--threshold", "3", "--experiment", "a", "--statistic", statistic, in: scratch.path
        )
        #expect(peaks.code == 2 && peaks.output.isEmpty && peaks.complaint.contains(words), "\(peaks.complaint)")
    }

    @Test("map-thresholded: its peaks can be had by the command that the refusal offers")
    func thresholded() throws {
        let outcome = try cuneus(
            "image", "peaks", try path("map-thresholded/p/maps/Odd2015_t.nii.gz"), "--threshold", "3.1", "--experiment",
            "Odd2015")
        #expect(outcome.code == 0 && outcome.output.hasPrefix("Odd2015\t"), "\(outcome.complaint)")
    }

    @Test("sleuth-excel-quotes: fit for ALE as it is; signed methods ask for the sign")
    func excelQuotes() throws {
        let foci = try path("sleuth-excel-quotes/foci.txt")
        #expect(try cuneus("check", foci, "--method", "ale").code == 0)
        #expect(try cuneus("check", foci, "--sign", "positive").code == 0)
        let signless = try cuneus("check", foci)
        #expect(signless.code == 2 && signless.output.contains("3 peaks have neither sign nor statistic"))
    }

    @Test("check --method ale asks for nothing that ALE does not need")
    func aleOnly() throws {
        let scratch = try Scratch(sleuthFiles)
        let outcome = try cuneus("check", "foci.txt", "--method", "ale", in: scratch.path)
        #expect(outcome.code == 0)
        for word in ["t_thr", "SDM", "--sign", "one-group"] {
            #expect(!outcome.output.contains(word), "\(outcome.output)")
        }
        #expect(outcome.output.contains("ALE needs 17"))
    }

    @Test("sleuth-two-sided: two files with their signs are one analysis")
    func twoSided() throws {
        let folder = try path("sleuth-two-sided")
        let outcome = try cuneus("check", "inc.txt:+", "dec.txt:-", in: folder)
        #expect(outcome.code == 0, "\(outcome.output)\(outcome.complaint)")
        #expect(
            outcome.output.contains("1 experiment stands in inputs of both signs")
                && outcome.output.contains("Lee_2015"))
        #expect(outcome.output.contains("model \"mean\" has 3 experiments"))
    }

    @Test(
        "extract-ignores-method: refused, since the pooled value would not be the method's",
        arguments: ["ibma-dl", "ale"])
    func extract(_ method: String) throws {
        let project = try path("extract-ignores-method/project")
        let outcome = try cuneus(
            "extract", project, "--at=-2,-16,18", "--method", method, "--set", "mask=\(project)/roi.nii.gz", "--set",
            "samples=separate")
        #expect(outcome.code == 2 && outcome.output.isEmpty)
        #expect(outcome.complaint.contains(method), "\(outcome.complaint)")
    }

    @Test("samplesize-aborts: the others are run and kept; the message names model, experiments and remedy")
    func sampleSize() throws {
        let project = try path("samplesize-aborts/project")
        let scratch = try Scratch()
        let methods = ["--method", "ibma-stouffer", "--method", "ibma-dl", "--method", "ibma-samplesize"]
        let options = methods + ["--set", "mask=\(project)/roi.nii.gz", "--set", "voxel_size=4"]
        let check = try Command(["check", project] + options, in: scratch.path).wait()
        #expect(check.code == 0)
        let run = try Command(["run", project, "--out", "o", "--skip-trust"] + options, in: scratch.path).wait()
        #expect(run.code == 0, "\(run.complaint)")
        for text in [check.output, run.output] {
            for word in ["model \"mean\"", "\"S1\", \"S2\"", "samples: precise", "samples: separate"] {
                #expect(text.contains(word), "\(text)")
            }
        }
        for method in ["ibma-stouffer", "ibma-dl"] { #expect(scratch.exists("o/mean/\(method)/clusters.tsv")) }
        #expect(!scratch.exists("o/mean/ibma-samplesize"))
        let apart = try Command(
            ["run", project, "--out", "p", "--skip-trust", "--set", "samples=separate"] + options, in: scratch.path
        ).wait()
        #expect(apart.code == 0 && scratch.exists("p/mean/ibma-samplesize/clusters.tsv"), "\(apart.complaint)")
    }

    @Test("stale-folder: what the second run did not write is set aside, with a word")
    func stale() throws {
        let scratch = try Scratch()
        for name in ["studies.tsv", "peaks.tsv"] {
            try scratch.write(
                "project/\(name)", try String(contentsOfFile: try path("stale-folder/project/\(name)"), encoding: .utf8)
            )
        }
        let run = ["run", "project", "--out", "o", "--skip-trust", "--method", "sdm-psi"]
        let coarse = ["--set", "voxel_size=8", "--set", "imputations=4"]
        let first = try Command(run + coarse + ["--set", "permutations=20"], in: scratch.path).wait()
        #expect(first.code == 0, "\(first.complaint)")
        #expect(scratch.exists("o/mean/clusters_corr-FWE.tsv"))
        for name in ["studies.tsv", "peaks.tsv"] {
            let lines = scratch.text("project/\(name)").split(separator: "\n").filter {
                !$0.hasPrefix("F_MDD") && !$0.hasPrefix("D_MDD")
            }
            try scratch.write("project/\(name)", lines.joined(separator: "\n") + "\n")
        }
        let second = try Command(run + coarse + ["--set", "permutations=0"], in: scratch.path).wait()
        #expect(second.code == 0, "\(second.complaint)")
        #expect(second.complaint.contains("of an earlier run") && second.complaint.contains("o/previous-"))
        #expect(!scratch.files("o/mean").contains { $0.contains("corr-FWE") })
        let moved = scratch.files("o").filter { $0.hasPrefix("previous-") }
        #expect(moved.contains { $0.hasSuffix("mean/clusters_corr-FWE.tsv") })
        // Nothing is lost, and what stays is what the record lists, with the texts beside its maps.
        let record = scratch.text("o/run.json")
        for name in scratch.files("o/mean") {
            let listed = name.hasSuffix(".json") ? String(name.dropLast(5)) + ".nii.gz" : name
            #expect(record.contains("mean/\(listed)"), "\(name)")
        }
        // The same again moves nothing.
        let third = try Command(run + coarse + ["--set", "permutations=0"], in: scratch.path).wait()
        #expect(third.code == 0 && !third.complaint.contains("earlier run"))
    }

    @Test("nothing-survived: the summary is about the corrected table where there is one")
    func corrected() throws {
        let scratch = try Scratch()
        let outcome = try Command(
            [
                "run", try path("nothing-survived/project"), "--model", "diff", "--out", "o", "--skip-trust",
                "--method", "sdm-psi",
                "--set", "voxel_size=8", "--set", "imputations=4", "--set", "permutations=40",
            ], in: scratch.path
        ).wait()
        #expect(outcome.code == 0, "\(outcome.complaint)")
        let rows = scratch.text("o/diff/clusters_corr-FWE.tsv").split(separator: "\n").count - 1
        if rows > 0 {
            #expect(outcome.output.contains("p(FWE) ≤ 0.05"))
            #expect(outcome.output.contains(": \(rows) cluster"))
            #expect(!outcome.output.contains("nothing survived"))
        } else {
            #expect(outcome.output.contains("Nothing survived the correction"))
        }
    }

    @Test("participants-double: one number in plan, console, report and record")
    func participants() throws {
        let project = try path("participants-double/project")
        let scratch = try Scratch()
        #expect(try cuneus("plan", project, "--model", "mean").output.contains("370 participants"))
        let run = try Command(
            ["run", project, "--model", "mean", "--out", "o"] + quick + ["--method", "sdm-psi"], in: scratch.path
        ).wait()
        #expect(run.code == 0, "\(run.complaint)")
        #expect(run.output.contains("mean: 8 experiments, 370 participants"))
        let report = scratch.text("o/report.html")
        #expect(report.contains("370 participants"))
        for other in ["410", "390"] { #expect(!report.contains("\(other) participants")) }
        #expect(scratch.text("o/run.json").replacing(" ", with: "").contains("\"participants\":370"))
    }
}
