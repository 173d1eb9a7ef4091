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

    @Test("The whole map goes into a project, once; cuneus check accepts it, and cuneus run pools it as it is")
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

        let other = try Command(arguments.dropLast() + ["another"], in: scratch.path).wait()
        #expect(other.code == 0, "\(other.complaint)")
        // Both are of one sample, so that the pooled g is theirs, made from t of ten people.
        let run = try Command(
            ["run", "project", "--out", "pooled", "-q", "--skip-trust"] + quick + ["--set", "voxel_size=6"],
            in: scratch.path
        ).wait()
        #expect(run.code == 0, "\(run.complaint)")
        #expect(scratch.text("pooled/run.json").contains("maps/simulated_t.nii.gz"))
        let pooled = try NIfTIImage(contentsOf: "\(scratch.path)/pooled/mean/g.nii.gz").volume()
        let t = map.volume()
        let place = try #require(pooled.values.indices.max { abs(pooled.values[$0]) < abs(pooled.values[$1]) })
        let there = t.grid.nearestVoxel(to: pooled.grid.world(atIndex: place))
        // J of nine degrees of freedom (Hedges 1981).
        let j = exp(lgamma(4.5) - lgamma(4)) / 4.5.squareRoot()
        let expected = j * Double(t[try #require(there)]) / 10.0.squareRoot()
        #expect(abs(Double(pooled.values[place]) - expected) < 1e-3 * abs(expected))
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

    /// Eight people, two sessions without treatment and two with it between them; the amygdala changes in person 8 alone.
    private static let reliabilityTable: String = {
        var text = "id,session,amygdala\n"
        for person in 1...8 {
            let own = Double(person * person % 7)
            let rows = [("base1", own), ("base2", own + (person % 2 == 0 ? 0.2 : -0.2)), ("pre", own + 0.1)]
            for (session, value) in rows { text += "p\(person),\(session),\(value)\n" }
            text += "p\(person),post,\(own + (person == 8 ? 3 : person % 2 == 0 ? 0.3 : 0))\n"
        }
        return text
    }()

    @Test("Whose change is reliable is told by sessions without treatment, or by a stated number")
    func reliability() throws {
        let scratch = try Scratch(["values.csv": Self.reliabilityTable])
        func run(_ reliability: String, _ out: String) throws -> Command.Outcome {
            try Command(
                [
                    "study", "values.csv", "--paired", "session=pre,post", "--values", "amygdala", "--reliability",
                    reliability, "--out", out, "-q",
                ], in: scratch.path
            ).wait()
        }
        let estimated = try run("session=base1,base2", "a")
        #expect(estimated.code == 0, "\(estimated.complaint)")
        #expect(estimated.output.contains("estimated); 1 of 8 changed reliably"))
        let rows = scratch.text("a/reliable_change.tsv").split(separator: "\n").map { $0.split(separator: "\t") }
        let yes = rows.filter { $0[6] == "yes" }.map { String($0[0]) }
        #expect(yes == ["p8"])
        // sd of the differences ±0.2 of eight people, over √2.
        let table = scratch.text("a/reliability.tsv").split(separator: "\n").map {
            $0.split(separator: "\t").map(String.init)
        }
        let place = try #require(table[0].firstIndex(of: "source"))
        #expect(table[1][place] == "estimated")
        let stated = try run("0.9", "b")
        #expect(stated.code == 0, "\(stated.complaint)")
        #expect(stated.output.contains("reliability 0.90 (stated)"))
        let page = scratch.text("b/report.html")
        #expect(page.contains("what regression to the mean does to the group cannot be told"))
        for wrong in ["1.2", "session=base1,base9", "session=base1"] {
            let refused = try run(wrong, "c")
            #expect(refused.code == 2, "\(wrong): \(refused.complaint)")
        }
    }

    @Test("Parts that were made apart give the bytes of one run; one that is missing or of another seed is told")
    func shards() throws {
        let scratch = try Scratch()
        let base = [
            "study", Self.example, "--paired", "session=pre,post", "--correlate", "change:hamd", "--sphere",
            "0,24,32,15", "--permutations", "400", "-q",
        ]
        for part in 1...3 {
            let made = try Command(base + ["--shard", "\(part)/3", "--out", "part-\(part).tsv"], in: scratch.path)
                .wait()
            #expect(made.code == 0, "\(made.complaint)")
        }
        let parts = (1...3).flatMap { ["--part", "part-\($0).tsv"] }
        let merged = try Command(base + parts + ["--out", "merged"], in: scratch.path).wait()
        #expect(merged.code == 0, "\(merged.complaint)")
        let whole = try Command(base + ["--out", "whole"], in: scratch.path).wait()
        #expect(whole.code == 0)
        for name in ["clusters.tsv", "limits.tsv", "leave_one_out.tsv", "participants_values.tsv", "peaks.tsv"] {
            #expect(scratch.text("merged/\(name)") == scratch.text("whole/\(name)"), "\(name)")
        }
        let missing = try Command(base + parts.dropLast(2) + ["--out", "m"], in: scratch.path).wait()
        #expect(missing.code == 2 && missing.complaint.contains("in no part"), "\(missing.complaint)")
        let other = try Command(base + parts + ["--seed", "2", "--out", "m"], in: scratch.path).wait()
        #expect(other.code == 2 && other.complaint.contains("a part of another study"), "\(other.complaint)")
    }

    @Test("Parts with counts for q and the contrasts of a conjunction give the files of one run, byte for byte")
    func sharedExtras() throws {
        let scratch = try Scratch()
        let base = [
            "study", Self.example, "--paired", "session=pre,post", "--correlate", "change:hamd,age", "--fdr",
            "--conjunction", "--sphere", "0,24,32,15", "--permutations", "300", "-q",
        ]
        for part in 1...2 {
            let made = try Command(base + ["--shard", "\(part)/2", "--out", "part-\(part).tsv"], in: scratch.path)
                .wait()
            #expect(made.code == 0, "\(made.complaint)")
            #expect(made.output.contains("part-\(part).tsv.counts"))
        }
        let merged = try Command(
            base + ["--part", "part-1.tsv", "--part", "part-2.tsv", "--out", "merged"], in: scratch.path
        ).wait()
        #expect(merged.code == 0, "\(merged.complaint)")
        let whole = try Command(base + ["--out", "whole"], in: scratch.path).wait()
        #expect(whole.code == 0, "\(whole.complaint)")
        #expect(whole.output.contains("Change of the images on age and change of hamd"))
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/whole").filter {
            $0.hasSuffix(".tsv") || $0.hasSuffix(".nii.gz")
        }
        #expect(names.contains("conjunction.tsv") && names.contains("q_level-voxel_corr-FDR_method-montecarlo.nii.gz"))
        for name in names {
            let files = ["merged", "whole"].map {
                FileManager.default.contents(atPath: "\(scratch.path)/\($0)/\(name)")
            }
            #expect(files[0] != nil && files[0] == files[1], "\(name)")
        }
    }

    @Test("What is told beside the test has its files and columns, and what cannot go together is refused")
    func besides() throws {
        let scratch = try Scratch()
        let run = try Command(
            [
                "study", Self.example, "--paired", "session=pre,post", "--correlate", "change:hamd", "--covariates",
                "age", "--nuisance", "draper-stoneman", "--robust", "--fdr", "--pareto-tail", "--permutations", "300",
                "--sphere", "0,24,32,20", "--out", "out", "-q",
            ], in: scratch.path
        ).wait()
        #expect(run.code == 0, "\(run.complaint)")
        let header = scratch.text("out/clusters.tsv").prefix { $0 != "\n" }.split(separator: "\t")
        for name in ["p_tail", "p_tail_is", "q_fdr", "robust_t"] {
            #expect(header.contains { $0 == name }, "\(name)")
        }
        for name in ["q_level-voxel_corr-FDR_method-montecarlo", "t_desc-robust", "beta_desc-robust"] {
            #expect(scratch.exists("out/\(name).nii.gz"), "\(name)")
        }
        #expect(scratch.text("out/run.json").contains("\"nuisance\" : \"draperStoneman\""))
        for (options, told) in [
            (["--conjunction"], "three or more sessions"), (["--reliability", "0.8"], "--values"),
            (["--memory", "0.05"], "and there are 51 MiB"), (["--shard", "1/2"], "--out FILE"),
        ] {
            let refused = try Command(
                ["study", Self.example, "--paired", "session=pre,post"] + options, in: scratch.path
            ).wait()
            #expect(refused.code != 0 && refused.complaint.contains(told), "\(options): \(refused.complaint)")
        }
    }

    @Test("The check says the smallest p there can be: of two equal groups 2 of all divisions")
    func smallestP() throws {
        var text = "id,group,amygdala\n"
        for person in 1...10 { text += "p\(person),\(person < 6 ? "a" : "b"),\(person * person % 11)\n" }
        let scratch = try Scratch(["values.csv": text])
        let run = try Command(
            ["study", "values.csv", "--groups", "group=a,b", "--values", "amygdala", "--check", "-q"], in: scratch.path
        ).wait()
        #expect(run.code == 0, "\(run.complaint)")
        #expect(
            run.output.contains("Arrangements: all 252. The smallest p there can be is 0.0079, both tails together."))
    }
}
