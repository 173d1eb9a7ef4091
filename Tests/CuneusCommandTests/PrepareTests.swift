import Foundation
import Imaging
import Testing

@Suite("What all parts of a test share, from the command line", .serialized)
struct PrepareTests {
    private static let coarse = ["--set", "voxel_size=8"]

    /// The small project; two of its five experiments as maps, and one that says where it looked.
    private func mapped() throws -> Scratch {
        let scratch = try Scratch(nativeFiles)
        try scratch.write(
            "p/studies.tsv",
            """
            experiment\tn1\tn2\tt_thr\treport\ttask\tcoverage
            Able2001\t20\t0\t3.58\tpeaks\trest\thalf.nii.gz
            Baker2002\t15\t16\t3.4\tpeaks\ttask\t
            Cole2003\t12\t0\t4.02\tnone\trest\t
            Dorn2004\t30\t0\t\tmap\trest\t
            Eder2005\t25\t24\t\tmap\ttask\t

            """)
        let kept = scratch.text("p/peaks.tsv").split(separator: "\n").filter {
            !$0.hasPrefix("Dorn") && !$0.hasPrefix("Eder")
        }
        try scratch.write("p/peaks.tsv", kept.joined(separator: "\n") + "\n")
        try scratch.writeMask("p/half.nii.gz", voxelSize: 8)
        for (name, df) in [("Dorn2004", 29.0), ("Eder2005", 47.0)] {
            try scratch.writeMap(
                "p/maps/\(name)_t.nii.gz", value: 3, intent: .tTest(degreesOfFreedom: df), voxelSize: 8)
        }
        return scratch
    }

    private func permute(_ scratch: Scratch, _ options: [String], out: String, _ others: [String] = []) throws
        -> Command.Outcome
    {
        try Command(["permute", "p", "--shard", "2/3", "--out", out] + options + others, in: scratch.path).wait()
    }

    @Test(
        "a part has the same bytes with what was prepared and without it",
        arguments: [
            (["--set", "relocations=40"], false), (["--set", "relocations=40", "--set", "relocate=both"], false),
            (["--set", "relocations=40"], true),
            (["--set", "method=sdm-psi", "--set", "imputations=4", "--set", "permutations=60"], true),
            (["--set", "relocations=40", "--covariate", "n"], false),
            (
                ["--set", "method=sdm-psi", "--set", "imputations=4", "--set", "permutations=60", "--covariate", "n"],
                false
            ),
        ])
    func same(_ options: [String], hasMaps: Bool) throws {
        let scratch = try hasMaps ? mapped() : Scratch(nativeFiles)
        let options = Self.coarse + options + (options.contains("--covariate") ? [] : ["--model", "all"])
        let without = try permute(scratch, options, out: "without.tsv")
        #expect(without.code == 0, "\(without.complaint)")
        let prepared = try Command(["prepare", "p", "--out", "file"] + options, in: scratch.path).wait()
        #expect(prepared.code == 0, "\(prepared.complaint)")
        let with = try permute(scratch, options, out: "with.tsv", ["--prepared", "file"])
        #expect(with.code == 0, "\(with.complaint)")
        #expect(scratch.bytes("with.tsv").count > 500)
        #expect(scratch.bytes("with.tsv") == scratch.bytes("without.tsv"))
        // What was prepared is not made again.
        for stage in ["Kernels", "Bounds", "likely", "Scores", "usual"] { #expect(!with.complaint.contains(stage)) }
    }

    @Test("one file has all models; other input, other settings and a damaged file are refused, and nothing is written")
    func refusals() throws {
        let scratch = try Scratch(nativeFiles)
        let options = Self.coarse + ["--set", "relocations=40"]
        let prepared = try Command(["prepare", "p", "--out", "file"] + options, in: scratch.path).wait()
        #expect(prepared.code == 0, "\(prepared.complaint)")
        #expect(prepared.output.hasPrefix("file: all, rest, "), "\(prepared.output)")
        for model in ["all", "rest"] {
            let part = try permute(scratch, options + ["--model", model], out: "\(model).tsv", ["--prepared", "file"])
            #expect(part.code == 0, "\(part.complaint)")
        }
        let all = options + ["--model", "all"]
        func refuse(_ others: [String], _ file: String, _ words: String) throws {
            let part = try permute(scratch, all + others, out: "x.tsv", ["--prepared", file])
            #expect(part.code == 2)
            #expect(part.complaint.contains(words), "\(part.complaint)")
            #expect(part.complaint.contains("cuneus prepare PROJECT --out \(file)"), "\(part.complaint)")
            #expect(!scratch.exists("x.tsv"))
        }
        try refuse(["--set", "seed=99"], "file", "other input or settings")
        try refuse([], "p/peaks.tsv", "no file of cuneus prepare")
        try refuse([], "absent", "cannot be read")
        var bytes = scratch.bytes("file")
        bytes[bytes.count / 2] ^= 1
        try scratch.write("damaged", bytes: bytes)
        try refuse([], "damaged", "damaged")
        try scratch.edit("p/peaks.tsv", "-42\t26\t0", "-42\t26\t2")
        try refuse([], "file", "other input or settings")
        let nothing = try Command(
            ["prepare", "p", "--out", "none", "--set", "permutations=0", "--set", "method=sdm-psi"], in: scratch.path
        ).wait()
        #expect(nothing.code == 2)
        #expect(!scratch.exists("none"))
    }
}
