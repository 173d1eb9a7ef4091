import Foundation
import Imaging
import Testing

/// `cuneus image`: single statistic images.
@Suite("cuneus image")
struct ImageTests {
    private func cuneus(_ scratch: Scratch, _ arguments: String...) throws -> Command.Outcome {
        try Command(["image"] + arguments, in: scratch.path).wait()
    }

    @Test("t of 21 people to z, g and back: values by scipy, header by statistic")
    func conversions() throws {
        let scratch = try Scratch([:])
        try scratch.writeMap("t.nii.gz", value: 3, intent: .tTest(degreesOfFreedom: 20), voxelSize: 8)
        // scipy 1.17: norm.isf(t.sf(3, 20)), t.sf(3, 20); g is 3 J/√21 with J = Γ(10)/(√10 Γ(9.5)).
        let cases = [
            ("z", 2.693_250_9, 5), ("g", 0.629_740_5, 1001), ("p", 0.003_537_949, 22), ("d", 0.654_653_7, 1001),
        ]
        for (statistic, expected, code) in cases {
            let outcome = try cuneus(
                scratch, "convert", "t.nii.gz", "--from", "t", "--to", statistic, "--n1", "21", "--out",
                "\(statistic).nii.gz")
            #expect(outcome.code == 0, "\(outcome.complaint)")
            let image = try scratch.map("\(statistic).nii.gz")
            let value = Double(image.volume(0).values.first { $0 != 0 } ?? 0)
            #expect(abs(value - expected) < 1e-6 * max(1, expected), "\(statistic) \(value)")
            #expect(image.intent.code == code)
        }
        #expect(
            try cuneus(
                scratch, "convert", "g.nii.gz", "--from", "g", "--to", "t", "--n1", "21", "--out", "back.nii.gz"
            ).code == 0)
        let back = try scratch.map("back.nii.gz").volume(0).values.first { $0 != 0 } ?? 0
        #expect(abs(back - 3) < 1e-5)
    }

    @Test("an estimate needs its variance, and too few people are refused")
    func refusals() throws {
        let scratch = try Scratch([:])
        try scratch.writeMap("b.nii.gz", value: 3, intent: .none, voxelSize: 8)
        let lonely = try cuneus(
            scratch, "convert", "b.nii.gz", "--from", "beta", "--to", "z", "--n1", "21", "--out", "z.nii.gz")
        #expect(lonely.code == 64 && lonely.complaint.contains("--variance"))
        let few = try cuneus(
            scratch, "convert", "b.nii.gz", "--from", "t", "--to", "z", "--n1", "2", "--out", "z.nii.gz")
        #expect(few.code == 64)
        #expect(!scratch.exists("z.nii.gz"))
    }

    @Test("peaks of an image become rows of peaks.tsv")
    func peaks() throws {
        let scratch = try Scratch([:])
        try scratch.writeMap("t.nii.gz", value: -4, intent: .tTest(degreesOfFreedom: 20), voxelSize: 8)
        let table = try cuneus(scratch, "peaks", "t.nii.gz", "--threshold", "3").output.split(separator: "\n")
        #expect(table.first == "cluster\tx\ty\tz\tvalue\tvoxels\tmm3")
        #expect(table.dropFirst().first?.contains("\t-4\t") == true)
        let rows = try cuneus(
            scratch, "peaks", "t.nii.gz", "--threshold", "3", "--experiment", "smith2019", "--most", "1"
        ).output
        #expect(rows.hasPrefix("smith2019\t") && rows.hasSuffix("\tmni\tt\t-4\n"))
        #expect(try cuneus(scratch, "peaks", "t.nii.gz", "--threshold", "5").output.split(separator: "\n").count == 1)
    }
    @Test(
        "a converted image is where its input is and says so: codes are not made up",
        arguments: [1, 2, 4, 5] as [UInt8])
    func codes(_ code: UInt8) throws {
        let scratch = try Scratch([:])
        try scratch.writeMap("t.nii", value: 3, intent: .tTest(degreesOfFreedom: 20), voxelSize: 8)
        var bytes = scratch.bytes("t.nii")
        // qform_code and sform_code of NIfTI-1.
        bytes[252] = 0
        bytes[254] = code
        try scratch.write("t.nii", bytes: bytes)
        let outcome = try cuneus(
            scratch, "convert", "t.nii", "--from", "t", "--to", "g", "--n1", "21", "--out", "g.nii")
        #expect(outcome.code == 0, "\(outcome.complaint)")
        let written = scratch.bytes("g.nii")
        #expect(written.count == bytes.count && written[252] == 0 && written[254] == code)
        #expect(written.isEmpty || written[280..<328] == bytes[280..<328])
    }

    @Test("an image that is not what it is said to be is refused, and nothing is written")
    func contradictions() throws {
        let scratch = try Scratch([:])
        try scratch.writeMap("t.nii.gz", value: 3, intent: .tTest(degreesOfFreedom: 20), voxelSize: 8)
        try scratch.writeMap("p.nii.gz", value: 0.4, intent: .none, voxelSize: 8)
        try scratch.writeMask("m.nii.gz", voxelSize: 8)
        for (file, from, n, words) in [
            ("t.nii.gz", "z", "21", "its header says t"), ("t.nii.gz", "t", "30", "degrees of freedom"),
            ("p.nii.gz", "t", "21", "p or 1 - p"), ("m.nii.gz", "z", "21", "a mask or labels"),
        ] {
            let outcome = try cuneus(
                scratch, "convert", file, "--from", from, "--to", "g", "--n1", n, "--out", "o.nii.gz")
            #expect(outcome.code == 2 && outcome.complaint.contains(words), "\(file): \(outcome.complaint)")
            #expect(!scratch.exists("o.nii.gz"))
        }
        let rows = ["peaks", "t.nii.gz", "--threshold", "3", "--experiment", "a", "--statistic", "z"]
        let peaks = try Command(["image"] + rows, in: scratch.path).wait()
        #expect(peaks.code == 2 && peaks.output.isEmpty && peaks.complaint.contains("its header says t"))
    }
}
