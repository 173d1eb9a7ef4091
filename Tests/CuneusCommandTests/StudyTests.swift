import Foundation
import Imaging
import TestSupport
import Testing

@Suite("cuneus study")
struct StudyTests {
    private static let example = "\(Checkout.path)/Examples/pre-post/participants.tsv"

    @Test("The example runs and says what ten people show, in page, tables, maps and record")
    func example() throws {
        let scratch = try Scratch()
        let result = try Command(
            ["study", Self.example, "--paired", "session=pre,post", "--out", "out", "-q"], in: scratch.path
        ).wait()
        #expect(result.code == 0, "\(result.complaint)")
        #expect(result.output.contains("Change from pre to post, 10 people; the whole brain"))
        #expect(result.output.contains("Report: out/report.html"))
        let names = ["t", "g", "se", "beta", "n", "p_level-voxel_corr-FWE_method-montecarlo"]
        for name in names { #expect(scratch.exists("out/\(name).nii.gz"), "\(name)") }
        let record = scratch.text("out/run.json")
        #expect(record.contains("\"isExhaustive\" : true"))
        #expect(record.contains("\"permutations\" : 1024"))
        let page = scratch.text("out/report.html")
        #expect(page.contains("What 10 people can and cannot show"))
        #expect(!page.contains("src=\"http"))
        let rows = scratch.text("out/limits.tsv").split(separator: "\n")
        try #require(rows.count > 1)
        // |t| of p < .05 with 9 degrees of freedom, and the least d_z that is significant: evidence.md, section 3.
        #expect(rows[1].contains("\t2.2622\t0.7154\t"))
    }

    @Test("The same command gives the same record twice, with one thread or two")
    func repeats() throws {
        let scratch = try Scratch()
        func tables(_ out: String, _ threads: String) throws -> String {
            let run = try Command(
                [
                    "study", Self.example, "--paired", "session=pre,post", "--correlate", "change:hamd",
                    "--permutations", "200", "--out", out, "--threads", threads, "-q",
                ], in: scratch.path
            ).wait()
            #expect(run.code == 0, "\(run.complaint)")
            return scratch.text("\(out)/clusters.tsv") + scratch.text("\(out)/leave_one_out.tsv")
        }
        #expect(try tables("one", "1") == tables("two", "2"))
    }

    @Test("A sphere is a small-volume correction, and called so everywhere")
    func smallVolume() throws {
        let scratch = try Scratch()
        let run = try Command(
            ["study", Self.example, "--paired", "session=pre,post", "--sphere", "0,24,32,15", "--out", "out", "-q"],
            in: scratch.path
        ).wait()
        #expect(run.code == 0, "\(run.complaint)")
        #expect(run.output.contains("SVC only, not whole-brain"))
        #expect(scratch.text("out/report.html").contains("SVC only, not whole-brain"))
        #expect(scratch.text("out/run.json").contains("\"kind\" : \"smallVolume\""))
    }

    @Test("The whole map goes into a project, once, and cuneus check accepts it")
    func into() throws {
        let scratch = try Scratch()
        let arguments = [
            "study", Self.example, "--paired", "session=pre,post", "--out", "out", "-q", "--into", "project",
            "--experiment", "simulated",
        ]
        let first = try Command(arguments, in: scratch.path).wait()
        #expect(first.code == 0, "\(first.complaint)")
        #expect(scratch.text("project/studies.tsv").contains("simulated\t"))
        #expect(scratch.exists("project/maps/simulated_t.nii.gz"))
        let map = try NIfTIImage(contentsOf: "\(scratch.path)/project/maps/simulated_t.nii.gz")
        #expect(map.intent.tDegreesOfFreedom == 9)
        let check = try Command(["check", "project"], in: scratch.path).wait()
        #expect(check.code == 0, "\(check.complaint)\(check.output)")
        let second = try Command(arguments, in: scratch.path).wait()
        #expect(second.code == 2)
        #expect(second.complaint.contains("is there already"))
    }

    @Test(
        "Input that cannot be used ends with code 2 and says how to mend it",
        arguments: [
            (["--paired", "session=pre,pots"], "Did you mean \"post\"?"),
            (["--paired", "pre,post"], "session=pre,post"),
            ([], "stands in lines 2 and 3"),
            (["--paired", "session=pre,post", "--correlate", "change:hamm"], "Did you mean \"hamd\"?"),
            (["--paired", "session=pre,post", "--covariates", "age,hamd"], "change:hamd"),
            (["--formula", "y ~ age * hamd"], "no exact permutation"),
            (["--paired", "session=pre,post", "--sphere", "1,2,3"], "--sphere"),
            (["--paired", "session=pre,post", "--into", "p", "--sphere", "0,24,32,9"], "whole brain"),
        ])
    func refused(_ options: [String], _ told: String) throws {
        let scratch = try Scratch()
        let run = try Command(["study", Self.example] + options, in: scratch.path).wait()
        #expect(run.code == 2)
        #expect(run.complaint.contains(told), "\(run.complaint)")
        #expect(!scratch.exists("cuneus-out"))
    }

    @Test("Values of regions are tested together, with the largest of them")
    func regions() throws {
        var text = "id,session,amygdala,insula\n"
        for person in 1...8 {
            let own = Double(person * person % 5) / 10
            text +=
                "p\(person),pre,\(1 + own),\(own)\np\(person),post,\(2 + own + 0.01 * Double(person)),\(own + (person % 2 == 0 ? 0.1 : -0.1) * (1 + 0.05 * Double(person)))\n"
        }
        let scratch = try Scratch(["values.csv": text])
        let run = try Command(
            [
                "study", "values.csv", "--paired", "session=pre,post", "--values", "amygdala,insula", "--out", "out",
                "-q",
            ], in: scratch.path
        ).wait()
        #expect(run.code == 0, "\(run.complaint)")
        #expect(run.output.contains("amygdala: higher in post than in pre"))
        #expect(scratch.text("out/clusters.tsv").contains("amygdala\tyes"))
        #expect(scratch.text("out/clusters.tsv").contains("insula\tno"))
    }
}
