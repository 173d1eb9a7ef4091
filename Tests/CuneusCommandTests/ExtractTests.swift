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
