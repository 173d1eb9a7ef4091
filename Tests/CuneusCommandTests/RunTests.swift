import Foundation
import Imaging
import TestSupport
import Testing

@Suite("cuneus run")
struct RunTests {
    private static let maps = [
        "H2", "I2", "Q", "fmi", "g", "p", "p_tail-negative", "p_tail-positive", "se", "tau2", "z",
    ]

    private func run(_ scratch: Scratch, _ arguments: String...) throws -> Command.Outcome {
        try Command(["run"] + arguments + quick, in: scratch.path).wait()
    }

    @Test("writes maps with sidecars, tables, report.html and run.json, and nothing else")
    func everything() throws {
        let scratch = try Scratch(nativeFiles)
        let outcome = try run(scratch, "p", "--out", "o")
        #expect(outcome.code == 0, "\(outcome.complaint)")
        #expect(outcome.output.contains("all: 5 experiments, 142 participants"))
        #expect(outcome.output.contains("o/report.html"))
        let model =
            (Self.maps.flatMap { ["\($0).json", "\($0).nii.gz"] } + [
                "clusters.tsv", "clusters_regions.tsv", "foci.tsv", "peaks.tsv", "studies.tsv",
            ])
        let expected =
            ["all", "rest"].flatMap { folder in model.map { "\(folder)/\($0)" } } + ["report.html", "run.json"]
            // Of a model with a cluster.
            + ["contributions", "evidence", "jackknife", "specificity", "trust"].map { "all/\($0).tsv" }
            + ["all/label.json", "all/label.nii.gz", "all/label.tsv", "all/plots.json"]
            + ["all/z_desc-thresholded.json", "all/z_desc-thresholded.nii.gz"]
        #expect(scratch.files("o") == expected.sorted())
        #expect(scratch.text("o/report.html").contains("</html>"))
        #expect(scratch.text("o/rest/studies.tsv").contains("Able2001"))
        #expect(!scratch.text("o/rest/studies.tsv").contains("Baker2002"))
    }

    @Test("findings are judged: each with its class, its jackknife, and contributions that sum to 1")
    func judged() throws {
        let scratch = try Scratch(nativeFiles)
        let outcome = try run(
            scratch, "p", "--model", "all", "--out", "o", "--set", "threshold_p=0.3", "--set", "extent=1", "--set",
            "peak_z=0")
        #expect(outcome.code == 0, "\(outcome.complaint)")
        func rows(_ name: String) -> [[Substring]] {
            scratch.text("o/all/\(name)").split(separator: "\n").dropFirst().map {
                $0.split(separator: "\t", omittingEmptySubsequences: false)
            }
        }
        let findings = rows("trust.tsv").count
        #expect(findings > 0)
        #expect(Set(rows("jackknife.tsv").map { $0[0] }).count == findings)
        #expect(rows("jackknife.tsv").allSatisfy { $0[6] == "yes" || $0[6] == "no" })
        let contributions = rows("contributions.tsv")
        for finding in Set(contributions.map { $0[0] }) {
            let parts = contributions.filter { $0[0] == finding }.compactMap { Double($0[2]) }
            #expect(parts.count == 5 && abs(parts.reduce(0, +) - 1) < 5e-4)
        }
        #expect(scratch.text("o/report.html").contains("How far to trust each finding"))
        #expect(try run(scratch, "p", "--model", "all", "--out", "q", "--skip-trust").code == 0)
        #expect(!scratch.exists("q/all/trust.tsv"))
    }

    @Test("the maps say what they are and lie on the grid of the settings")
    func intents() throws {
        let scratch = try Scratch(nativeFiles)
        #expect(try run(scratch, "p", "--model", "all", "--out", "o").code == 0)
        // NIfTI-1: 5 z score, 22 p value, 1001 estimate.
        let codes = ["z": 5, "p": 22, "p_tail-negative": 22, "p_tail-positive": 22]
        for name in Self.maps {
            let image = try scratch.map("o/all/\(name).nii.gz")
            #expect(image.intent.code == codes[name] ?? 1001, "\(name)")
            #expect(image.count == 1)
            #expect(image.grid == Grid.mni(voxelSize: 8), "\(name)")
            #expect(image.volume().values.contains { $0.isFinite && $0 != 0 && $0 != 1 }, "\(name) is empty")
            let sidecar = try scratch.json("o/all/\(name).json")
            #expect(sidecar["Description"] is String && sidecar["Units"] is String, "\(name)")
        }
        let (g, se) = (try scratch.map("o/all/g.nii.gz").volume(), try scratch.map("o/all/se.nii.gz").volume())
        let z = try scratch.map("o/all/z.nii.gz").volume()
        for index in z.values.indices where se.values[index] > 0 {
            #expect(abs(z.values[index] - g.values[index] / se.values[index]) < 1e-3)
        }
        // All five experiments increase here, or were silent.
        let voxel = try #require(g.grid.nearestVoxel(to: [-42, 26, 0]))
        #expect(g[voxel] > 0.3)
    }

    @Test("the same input, settings and seed give the same bytes for any number of threads, and again")
    func reproducible() throws {
        let scratch = try Scratch(nativeFiles)
        for (folder, threads) in [("a", "1"), ("b", "2"), ("c", "5"), ("d", "2")] {
            let outcome = try run(scratch, "p", "--model", "all", "--bounds", "--threads", threads, "--out", folder)
            #expect(outcome.code == 0)
        }
        let files = scratch.files("a")
        for other in ["b", "c", "d"] {
            #expect(scratch.files(other) == files)
            for file in files where file != "run.json" && file != "report.html" {
                #expect(scratch.bytes("a/\(file)") == scratch.bytes("\(other)/\(file)"), "\(other)/\(file)")
            }
            func record(_ folder: String) throws -> Data {
                var json = try scratch.json("\(folder)/run.json")
                #expect(json.removeValue(forKey: "machine") != nil)
                return try JSONSerialization.data(withJSONObject: json, options: .sortedKeys)
            }
            #expect(try record("a") == record(other))
        }
        #expect(try run(scratch, "p", "--model", "all", "--set", "seed=8", "--out", "e").code == 0)
        #expect(scratch.bytes("e/all/z.nii.gz") != scratch.bytes("a/all/z.nii.gz"))
    }

    @Test("the report differs between runs in nothing but the facts of the machine")
    func reproducibleReport() throws {
        let scratch = try Scratch(nativeFiles)
        for folder in ["a", "b"] {
            let outcome = try run(scratch, "p", "--model", "all", "--threads", "2", "--out", folder)
            #expect(outcome.code == 0)
        }
        let (a, b) = (scratch.text("a/report.html"), scratch.text("b/report.html"))
        let lines = zip(a.components(separatedBy: "\n"), b.components(separatedBy: "\n")).filter { $0 != $1 }
        #expect(a.components(separatedBy: "\n").count == b.components(separatedBy: "\n").count)
        for (line, _) in lines { #expect(line.count < 4000, "\(line.prefix(300))") }
        #expect(lines.count < 12)
    }

    @Test("--set is recorded in run.json, wins over the plan, and has an effect")
    func settings() throws {
        let scratch = try Scratch(nativeFiles)
        let outcome = try run(
            scratch, "p", "--model", "all", "--set", "seed=11", "--set", "compat=sdm621", "--out", "o")
        #expect(outcome.code == 0)
        let result = try #require(try scratch.json("o/run.json")["result"] as? [String: Any])
        let given = try #require(result["commandLineSettings"] as? [[String: String]])
        #expect(
            given.map { "\($0["key"] ?? "")=\($0["value"] ?? "")" }
                == ["seed=11", "compat=sdm621", "method=sdm-psi", "voxel_size=8", "imputations=4", "permutations=0"])
        let model = try #require((result["models"] as? [[String: Any]])?.first)
        let used = try #require(model["settings"] as? [String: String])
        #expect(used["seed"] == "11" && used["compat"] == "sdm621")
        #expect(used["voxel_size"] == "8" && used["imputations"] == "4" && used["permutations"] == "0")
        #expect(try scratch.map("o/all/g.nii.gz").grid.affine.voxelSize == [8, 8, 8])
    }

    @Test("--model picks models, in the order given")
    func models() throws {
        let scratch = try Scratch(nativeFiles)
        #expect(try run(scratch, "p", "--model", "rest", "--out", "o").code == 0)
        #expect(!scratch.exists("o/all"))
        #expect(scratch.exists("o/rest/g.nii.gz"))
    }

    @Test("--bounds writes two maps per experiment, the lower never above the upper")
    func bounds() throws {
        let scratch = try Scratch(nativeFiles)
        #expect(try run(scratch, "p", "--model", "rest", "--bounds", "--out", "o").code == 0)
        #expect(
            scratch.files("o/rest/bounds")
                == ["Able2001", "Cole2003", "Dorn2004"].flatMap { ["\($0)_lower.nii.gz", "\($0)_upper.nii.gz"] })
        for experiment in ["Able2001", "Cole2003", "Dorn2004"] {
            let lower = try scratch.map("o/rest/bounds/\(experiment)_lower.nii.gz").volume().values
            let upper = try scratch.map("o/rest/bounds/\(experiment)_upper.nii.gz").volume().values
            #expect(zip(lower, upper).allSatisfy { $0 <= $1 })
            #expect(zip(lower, upper).contains { $0 < $1 })
        }
    }

    @Test("runs an SDM folder, which gets one model, mean")
    func sdm() throws {
        let scratch = try Scratch(sdmFiles)
        let outcome = try run(scratch, "s", "--out", "o")
        #expect(outcome.code == 0, "\(outcome.complaint)")
        #expect(scratch.exists("o/mean/z.nii.gz"))
        #expect(outcome.output.contains("mean: 3 experiments"))
    }

    @Test("runs a Sleuth text once the sign is said; with the other sign the effect is the other way")
    func sleuth() throws {
        let scratch = try Scratch(sleuthFiles)
        for sign in ["positive", "negative"] {
            let outcome = try run(scratch, "foci.txt", "--sign", sign, "--out", sign)
            #expect(outcome.code == 0, "\(outcome.complaint)")
        }
        let g = try ["positive", "negative"].map { try scratch.map("\($0)/mean/g.nii.gz").volume() }
        let voxel = try #require(g[0].grid.nearestVoxel(to: [-42, 26, 0]))
        #expect(g[0][voxel] > 0.2 && g[1][voxel] < -0.2)
    }

    @Test("refuses a Sleuth text without --sign, and says how to go on")
    func sleuthWithoutSign() throws {
        let scratch = try Scratch(sleuthFiles)
        let outcome = try run(scratch, "foci.txt", "--out", "o")
        #expect(outcome.code == 2)
        #expect(outcome.complaint.contains("foci.txt:4") && outcome.complaint.contains("--sign"))
        #expect(scratch.files("o").isEmpty)
    }

    @Test("takes a t map beside peaks, on whatever grid: its bounds are g = J t / √n", arguments: [2.0, 3, 8])
    func statisticMap(_ voxelSize: Double) throws {
        let scratch = try Scratch(nativeFiles)
        try scratch.edit("p/studies.tsv", "Dorn2004\t30\t0\t3.4\tpeaks\trest", "Dorn2004\t30\t0\t\tmap\trest")
        try scratch.edit("p/peaks.tsv", "Dorn2004\t-40\t28\t-2\tmni\tt\t6.1\ttable 3\n", "")
        try scratch.edit("p/peaks.tsv", "Dorn2004\t46\t18\t2\tmni\tsign\tp\ttable 3\n", "")
        try scratch.writeMap(
            "p/maps/Dorn2004_t.nii.gz", value: 3, intent: .tTest(degreesOfFreedom: 29), voxelSize: voxelSize)
        let outcome = try run(scratch, "p", "--model", "rest", "--bounds", "--out", "o")
        #expect(outcome.code == 0, "\(outcome.complaint)")
        // J(29) = Γ(29/2) / (√(29/2) Γ(28/2)) = 0.973875, the closed form.
        let j = exp(lgamma(14.5) - lgamma(14)) / 14.5.squareRoot()
        let g = j * 3 / 30.0.squareRoot()
        // Every box of the MNI space has its first voxel here.
        let first: SIMD3<Double> = [90, -126, -72]
        for side in ["lower", "upper"] {
            let bounds = try scratch.map("o/rest/bounds/Dorn2004_\(side).nii.gz").volume()
            let inside = bounds.values.indices.filter { bounds.values[$0].isFinite && bounds.values[$0] != 0 }
            #expect(inside.count > 500)
            #expect(
                inside.allSatisfy { index in
                    let share = Scratch.share(at: bounds.grid.world(atIndex: index), from: first)
                    return abs(Double(bounds.values[index]) - g * share) < 1e-5
                })
        }
    }

    @Test("a second run into the same folder replaces the first; no temporary file is left")
    func again() throws {
        let scratch = try Scratch(nativeFiles)
        #expect(try run(scratch, "p", "--model", "rest", "--out", "o").code == 0)
        let first = scratch.bytes("o/rest/z.nii.gz")
        #expect(try run(scratch, "p", "--model", "rest", "--set", "seed=9", "--out", "o").code == 0)
        #expect(scratch.bytes("o/rest/z.nii.gz") != first)
        #expect(!scratch.files("o").contains { $0.hasSuffix(".tmp") || $0.contains("partial") })
    }

    @Test("goes on when messages cannot be shown: standard error on a full disk")
    func fullStandardError() throws {
        guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
        let scratch = try Scratch(nativeFiles)
        let run = try Command(
            ["run", "p", "--model", "rest", "--out", "o"] + quick, in: scratch.path, standardError: "/dev/full")
        #expect(run.wait().code == 0)
        #expect(scratch.exists("o/run.json"))
        let missing = try Command(["check", "nowhere"], in: scratch.path, standardError: "/dev/full")
        #expect(missing.wait().code == 2)
    }

    @Test("--quiet says nothing but the result")
    func quiet() throws {
        let scratch = try Scratch(nativeFiles)
        let outcome = try run(scratch, "p", "--model", "rest", "--quiet", "--out", "o")
        #expect(outcome.complaint.isEmpty)
        #expect(outcome.output.contains("rest: 3 experiments"))
    }

    @Test("runs the ultimatum project of the shelf as it is", .enabled(if: Shelf.isHere, Shelf.absence))
    func ultimatum() throws {
        let project = try #require(Shelf.file("data/ultimatum"))
        let scratch = try Scratch()
        let outcome = try run(scratch, project, "--out", "o")
        #expect(outcome.code == 0, "\(outcome.complaint)")
        #expect(scratch.exists("o/report.html"))
    }

    @Test(
        "finds no error in the shelf's projects", .enabled(if: Shelf.isHere, Shelf.absence),
        arguments: ["data/ultimatum", "oracle/sdm-psi/project"])
    func shelf(_ name: String) throws {
        let project = try #require(Shelf.file(name))
        let outcome = try cuneus("check", project)
        #expect(outcome.code == 0, "\(outcome.output.prefix(2000))")
    }
}
