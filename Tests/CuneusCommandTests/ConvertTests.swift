import Foundation
import Testing

@Suite("cuneus convert")
struct ConvertTests {
    private func convert(_ scratch: Scratch, _ arguments: String...) throws -> Command.Outcome {
        try Command(["convert"] + arguments, in: scratch.path).wait()
    }

    /// Cells of some columns, row by row.
    private func cells(_ scratch: Scratch, _ file: String, _ columns: [String]) throws -> [[String]] {
        let rows = scratch.text(file).split(separator: "\n").map { $0.components(separatedBy: "\t") }
        let header = try #require(rows.first)
        let places = try columns.map { column in try #require(header.firstIndex(of: column), "\(column)") }
        return rows.dropFirst().map { row in places.map { row[$0] } }
    }

    @Test("native to SDM and back keeps experiments, n, thresholds, reports, coordinates and signs")
    func sdm() throws {
        let scratch = try Scratch(nativeFiles)
        #expect(try convert(scratch, "p", "--to", "sdm", "--out", "s").code == 0)
        #expect(
            scratch.files("s") == [
                "Able2001.other_mni.txt", "Baker2002.other_mni.txt", "Cole2003.no_peaks.txt", "Dorn2004.other_mni.txt",
                "Eder2005.other_mni.txt", "sdm_table.txt",
            ])
        #expect(scratch.text("s/Able2001.other_mni.txt") == "-42,26,0,5.5\n30,-12,42,n\n")
        #expect(try convert(scratch, "s", "--to", "native", "--out", "n").code == 0)
        let columns = ["experiment", "n1", "n2", "t_thr", "report", "task"]
        #expect(try cells(scratch, "n/studies.tsv", columns) == cells(scratch, "p/studies.tsv", columns))
        let peaks = ["experiment", "x", "y", "z", "space"]
        #expect(try cells(scratch, "n/peaks.tsv", peaks) == cells(scratch, "p/peaks.tsv", peaks))
        let values = try cells(scratch, "n/peaks.tsv", ["stat", "value"])
        #expect(values[0] == ["t", "5.5"] && values[1] == ["sign", "n"] && values[6] == ["t", "-4.2"])
        // scipy: t.isf(norm.sf(3.9), 29) = 4.51955 for the one z.
        #expect(values[2][0] == "t")
        let t = try #require(Double(values[2][1]))
        #expect(abs(t - 4.5195540) < 1e-4)
    }

    @Test("native to SDM and back gives a project that runs to the same maps")
    func sameMaps() throws {
        let scratch = try Scratch(nativeFiles)
        #expect(try convert(scratch, "p", "--to", "sdm", "--out", "s").code == 0)
        for (project, model, out) in [("p", "all", "a"), ("s", "mean", "b")] {
            let run = try Command(
                ["run", project, "--model", model, "--set", "seed=7", "--out", out] + quick, in: scratch.path)
            #expect(run.wait().code == 0)
        }
        #expect(scratch.bytes("a/all/z.nii.gz") == scratch.bytes("b/mean/z.nii.gz"))
    }

    @Test("native to Sleuth lists what is lost; read again with a sign, the coordinates are the same")
    func sleuth() throws {
        let scratch = try Scratch(nativeFiles)
        let there = try convert(scratch, "p", "--to", "sleuth", "--out", "foci.txt")
        #expect(there.code == 0)
        #expect(there.complaint.contains("not-carried-over"))
        #expect(scratch.text("foci.txt").hasPrefix("//Reference=MNI\n//Able2001\n//Subjects=20\n-42\t26\t0\n"))
        #expect(try convert(scratch, "foci.txt", "--sign", "negative", "--to", "native", "--out", "n").code == 0)
        let peaks = ["experiment", "x", "y", "z", "space"]
        #expect(try cells(scratch, "n/peaks.tsv", peaks) == cells(scratch, "p/peaks.tsv", peaks))
        #expect(try cells(scratch, "n/peaks.tsv", ["value"]).allSatisfy { $0 == ["n"] })
        #expect(
            try cells(scratch, "n/studies.tsv", ["experiment", "n1"])
                == [["Able2001", "20"], ["Baker2002", "31"], ["Dorn2004", "30"], ["Eder2005", "49"]])
    }

    @Test("native to NIMADS and back gives the same tables; check takes an annotation by name")
    func nimads() throws {
        let scratch = try Scratch(nativeFiles)
        #expect(try convert(scratch, "p", "--to", "nimads", "--out", "set.json.gz").code == 0)
        #expect(scratch.exists("set.json.gz") && scratch.exists("set_annotation.json.gz"))
        #expect(try convert(scratch, "set.json.gz", "--to", "native", "--out", "n").code == 0)
        #expect(try convert(scratch, "p", "--to", "native", "--out", "m").code == 0)
        #expect(scratch.text("n/studies.tsv") == scratch.text("m/studies.tsv"))
        #expect(scratch.text("n/peaks.tsv") == scratch.text("m/peaks.tsv"))
        let filter = ["--filter", "task == \"rest\""]
        let found = try Command(["check", "set.json.gz"] + filter, in: scratch.path).wait()
        #expect(found.output.contains("annotation-found"))
        try FileManager.default.moveItem(
            atPath: "\(scratch.path)/set_annotation.json.gz", toPath: "\(scratch.path)/mine.json.gz")
        let lost = try Command(["check", "set.json.gz"] + filter, in: scratch.path).wait()
        #expect(lost.code == 2 && lost.complaint.contains("no column \"task\""))
        let named = try Command(["check", "set.json.gz", "--annotation", "mine.json.gz"] + filter, in: scratch.path)
            .wait()
        #expect(named.code == found.code && !named.output.contains("annotation-found"))
    }

    @Test("NiMARE's old dataset is no format to write")
    func readOnly() throws {
        let scratch = try Scratch(nativeFiles)
        let outcome = try convert(scratch, "p", "--to", "nimare", "--out", "o")
        #expect(outcome.code == 64 && outcome.complaint.contains("nimads"))
    }

    @Test("does not overwrite", arguments: ["native", "sdm", "sleuth", "nimads", "neurosynth"])
    func overwriting(_ format: String) throws {
        let scratch = try Scratch(nativeFiles)
        try scratch.write("taken/mine.txt", "mine")
        let target = format == "sleuth" ? "taken/mine.txt" : "taken"
        let outcome = try convert(scratch, "p", "--to", format, "--out", target)
        #expect(outcome.code == 1)
        #expect(outcome.complaint.contains("exists already"))
        #expect(scratch.files("taken") == ["mine.txt"])
        #expect(scratch.text("taken/mine.txt") == "mine")
    }

    @Test("says why it cannot write, and leaves nothing", arguments: ["native", "sdm", "sleuth"])
    func unwritable(_ format: String) throws {
        let scratch = try Scratch(nativeFiles)
        try scratch.write("file", "")
        let outcome = try convert(scratch, "p", "--to", format, "--out", "file/below")
        #expect(outcome.code == 1)
        #expect(outcome.complaint.contains("file/below") && outcome.complaint.contains("Not a directory"))
        #expect(!scratch.files("").contains { $0.contains("tmp") })
    }

    @Test("refuses input that cannot be read, with its place")
    func unreadable() throws {
        let scratch = try Scratch(nativeFiles)
        try scratch.edit("p/peaks.tsv", "-42\t26", "left\t26")
        let outcome = try convert(scratch, "p", "--to", "sdm", "--out", "s")
        #expect(outcome.code == 2)
        #expect(outcome.complaint.contains("p/peaks.tsv:2"))
        #expect(!scratch.exists("s"))
    }
}
