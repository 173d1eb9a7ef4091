import Foundation
import Imaging
import Testing

@Suite("cuneus extract")
struct ExtractTests {
    private func extract(_ scratch: Scratch, _ arguments: String...) throws -> Command.Outcome {
        try Command(["extract", "p", "--model", "all"] + arguments + quick, in: scratch.path).wait()
    }

    /// Rows of a table by column.
    private func rows(_ text: String) -> [[String: String]] {
        let lines = text.split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
        guard let header = lines.first else { return [] }
        return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }
    }

    @Test("writes places, experiments and imputations; at a voxel the pooled values are those of the run's maps")
    func agreesWithMaps() throws {
        let scratch = try Scratch(nativeFiles)
        let outcome = try extract(
            scratch, "--at", "-42,26,0", "--at", "46, 18, 2", "--at", "-42,26,0", "--radius", "12", "--output", "o")
        #expect(outcome.code == 0, "\(outcome.complaint)")
        #expect(scratch.files("o") == ["experiments.tsv", "imputations.tsv", "places.tsv"])
        let spheres = rows(scratch.text("o/places.tsv"))
        #expect(spheres.count == 3 && spheres.allSatisfy { Int($0["voxels"] ?? "") ?? 0 > 1 })

        #expect(try extract(scratch, "--at", "-42,26,0", "--at", "46,18,2", "--output", "v").code == 0)
        #expect(try Command(["run", "p", "--model", "all", "--out", "r"] + quick, in: scratch.path).wait().code == 0)
        let places = rows(scratch.text("v/places.tsv"))
        #expect(places.map { $0["place"] } == ["-42,26,0", "46,18,2"])
        for place in places {
            let at = SIMD3(["x_mm", "y_mm", "z_mm"].map { Double(place[$0] ?? "") ?? .nan })
            for (column, map, tolerance) in [
                ("g", "g", 6e-5), ("se", "se", 6e-5), ("z", "z", 6e-4), ("tau2", "tau2", 6e-5), ("I2", "I2", 6e-3),
                ("Q", "Q", 6e-4), ("fmi", "fmi", 6e-5),
            ] {
                let volume = try scratch.map("r/all/\(map).nii.gz").volume(0)
                let voxel = try #require(volume.grid.nearestVoxel(to: at))
                let expected = Double(volume.values[volume.grid.index(voxel)])
                let found = Double(place[column] ?? "") ?? .nan
                // Printed decimals.
                #expect(abs(found - expected) < tolerance, "\(column): \(found), map \(expected)")
            }
            #expect(place["voxels"] == "1" && place["experiments"] == "5" && place["Q_df"] == "4")
        }
        let experiments = rows(scratch.text("v/experiments.tsv"))
        #expect(experiments.count == 10)
        #expect(experiments.first?["experiment"] == "Able2001" && experiments.first?["source"] == "peak")
        #expect(experiments.first { $0["experiment"] == "Cole2003" }?["source"] == "nothing")
        #expect(rows(scratch.text("v/imputations.tsv")).count == 2 * 5 * 4)
    }

    @Test("prints the tables without --output, and takes masks, regions and peaks")
    func places() throws {
        let scratch = try Scratch(nativeFiles)
        try scratch.edit(
            "p/cuneus.yaml", "defaults:",
            "atlases:\n  - {name: whole, image: whole.nii.gz, labels: whole.tsv}\ndefaults:")
        try scratch.writeMask("p/whole.nii.gz", value: 3)
        try scratch.write("p/whole.tsv", "index\tname\n3\tWhole brain\n")
        let outcome = try extract(
            scratch, "--mask", "p/whole.nii.gz", "--region", "whole:whole BRAIN", "--region", "Whole:3", "--peaks",
            "--set",
            "threshold_p=0.3", "--set", "extent=1")
        #expect(outcome.code == 0, "\(outcome.complaint)")
        let tables = outcome.output.components(separatedBy: "\n\n")
        #expect(tables.count == 2)
        let found = rows(tables[0])
        #expect(
            found.prefix(3).map { $0["place"] } == ["whole", "whole: Whole brain", "whole: Whole brain"])
        #expect(found[0]["voxels"] == found[1]["voxels"] && found[0]["g"] == found[1]["g"])
        #expect(found.count > 3 && found[3]["place"] == "cluster 1" && found[3]["voxels"] == "1")
        #expect(rows(tables[1]).count == 5 * found.count)
    }

    /// Five experiments of different length; a slope, and a prediction.
    private func dose() throws -> Scratch {
        var files = nativeFiles
        files["p/cuneus.yaml"] = """
            name: small
            models:
              dose:
                covariates: [weeks]
                test: {covariate: weeks}
                predict: [{name: ten, weeks: 10}]

            """
        files["p/studies.tsv"] = """
            experiment\tn1\tn2\tt_thr\treport\tweeks
            Able2001\t20\t0\t3.58\tpeaks\t6
            Baker2002\t15\t16\t3.4\tpeaks\t12
            Cole2003\t12\t0\t4.02\tnone\t8
            Dorn2004\t30\t0\t3.4\tpeaks\t16
            Eder2005\t25\t24\t3.27\tpeaks\t20

            """
        return try Scratch(files)
    }

    @Test(
        "a model with covariates gives every coefficient, adjusted mean and prediction at a place: those of the run's maps"
    )
    func regression() throws {
        let scratch = try dose()
        let outcome = try Command(
            ["extract", "p", "--at", "-42,26,0", "--at", "46,18,2", "--output", "o"] + quick, in: scratch.path
        ).wait()
        #expect(outcome.code == 0, "\(outcome.complaint)")
        #expect(outcome.output.contains("coefficients.tsv"))
        #expect(try Command(["run", "p", "--out", "r"] + quick, in: scratch.path).wait().code == 0)
        let found = rows(scratch.text("o/coefficients.tsv"))
        #expect(
            found.prefix(5).map { "\($0["kind"] ?? "") \($0["name"] ?? "")" } == [
                "coefficient intercept", "coefficient weeks", "mean mean", "prediction ten", "tested weeks",
            ])
        #expect(found.count == 10)
        for row in found where row["kind"] != "tested" {
            let at = SIMD3(["x_mm", "y_mm", "z_mm"].map { Double(row[$0] ?? "") ?? .nan })
            for (column, map) in [("estimate", "g"), ("se", "se")] {
                let volume = try scratch.map("r/dose/\(map)_desc-\(row["name"] ?? "").nii.gz").volume(0)
                let voxel = try #require(volume.grid.nearestVoxel(to: at))
                let expected = Double(volume.values[volume.grid.index(voxel)])
                let value = Double(row[column] ?? "") ?? .nan
                // Maps are in single precision; six digits are printed.
                #expect(abs(value - expected) < 1e-5 * max(1, abs(expected)), "\(row): \(expected)")
            }
            // Five experiments, two coefficients: t with two degrees of freedom.
            let isMean = row["kind"] != "coefficient"
            #expect((Double(row["prediction_low"] ?? "") != nil) == isMean)
        }
        let printed = try Command(["extract", "p", "--at", "-42,26,0"] + quick, in: scratch.path).wait()
        let tables = printed.output.components(separatedBy: "\n\n")
        #expect(tables.count == 3 && rows(tables[2]).count == 5)
    }

    @Test("by the posterior the pooled row is that of the maps, and has no Q")
    func posterior() throws {
        let scratch = try Scratch(nativeFiles)
        let settings = ["--set", "method=effects", "--set", "voxel_size=8", "--set", "relocations=0"]
        #expect(
            try Command(
                ["extract", "p", "--model", "all", "--at", "-42,26,0", "--output", "o"] + settings, in: scratch.path
            ).wait().code == 0)
        #expect(
            try Command(["run", "p", "--model", "all", "--out", "r"] + settings, in: scratch.path).wait().code == 0)
        let place = try #require(rows(scratch.text("o/places.tsv")).first)
        let at = SIMD3(["x_mm", "y_mm", "z_mm"].map { Double(place[$0] ?? "") ?? .nan })
        for (column, tolerance) in [("g", 6e-5), ("se", 6e-5), ("z", 6e-4), ("tau2", 6e-5)] {
            let volume = try scratch.map("r/all/\(column).nii.gz").volume(0)
            let voxel = try #require(volume.grid.nearestVoxel(to: at))
            let expected = Double(volume.values[volume.grid.index(voxel)])
            let found = Double(place[column] ?? "") ?? .nan
            // Printed decimals.
            #expect(abs(found - expected) < tolerance, "\(column): \(found), map \(expected)")
        }
        #expect(place["Q"] == "n/a" && place["Q_p"] == "n/a")
    }

    @Test("--clusters: every connected set of a thresholded map, every label of an image of labels")
    func clusterImages() throws {
        let scratch = try Scratch(nativeFiles)
        // Two blocks above zero and one below, 16 mm wide, in grey matter.
        let grid = try #require(Grid.mni(voxelSize: 2))
        func write(_ values: [Float], to name: String) throws {
            let blocks: [SIMD3<Double>] = [[-42, 26, 0], [46, 18, 2], [-30, -60, 40]]
            let voxels = (0..<grid.count).map { index -> Float in
                let world = grid.world(atIndex: index)
                let block = blocks.firstIndex { centre in
                    let step = world - centre
                    return max(abs(step.x), abs(step.y), abs(step.z)) <= 8
                }
                return block.map { values[$0] } ?? 0
            }
            try NIfTIImage(Volume(grid: grid, values: voxels), intent: .zScore).write(to: "\(scratch.path)/\(name)")
        }
        try write([3.4, 4.5, -3.7], to: "thresholded.nii.gz")
        try write([2, 2, 7], to: "labels.nii.gz")
        let outcome = try extract(scratch, "--clusters", "thresholded.nii.gz")
        #expect(outcome.code == 0, "\(outcome.complaint)")
        let found = rows(outcome.output.components(separatedBy: "\n\n")[0])
        #expect(found.map { $0["place"] } == ["cluster 1", "cluster 2", "cluster 3"])
        #expect(found.allSatisfy { (Int($0["voxels"] ?? "") ?? 0) > 1 && $0["experiments"] == "5" })
        // Those above zero first.
        #expect(found.count == 3 && (Double(found[2]["y_mm"] ?? "") ?? 0) < -40)
        let labels = try extract(scratch, "--clusters", "labels.nii.gz")
        #expect(
            rows(labels.output.components(separatedBy: "\n\n")[0]).map { $0["place"] } == ["label 2", "label 7"])
        try scratch.writeMap("whole.nii.gz", value: 3.5, intent: .zScore)
        let whole = try extract(scratch, "--clusters", "whole.nii.gz")
        #expect(whole.code == 2 && whole.complaint.contains("it holds no clusters"), "\(whole.complaint)")
        let none = try extract(scratch, "--clusters", "p")
        #expect(none.code == 2 && none.complaint.contains("no image of clusters"), "\(none.complaint)")
    }

    @Test("--clusters of a run: each cluster of its table, by its number there")
    func clustersOfRun() throws {
        let scratch = try Scratch(nativeFiles)
        let settings = quick + ["--set", "threshold_p=0.3", "--set", "extent=2"]
        let run = try Command(["run", "p", "--model", "all", "--out", "r"] + settings, in: scratch.path).wait()
        #expect(run.code == 0, "\(run.complaint)")
        let table = Dictionary(
            rows(scratch.text("r/all/clusters.tsv")).map { ("label \($0["cluster"] ?? "")", $0["voxels"]) },
            uniquingKeysWith: { first, _ in first })
        #expect(table.count > 1)
        for folder in ["r", "r/all"] {
            let outcome = try extract(scratch, "--clusters", folder)
            #expect(outcome.code == 0, "\(outcome.complaint)")
            let found = rows(outcome.output.components(separatedBy: "\n\n")[0])
            #expect(found.count == table.count)
            for place in found { #expect(table[place["place"] ?? ""] == place["voxels"]) }
        }
    }

    @Test("a place outside the mask is told, with exit code 2, and does not end the rest")
    func outside() throws {
        let scratch = try Scratch(nativeFiles)
        let outcome = try extract(scratch, "--at", "0,0,120", "--at", "-42,26,0")
        #expect(outcome.code == 2)
        #expect(outcome.complaint.contains("(0,0,120) is outside the mask. The nearest voxel inside is at"))
        let tables = outcome.output.components(separatedBy: "\n\n")
        #expect(tables.count == 2)
        let places = rows(tables[0])
        #expect(places.map { $0["place"] } == ["-42,26,0", "0,0,120"])
        #expect(places.map { $0["voxels"] } == ["1", "0"])
        #expect(places.map { $0["z_mm"] }.last == "120" && places.map { $0["g"] }.last == "n/a")
        #expect(Double(places.first?["g"] ?? "") != nil)
        #expect(rows(tables[1]).count == 5)
    }

    @Test(
        "what cannot be found is refused with what can",
        arguments: [
            (["--at", "0,0,120"], "The nearest voxel inside is at"),
            (["--region", "AAL:Left amygdala"], "there is no atlas 'AAL'"),
            (["--region", "amygdala"], "names no region"),
            (["--mask", "p/nothing.nii.gz"], "nothing.nii.gz"),
        ])
    func refusals(_ arguments: [String], _ words: String) throws {
        let scratch = try Scratch(nativeFiles)
        let outcome = try Command(["extract", "p"] + arguments + quick, in: scratch.path).wait()
        #expect(outcome.code == 2)
        #expect(outcome.complaint.contains(words), "\(outcome.complaint)")
        #expect(outcome.output.isEmpty)
    }

    @Test(
        "wrong usage ends with 64",
        arguments: [
            ["p"], ["p", "--at", "1,2"], ["p", "--at", "1,2,3", "--radius", "0"], ["p", "--peaks", "--radius", "3"],
        ])
    func usage(_ arguments: [String]) throws {
        #expect(try Command(["extract"] + arguments, in: "/").wait().code == 64)
    }
}
