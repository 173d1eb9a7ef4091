import Foundation
import Imaging
import Testing

/// What `cuneus pool` can do, asked for by a plan.
@Suite("outcomes: of a plan")
struct OutcomePlanTests {
    private static let table = """
        study,outcome,yi,vi,arm1,arm2,mg,mean,sd,n,region,region2
        a,amygdala,0.10,0.02,,,,,,,,
        a,hippocampus,0.30,0.02,,,,,,,,
        b,amygdala,0.25,0.03,,,,,,,,
        b,hippocampus,0.20,0.03,,,,,,,,
        c,amygdala,0.40,0.02,,,,,,,,
        c,hippocampus,0.55,0.02,,,,,,,,
        d,drugs,0.40,0.02,x,placebo,,,,,,
        e,drugs,0.30,0.02,y,placebo,,,,,,
        f,drugs,0.20,0.02,x,y,,,,,,
        f,drugs,0.50,0.03,x,placebo,,,,,,
        g,doses,,,,,0,4,2,30,,
        g,doses,,,,,10,5,2,30,,
        g,doses,,,,,20,6,2,30,,
        h,doses,,,,,0,3,2,40,,
        h,doses,,,,,15,5,2,40,,
        i,links,0.30,0.02,,,,,,,-24 0 -20,38 22 0
        j,links,0.40,0.03,,,,,,,-30 0 -20,40 22 0
        i,links,0.20,0.02,,,,,,,-24 0 -20,0 -52 28
        j,links,0.25,0.03,,,,,,,-30 0 -20,0 -52 28

        """

    private static let plan = """
        atlases:
          - {name: halves, image: halves.nii.gz, labels: halves.tsv}
        defaults: {method: ale, voxel_size: 6, foci_iterations: 100}
        outcomes:
          amygdala: {measure: SMD, correlation: 0.5}
          hippocampus: {measure: SMD, correlation: 0.5}
          volumes: {together: [amygdala, hippocampus], correlation: 0.5, structure: CS, question: Do both grow?}
          drugs: {compare: [arm1, arm2], reference: placebo, scale_sd: 8, control_rate: 0.3, measure: SMD}
          doses: {arms: true, dose: mg, measure: MD}
          links: {atlas: halves}

        """

    /// Eight experiments with a focus each, quick by ALE.
    private static func scratch(_ plan: String = plan) throws -> Scratch {
        var studies = "experiment\tn1\tt_thr\n"
        var peaks = "experiment\tx\ty\tz\tspace\tstat\tvalue\n"
        for n in 1...8 {
            studies += "e\(n)\t\(10 + n)\t3.1\n"
            peaks += "e\(n)\t\(-40 + n % 3)\t20\t\(n % 3)\tmni\tt\t4.2\n"
        }
        let scratch = try Scratch([
            "p/studies.tsv": studies, "p/peaks.tsv": peaks, "p/cuneus.yaml": plan,
            "p/outcomes.tsv": table.replacing(",", with: "\t"), "p/halves.tsv": "index\tname\n1\tright\n2\tleft\n",
        ])
        let grid = try #require(Grid.mni(voxelSize: 4))
        let values = (0..<grid.count).map { index -> Float in
            let x = grid.world(atIndex: index).x
            return x > 20 ? 1 : x < -20 ? 2 : 0
        }
        try NIfTIImage(Volume(grid: grid, values: values)).write(to: "\(scratch.path)/p/halves.nii.gz")
        return scratch
    }

    @Test("give the bytes of every table and figure that cuneus pool gives, and the same section of the report")
    func sameBytes() throws {
        let scratch = try Self.scratch()
        let run = try cuneus("run", "p", "--out", "r", "--no-viewer", "--quiet", in: scratch.path)
        #expect(run.code == 0, "\(run.complaint)")
        let commands: [(String, [String])] = [
            (
                "both",
                [
                    "--outcome", "amygdala", "--outcome", "hippocampus", "--measure", "SMD", "--correlation", "0.5",
                    "--together", "--structure", "CS",
                ]
            ),
            (
                "drugs",
                [
                    "--outcome", "drugs", "--compare", "arm1,arm2", "--reference", "placebo", "--scale-sd", "8",
                    "--control-rate", "0.3", "--measure", "SMD",
                ]
            ),
            ("doses", ["--outcome", "doses", "--arms", "--dose", "mg", "--measure", "MD"]),
            ("links", ["--outcome", "links", "--atlas", "p/halves.nii.gz"]),
        ]
        for (name, options) in commands {
            let pooled = try Command(
                ["pool", "p/outcomes.tsv", "--out", name, "--quiet"] + options, in: scratch.path
            ).wait()
            #expect(pooled.code == 0, "\(name): \(pooled.complaint)")
            let files = scratch.files("\(name)/outcomes")
            #expect(files.count > 5)
            for file in files {
                let own = file.hasPrefix("together/") ? "volumes/" + file.dropFirst(9) : file
                #expect(scratch.exists("r/outcomes/\(own)"), "\(own)")
                #expect(scratch.bytes("r/outcomes/\(own)") == scratch.bytes("\(name)/outcomes/\(file)"), "\(own)")
            }
        }
        #expect(scratch.text("r/outcomes/drugs/treatments.tsv").contains("\nx\tplacebo\t"))
        #expect(scratch.text("r/outcomes/doses/arms.tsv").contains("linear\tcoefficient dose"))
        let pairs = scratch.text("r/outcomes/links/pairs.tsv")
        #expect(pairs.contains("left\tright\t2\t") || pairs.contains("right\tleft\t2\t"), "\(pairs)")
        #expect(scratch.exists("r/outcomes/links/figures/edges.svg"))
        let report = scratch.text("r/report.html")
        for words in [
            "Outcomes together: volumes", "Do both grow?", "Treatments against placebo",
            "Dose and response within studies",
        ] {
            #expect(report.contains(words), "\(words)")
        }
        #expect(run.output.contains("Outcomes together: volumes"))
        // The paper's text has the same sentences.
        #expect(try cuneus("report", "r", "--tables", in: scratch.path).code == 0)
        let paper = scratch.text("r/paper/text.md")
        for words in ["by a network meta-analysis", "in one multivariate random-effects model"] {
            #expect(report.contains(words) && paper.contains(words), "\(words)")
        }
        #expect(paper.contains("Outcome “drugs”.") && paper.contains("Against placebo, g: x "))
        #expect(paper.contains("Outcomes together: volumes (") && paper.contains("Salanti"))
        let result = try #require(try scratch.json("r/run.json")["result"] as? [String: Any])
        let together = try #require((result["together"] as? [[String: Any]])?.first)
        #expect(together["name"] as? String == "volumes")
        #expect(together["structure"] as? String == "CS")
    }

    @Test("all takes every outcome of the table, whose options stand with the set where the plan describes none")
    func all() throws {
        let rows = Self.table.split(separator: "\n").prefix(7).joined(separator: "\n") + "\n"
        let scratch = try Self.scratch("outcomes: {together: {together: all, measure: SMD, level: 0.9}}\n")
        try scratch.write("p/outcomes.tsv", rows.replacing(",", with: "\t"))
        let said = try cuneus("plan", "p", in: scratch.path)
        #expect(said.code == 0, "\(said.output)")
        #expect(said.output.contains("together: amygdala, hippocampus in one model; HCS; level 0.9; measure SMD"))
        #expect(said.output.contains("amygdala: 3 rows of 3 studies; level 0.9; measure SMD"))
    }

    @Test("cuneus plan says what is pooled, how, and what stands together; its hash knows it")
    func described() throws {
        let scratch = try Self.scratch()
        let said = try cuneus("plan", "p", in: scratch.path)
        #expect(said.code == 0, "\(said.output)")
        #expect(said.output.contains("  amygdala: 3 rows of 3 studies; correlation 0.5; measure SMD\n"))
        #expect(said.output.contains("  volumes: amygdala, hippocampus in one model; CS; correlation 0.5\n"))
        #expect(said.output.contains("  links: 4 rows of 2 studies; atlas halves\n"))
        #expect(try cuneus("plan", "p", "--json", in: scratch.path).output.contains("\"structure\" : \"CS\""))
        let text = try cuneus("plan", "p", "--canonical", in: scratch.path).output
        #expect(
            text.contains(
                "together \"volumes\"\noption correlation \"0.5\"\nof \"amygdala\" \"hippocampus\"\nstructure \"CS\"\n")
        )
        #expect(text.contains("outcome \"links\"\natlas \"halves.nii.gz\"\n"))
        #expect(try cuneus("check", "p", in: scratch.path).code == 0)
    }

    /// What stands below `outcomes:`, line 2 and on.
    private static let slips: [BadPlan] = [
        BadPlan(
            description: "an outcome that neither plan nor table has",
            text: "  amygdala: {}\n  both: {together: [amygdala, hipocampus]}",
            told: ["p/cuneus.yaml:3", "\"hipocampus\"", "Did you mean \"hippocampus\"?"]),
        BadPlan(
            description: "a mistyped key", text: "  both: {togehter: [amygdala, hippocampus]}",
            told: ["p/cuneus.yaml:2:10", "togehter", "Did you mean \"together\"?"]),
        BadPlan(
            description: "a structure that is none",
            text: "  both: {together: [amygdala, hippocampus], structure: HSC}",
            told: ["p/cuneus.yaml:2:56", "structure is \"HSC\"; one of HCS, UN, CS, DIAG", "Did you mean"]),
        BadPlan(
            description: "a structure without a set", text: "  amygdala: {structure: UN}",
            told: ["p/cuneus.yaml:2:25", "together: [a, b]"]),
        BadPlan(
            description: "one outcome together", text: "  both: {together: [amygdala]}",
            told: ["p/cuneus.yaml:2:20", "names 1 outcome; two were expected"]),
        BadPlan(
            description: "a word for a list", text: "  both: {together: amygdala}",
            told: ["p/cuneus.yaml:2:20", "a list of outcomes, or all, was expected"]),
        BadPlan(
            description: "rows of a set", text: "  both: {together: all, region: amygdala}",
            told: ["p/cuneus.yaml:2:25", "has no rows of its own"]),
        BadPlan(
            description: "an option that no outcome of the set would read",
            text: "  amygdala: {}\n  hippocampus: {}\n  both: {together: all, by: n}",
            told: ["p/cuneus.yaml:4", "by says how one outcome is pooled", "Together take: correlation"]),
        BadPlan(
            description: "an option twice", text: "  drugs: {scale_sd: 8, scale-sd: 9}",
            told: ["p/cuneus.yaml:2", "\"scale-sd\" stands twice"]),
        BadPlan(
            description: "a correlation above 1",
            text: "  both: {together: [amygdala, hippocampus], correlation: 1.5}",
            told: ["p/cuneus.yaml:2:58", "correlation is \"1.5\"; expected from 0 to below 1"]),
        BadPlan(
            description: "three columns to compare", text: "  drugs: {compare: [arm1, arm2, n]}",
            told: ["p/cuneus.yaml:2:20", "compare should be two columns; 3 were given"]),
        BadPlan(
            description: "a column that is none", text: "  drugs: {compare: [arm1, amr2]}",
            told: ["outcomes.tsv", "no column \"amr2\"", "Did you mean \"arm2\"?"]),
        BadPlan(
            description: "arms without doses", text: "  doses: {arms: yes}",
            told: ["p/cuneus.yaml:2", "arms need a dose", "dose: mg"]),
        BadPlan(
            description: "an atlas that is none", text: "  links: {atlas: halfs.nii.gz}",
            told: ["p/cuneus.yaml:2:18", "there is no such file"]),
    ]

    @Test("refuse what they cannot mean, with file, line and remedy", arguments: slips)
    func refused(_ bad: BadPlan) throws {
        let scratch = try Self.scratch("outcomes:\n\(bad.text)\n")
        bad.expectTold(by: try cuneus("check", "p", in: scratch.path))
    }
}
