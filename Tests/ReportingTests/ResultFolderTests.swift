import Evidence
import Foundation
import Imaging
import Inference
import Reporting
import SeedBasedMapping
import Testing

@Suite struct ResultFolderTests {
    private func names(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    @Test("a run is one folder per model with maps, notes and tables, the report, and run.json")
    func layout() throws {
        try Fixture.inTemporaryFolder { folder in
            let z = Fixture.twoBlobs
            let bounds = Fixture.experiments.map { _ in
                EffectBounds(lower: z.map { $0 - 1 }, upper: z)
            }
            _ = try ResultFolder(folder + "/out").write(Fixture.run([Fixture.findings(z, bounds: bounds)]))
            #expect(try names(folder + "/out") == ["mean", "report.html", "run.json"])
            let maps = [
                "H2", "I2", "Q", "fmi", "g", "label", "p", "p_tail-negative", "p_tail-positive", "se", "tau2", "z",
                "z_desc-thresholded",
            ]
            let files =
                maps.flatMap { ["\($0).json", "\($0).nii.gz"] } + [
                    "bounds", "clusters.tsv", "clusters_regions.tsv", "foci.tsv", "label.tsv", "peaks.tsv",
                    "studies.tsv",
                ]
            #expect(try names(folder + "/out/mean") == files.sorted())
            #expect(try names(folder + "/out/mean/bounds").count == 6)
            #expect(try names(folder + "/out/mean/bounds").contains("a1_lower.nii.gz"))
        }
    }

    @Test("the image of labels has each cluster's voxels by its number in clusters.tsv; without clusters there is none")
    func labels() throws {
        try Fixture.inTemporaryFolder { folder in
            let findings = Fixture.findings(Fixture.twoBlobs)
            _ = try ResultFolder(folder + "/out").write(
                Fixture.run([findings, Fixture.findings(Fixture.blob(1, at: .zero), name: "none")]))
            let path = try ClusterImage.path(in: folder + "/out", of: "mean")
            #expect(path == folder + "/out/mean/label.nii.gz")
            let image = try NIfTIImage(contentsOf: path)
            #expect(image.intent.code == 1002)
            let values = Fixture.mask.gather(image.volume())
            #expect(findings.clusters.count == 2)
            for (number, cluster) in findings.clusters.enumerated() {
                #expect(cluster.voxels.allSatisfy { values[Int($0)] == Float(number + 1) })
                #expect(values.count { $0 == Float(number + 1) } == cluster.voxels.count)
            }
            let error = #expect(throws: InputError.self) { try ClusterImage.path(in: folder + "/out", of: "none") }
            #expect(error?.message.contains("model \"none\"") == true)
            // Whatever the names of maps.
            var named = try ResultFolder(folder + "/bids")
            named.naming = .bids
            _ = try named.write(Fixture.run([findings]))
            #expect(try ClusterImage.path(in: folder + "/bids", of: "mean").contains("stat-label"))
        }
    }

    @Test("maps read back with grid, values and intent; p is 1 outside the mask, other maps 0")
    func maps() throws {
        try Fixture.inTemporaryFolder { folder in
            let z = Fixture.twoBlobs
            _ = try ResultFolder(folder + "/out").write(Fixture.run([Fixture.findings(z)]))
            let image = try NIfTIImage(contentsOf: folder + "/out/mean/z.nii.gz")
            #expect(image.intent.code == 5)
            #expect(image.grid == Fixture.grid)
            #expect(Fixture.mask.gather(image.volume()) == z)
            #expect(image.volume()[[0, 0, 0]] == 0)
            let p = try NIfTIImage(contentsOf: folder + "/out/mean/p.nii.gz")
            #expect(p.intent.code == 22)
            #expect(p.volume()[[0, 0, 0]] == 1)
            // scipy.stats.norm.sf(0) = 0.5: the tails of both signs add to 1.
            let other = try NIfTIImage(contentsOf: folder + "/out/mean/p_tail-negative.nii.gz").volume()
            let sums = zip(Fixture.mask.gather(p.volume()), Fixture.mask.gather(other)).map { $0 + $1 }
            #expect(sums.allSatisfy { abs($0 - 1) < 1e-6 })
        }
    }

    @Test("run.json reads back; its result part is the same for another machine, its hashes are those of the files")
    func record() throws {
        try Fixture.inTemporaryFolder { folder in
            let input = folder + "/studies.tsv"
            try Data("abc".utf8).write(to: URL(fileURLWithPath: input))
            let zipped = folder + "/map.nii.gz"
            try Data(Gzip.compress(Array("abc".utf8))).write(to: URL(fileURLWithPath: zipped))
            var run = Fixture.run(
                [Fixture.findings(Fixture.twoBlobs)], project: Fixture.project(inputs: [input, zipped]))
            let written = try ResultFolder(folder + "/a").write(run)
            run.machine.threads = 7
            run.machine.instructionSet = "baseline"
            _ = try ResultFolder(folder + "/b").write(run)

            func read(_ name: String) throws -> RunRecord {
                let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)/run.json"))
                return try JSONDecoder().decode(RunRecord.self, from: data)
            }
            let (a, b) = try (read("a"), read("b"))
            #expect(a.result == written.result)
            #expect(a.result == b.result)
            #expect(a.machine.threads == 2)
            #expect(b.machine.threads == 7)
            // FIPS 180-2, appendix B.1: SHA-256 of "abc".
            let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            #expect(a.result.inputs.map(\.sha256) == [abc, abc])
            #expect(a.result.models[0].settings["imputations"] == "50")
            // One peak of a1, two of b2, all in the mask.
            #expect(a.result.models[0].peaks == PeakPlacement(inMask: 3))
            #expect(a.result.models[0].settings.count == SettingKey.all.count)
            #expect(a.result.models[0].files.map(\.path).contains("mean/z.nii.gz"))
            for file in a.result.models[0].files {
                #expect(
                    try Data(contentsOf: URL(fileURLWithPath: "\(folder)/a/\(file.path)"))
                        == Data(contentsOf: URL(fileURLWithPath: "\(folder)/b/\(file.path)")), "\(file.path)")
            }
        }
    }

    @Test("an image that changed or went during a run is told; the result is written, with the hashes of its start")
    func changedInputs() throws {
        try Fixture.inTemporaryFolder { folder in
            let files = ["kept", "changed", "gone"].map { "\(folder)/\($0).nii" }
            for file in files { try Data("abc".utf8).write(to: URL(fileURLWithPath: file)) }
            let project = Fixture.project(inputs: files).recordingContents()
            try Data("abd".utf8).write(to: URL(fileURLWithPath: files[1]))
            try FileManager.default.removeItem(atPath: files[2])
            let record = try ResultFolder(folder + "/out").write(
                Fixture.run([Fixture.findings(Fixture.twoBlobs)], project: project))
            // FIPS 180-2, appendix B.1: SHA-256 of "abc".
            let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            #expect(record.result.inputs.map(\.sha256) == [abc, abc, abc])
            let told = record.result.notices.filter { $0.code == "input-changed" }
            #expect(told.map { $0.location?.file } == [files[1], files[2]])
        }
    }

    @Test("a model called as a file of the run gets a folder of another name")
    func reservedNames() {
        #expect(ModelFindings.folderNames(["run.json", "Report.html"]) == ["run.json-2", "Report.html-2"])
    }

    @Test("a folder in the place of the record is refused, and so is a folder that another run has")
    func taken() throws {
        try Fixture.inTemporaryFolder { folder in
            let first = try ResultFolder(folder + "/out")
            let error = #expect(throws: ReportingError.self) { try ResultFolder(folder + "/out") }
            #expect(error?.description.contains("another cuneus") == true)
            withExtendedLifetime(first) {}
            try FileManager.default.createDirectory(
                atPath: folder + "/b/report.html", withIntermediateDirectories: true)
            let other = #expect(throws: ReportingError.self) { try ResultFolder(folder + "/b") }
            #expect(other?.path == folder + "/b/report.html")
        }
    }

    @Test("a folder with someone else's files is refused and left as it was")
    func refusesOthers() throws {
        try Fixture.inTemporaryFolder { folder in
            try Data("mine".utf8).write(to: URL(fileURLWithPath: folder + "/report.html"))
            let error = #expect(throws: ReportingError.self) { try ResultFolder(folder) }
            #expect(error?.description.contains("not written by cuneus") == true)
            try Data("{\"program\": \"other\"}".utf8).write(to: URL(fileURLWithPath: folder + "/run.json"))
            #expect(throws: ReportingError.self) { try ResultFolder(folder) }
            #expect(try names(folder) == ["report.html", "run.json"])
        }
    }

    @Test("a second run takes the folder of the first, keeps its record aside and other files untouched")
    func rerun() throws {
        try Fixture.inTemporaryFolder { folder in
            let run = Fixture.run([Fixture.findings(Fixture.twoBlobs)])
            _ = try ResultFolder(folder + "/out").write(run)
            try Data("mine".utf8).write(to: URL(fileURLWithPath: folder + "/out/notes.txt"))
            _ = try ResultFolder(folder + "/out").write(run)
            #expect(
                try names(folder + "/out") == ["mean", "notes.txt", "report.html", "run.json", "run.previous.json"])
        }
    }

    @Test("a run that fails leaves no run.json, no report and no temporary files")
    func failure() throws {
        try Fixture.inTemporaryFolder { folder in
            // A folder stands where a file must go.
            try FileManager.default.createDirectory(
                atPath: folder + "/out/mean/clusters.tsv", withIntermediateDirectories: true)
            #expect(throws: ReportingError.self) {
                try ResultFolder(folder + "/out").write(Fixture.run([Fixture.findings(Fixture.twoBlobs)]))
            }
            #expect(try names(folder + "/out") == ["mean", "run.partial.json"])
            #expect(try names(folder + "/out/mean").allSatisfy { !$0.hasSuffix(".tmp") && !$0.hasPrefix(".") })
            // It may be tried again.
            #expect(throws: Never.self) { try ResultFolder(folder + "/out") }
        }
    }

    @Test(
        "a model's folder is its name, made safe",
        arguments: [("rest", "rest"), ("a b/c", "a_b_c"), ("..", "_."), ("", "_"), ("µ", "_"), (".x", "_x")])
    func folderName(name: String, expected: String) {
        #expect(ModelFindings.folderName(name) == expected)
    }

    @Test("models with like names do not share a folder")
    func distinctFolders() {
        #expect(ModelFindings.folderNames(["a b", "a_b", "A_B", "c"]) == ["a_b", "a_b-2", "A_B-3", "c"])
    }

    @Test("a hash names the file that is not there")
    func missingInput() {
        let error = #expect(throws: ReportingError.self) { try ContentHash(of: "/nowhere/studies.tsv") }
        #expect(error?.path == "/nowhere/studies.tsv")
    }
}
