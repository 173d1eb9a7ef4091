import Foundation
import Testing

@Suite("cuneus plan")
struct PlanTests {
    /// Twelve experiments with covariates, two of one sample, one without its number of sessions.
    static let files: [String: String] = {
        var studies = "experiment\tsample\tn1\tt_thr\treport\tsessions\tdisorder\tcontrols\n"
        for n in 1...12 {
            studies += "S\(n)\tP\(n == 12 ? 11 : n)\t\(18 + n)\t3.6\tnone\t\(n == 4 ? "NA" : "\(4 + n * 5 % 13)")\t"
            studies += "\(["anxiety", "depression", "PTSD"][n % 3])\t\(n % 2)\n"
        }
        return [
            "p/studies.tsv": studies,
            "p/cuneus.yaml": """
            name: therapy
            question: What changes?
            models:
              all:
                question: Anything?
              dose:
                question: Does the change grow with sessions?
                filter: controls == 1 or n >= 20
                covariates:
                  - {column: sessions, centre: mean, scale: 10}
                  - {column: disorder, coding: treatment, reference: depression}
                test: {covariate: sessions}
                predict:
                  - {name: ten_sessions, sessions: 10}

            """,
        ]
    }()

    @Test("says per model the question, experiments, design, test, cost, warnings and hash")
    func text() throws {
        let scratch = try Scratch(Self.files)
        let outcome = try cuneus("plan", "p", "--threads", "2", "--instructions", "baseline", in: scratch.path)
        #expect(outcome.code == 0)
        #expect(outcome.complaint.isEmpty)
        let day = /Plan of \d{4}-\d\d-\d\d,/
        #expect(outcome.output.contains(day))
        // How long it takes depends on the machine and on what else runs there: each model's time, and that of all of them.
        let duration = /about \d+ (s|min|h)( on 2|\.\n)/
        #expect(outcome.output.matches(of: duration).count == 3)
        let dated = outcome.output.replacing(day, with: "Plan of 2026-01-31,")
        try expectSnapshot(dated.replacing(duration) { "about 10 s\($0.output.2)" }, "plan")
    }

    @Test("--json holds the design matrix")
    func json() throws {
        struct Plan: Decodable {
            struct Model: Decodable {
                struct Combination: Decodable { var name: String, weights: [Double] }
                struct Design: Decodable {
                    struct Row: Decodable { var experiment: String, values: [Double] }
                    struct LeftOut: Decodable { var experiment: String, missing: [String] }
                    var columns: [String], rows: [Row], test: [Combination], predictions: [Combination]
                    var adjustedMeans: [Combination], leftOut: [LeftOut]
                }
                var name: String, sha256: String, experiments: Int, samples: Int, participants: Int
                var design: Design, settings: [String: String], seconds: Double?, bytes: Int?
            }
            var sha256: String, date: String, models: [Model]
        }
        let scratch = try Scratch(Self.files)
        let outcome = try cuneus("plan", "p", "--json", in: scratch.path)
        #expect(outcome.code == 0)
        let plan = try JSONDecoder().decode(Plan.self, from: Data(outcome.output.utf8))
        #expect(plan.sha256.count == 64)
        #expect(plan.models.map(\.name) == ["all", "dose"])
        #expect(plan.models[0].experiments == 12 && plan.models[0].samples == 11)
        #expect(plan.models[0].seconds ?? 0 > 0 && plan.models[0].bytes ?? 0 > 0)
        #expect(plan.models[0].settings["seed"] == "1")
        let design = plan.models[1].design
        #expect(design.columns == ["intercept", "sessions", "disorder[PTSD]", "disorder[anxiety]"])
        #expect(design.rows.allSatisfy { $0.values.count == 4 && $0.values[0] == 1 })
        #expect(abs(design.rows.reduce(0) { $0 + $1.values[1] }) < 1e-9)
        #expect(design.leftOut.map(\.experiment) == ["S4"] && design.leftOut[0].missing == ["sessions"])
        #expect(design.test.map(\.weights) == [[0, 1, 0, 0]])
        #expect(design.predictions.map(\.name) == ["ten_sessions"])
        #expect(plan.models.allSatisfy { ($0.seconds ?? 0) > 0 })
    }

    @Test("the hash is of the canonical text, and neither layout nor comments nor the wording of questions change it")
    func hash() throws {
        func hash(_ edits: [(String, String)] = [], _ options: [String] = []) throws -> String {
            let scratch = try Scratch(Self.files)
            for (old, new) in edits { try scratch.edit("p/cuneus.yaml", old, new) }
            let outcome = try Command(["plan", "p"] + options, in: scratch.path).wait()
            #expect(outcome.code == 0, "\(outcome.complaint)")
            return try String(#require(outcome.output.firstMatch(of: /Plan of .*, sha256 ([0-9a-f]{64})\n/)).1)
        }
        let original = try hash()
        for edits in [
            [("name: therapy", "# registered\nname:   'therapy'")],
            [("question: Anything?", "question: Anything at all?")],
            [("controls == 1 or n >= 20", "\"(controls==1)  or (n >= 20.0)\"")],
            [("{column: sessions, centre: mean, scale: 10}", "{scale: 10.0, centre: mean, column: sessions}")],
            [("test: {covariate: sessions}", "test: sessions")],
            [("disorder, coding: treatment,", "disorder,")],
            [("question: Anything?", "settings: {seed: 1}")],
        ] {
            #expect(try hash(edits) == original, "\(edits)")
        }
        for edits in [
            [("controls == 1 or n >= 20", "controls == 1 or n >= 21")],
            [("controls == 1 or", "controls == 1 and")],
            [("centre: mean, scale: 10", "centre: mean, scale: 5")],
            [("centre: mean, scale: 10", "scale: 10")],
            [("coding: treatment", "coding: sum")],
            [("reference: depression", "reference: anxiety")],
            [("test: {covariate: sessions}", "test: mean")],
            [("sessions: 10}", "sessions: 12}")],
            [("  all:", "  everything:")],
            [("question: Anything?", "seed: 2")],
            [("question: Anything?", "measure: correlation\n    filter: n < 0")],
        ] {
            let scratch = try Scratch(Self.files)
            for (old, new) in edits { try scratch.edit("p/cuneus.yaml", old, new) }
            let text = try cuneus("plan", "p", in: scratch.path).output
            #expect(
                text.contains(/Plan of .*, sha256 [0-9a-f]{64}\n/) && !text.contains("sha256 \(original)"), "\(edits)")
        }
        #expect(try hash([], ["--set", "seed=2"]) != original)
        #expect(try hash([], ["--threads", "1"]) == original)
    }

    @Test("run.json and the report hold the hash that cuneus plan prints")
    func recorded() throws {
        let scratch = try Scratch(nativeFiles)
        let plan = try cuneus("plan", "p", "--set", "voxel_size=8", "--set", "imputations=4", in: scratch.path)
        let hash = try String(#require(plan.output.firstMatch(of: /Plan of .*, sha256 ([0-9a-f]{64})\n/)).1)
        let run = try cuneus(
            "run", "p", "--model", "rest", "--set", "voxel_size=8", "--set", "imputations=4", "--out", "o", "--quiet",
            in: scratch.path)
        #expect(run.code == 0, "\(run.complaint)")
        let result = try #require(try scratch.json("o/run.json")["result"] as? [String: Any])
        #expect(result["planSHA256"] as? String == hash)
        #expect(scratch.text("o/report.html").contains(hash))
    }

    @Test("--canonical prints what the hash is of")
    func canonical() throws {
        let scratch = try Scratch(Self.files)
        let text = try cuneus("plan", "p", "--canonical", in: scratch.path).output
        #expect(text.hasPrefix("cuneus plan 1\nmodel \"all\"\nmeasure change\ntest mean\nsetting method=\"effects\"\n"))
        #expect(
            text.contains(
                """
                model "dose"
                measure change
                filter ("controls" == 1) or ("n" >= 20)
                covariate "sessions" centre=mean scale=10 power=1
                covariate "disorder" coding=treatment reference="depression"
                test covariate "sessions"
                predict "ten_sessions" "sessions"="10"
                """))
    }

    @Test("a plan that the data cannot fill ends with 2 and the place, here and in check and run")
    func bad() throws {
        let scratch = try Scratch(Self.files)
        try scratch.edit("p/cuneus.yaml", "reference: depression", "reference: depresion")
        let message =
            "p/cuneus.yaml:11:9: error: the reference of covariate \"disorder\" is \"depresion\", which no experiment of the model has."
        let plan = try cuneus("plan", "p", in: scratch.path)
        #expect(plan.code == 2)
        #expect(plan.output.contains(message), "\(plan.output)")
        #expect(plan.output.contains("Did you mean \"depression\"?"))
        let check = try cuneus("check", "p", in: scratch.path)
        #expect(check.code == 2 && check.output.contains(message))
        let run = try cuneus("run", "p", in: scratch.path)
        #expect(run.code == 2 && run.complaint.contains(message))
        #expect(!scratch.exists("cuneus-out"))
    }

    @Test("a mistyped key ends with 2 and the nearest known one")
    func typo() throws {
        let scratch = try Scratch(Self.files)
        try scratch.edit("p/cuneus.yaml", "covariates:", "covariats:")
        let outcome = try cuneus("plan", "p", in: scratch.path)
        #expect(outcome.code == 2)
        #expect(
            outcome.complaint
                == "cuneus: p/cuneus.yaml:9:5: model \"dose\" has no key \"covariats\". Did you mean \"covariates\"?\n")
    }

    @Test("a model with covariates is run: its design, coefficients and maps are written")
    func run() throws {
        let scratch = try Scratch(Self.files)
        let outcome = try cuneus(
            "run", "p", "--model", "dose", "--quiet", "--set", "voxel_size=8", "--set", "imputations=4", "--set",
            "permutations=20", "--maxs-mins-z", "--out", "o", in: scratch.path)
        #expect(outcome.code == 0, "\(outcome.complaint)")
        let design = try scratch.text("o/dose/design.tsv").split(separator: "\n").map { $0.split(separator: "\t") }
        #expect(design[0] == ["experiment", "intercept", "sessions", "disorder[PTSD]", "disorder[anxiety]"])
        for name in ["g_desc-sessions", "z_desc-disorderAnxiety", "se_desc-intercept", "g_desc-tenSessions"] {
            #expect(scratch.exists("o/dose/\(name).nii.gz"), "\(name)")
        }
        #expect(scratch.exists("o/dose/coefficients.tsv") && scratch.exists("o/dose/clusters_corr-FWE.tsv"))
        let rows = try scratch.text("o/dose/fwe/maxsMinsZ.asc").split(separator: "\n")
        #expect(rows.count == 20 && rows.allSatisfy { $0.split(separator: " ").count == 4 })
        let report = try scratch.text("o/report.html")
        #expect(report.contains("whether the effect does not depend on sessions") && report.contains("Freedman–Lane"))
    }

    @Test("an SDM folder's columns are filters and covariates on the command line")
    func sdm() throws {
        var files = ["s/sdm_table.txt": "study\tn1\tn2\tt_thr\tage\tcontrols\n"]
        for n in 1...8 {
            files["s/sdm_table.txt"]? += "S\(n)\t\(20 + n)\t0\t3.5\t\(30 + n * n % 7)\t\(n < 7 ? 1 : 0)\n"
            files["s/S\(n).no_peaks.txt"] = ""
        }
        let scratch = try Scratch(files)
        let outcome = try cuneus(
            "plan", "s", "--covariate", "age", "--filter", "controls==1", "--test", "contrast: 0+1", in: scratch.path)
        #expect(outcome.code == 0)
        #expect(outcome.output.contains("6 of 8, 6 samples, 141 participants"), "\(outcome.output)")
        #expect(outcome.output.contains("6 experiments by 2 coefficients: intercept, age"))
        #expect(outcome.output.contains("Hypothesis    age = 0"))
        let wrong = try cuneus("plan", "s", "--covariate", "aeg", in: scratch.path)
        #expect(wrong.code == 2)
        #expect(
            wrong.complaint
                == "cuneus: --covariate aeg: covariates: there is no column \"aeg\". Did you mean \"age\"?\n")
    }

    @Test("--covariate alone tests the covariate; several without --test do not, and it is said")
    func covariateAlone() throws {
        let scratch = try Scratch(Self.files)
        let one = try cuneus("plan", "p", "--covariate", "n", in: scratch.path)
        #expect(one.code == 0, "\(one.complaint)")
        #expect(
            one.output.contains("command_line\n") && one.output.contains("does not depend on n (1 coefficient)"),
            "\(one.output)")
        #expect(one.complaint.isEmpty)
        let mean = try cuneus("plan", "p", "--covariate", "n", "--test", "mean", in: scratch.path)
        #expect(!mean.output.contains("does not depend on n (1 coefficient)"))
        let two = try cuneus("plan", "p", "--covariate", "n", "--covariate", "sessions", in: scratch.path)
        #expect(two.code == 0, "\(two.complaint)")
        #expect(two.complaint.contains("--test") && two.complaint.contains("the mean is tested"), "\(two.complaint)")
    }

    @Test("--model with --covariate asks more of that model: its own filter, covariates and settings stay")
    func combined() throws {
        let scratch = try Scratch(Self.files)
        let outcome = try cuneus("plan", "p", "--model", "dose", "--covariate", "n", in: scratch.path)
        #expect(outcome.code == 0, "\(outcome.complaint)")
        #expect(outcome.output.contains("dose_n\n") && !outcome.output.contains("\nall\n"))
        #expect(outcome.output.contains("controls == 1 or n >= 20"))
        #expect(outcome.output.contains("does not depend on n (1 coefficient)"))
        #expect(
            outcome.output.contains("intercept, sessions, disorder[PTSD], disorder[anxiety], n")
                || outcome.output.contains("intercept, sessions, disorder[anxiety], disorder[PTSD], n"),
            "\(outcome.output)")
        // Two filters are both asked.
        let narrowed = try cuneus("plan", "p", "--model", "dose", "--filter", "n > 21", in: scratch.path)
        #expect(narrowed.output.contains("(controls == 1 or n >= 20) and (n > 21)"), "\(narrowed.output)")
        #expect(narrowed.output.contains("dose_filtered\n"))
        let twice = try cuneus("plan", "p", "--model", "dose", "--covariate", "sessions", in: scratch.path)
        #expect(twice.code == 2 && twice.complaint.contains("stands twice"))
        let several = try cuneus("plan", "p", "--model", "dose", "--model", "all", "--covariate", "n", in: scratch.path)
        #expect(several.code == 2 && several.complaint.contains("--model names 2"), "\(several.complaint)")
        let unknown = try cuneus("plan", "p", "--model", "doze", "--covariate", "n", in: scratch.path)
        #expect(unknown.code == 2 && unknown.complaint.contains("there is no model 'doze'"))
    }

    @Test("all models together have a time of their own, and a single one has not")
    func total() throws {
        let scratch = try Scratch(Self.files)
        #expect(try cuneus("plan", "p", in: scratch.path).output.contains("All of them take about "))
        #expect(try !cuneus("plan", "p", "--model", "all", in: scratch.path).output.contains("All of them"))
    }

    @Test("a model of foci alone says what memory it takes")
    func memoryOfFoci() throws {
        let scratch = try Scratch(nativeFiles)
        let outcome = try cuneus("plan", "p", "--model", "all", "--method", "ale", in: scratch.path)
        #expect(outcome.output.contains("Takes         at most about "), "\(outcome.output)")
        let short = try cuneus("plan", "p", "--model", "all", "--method", "ale", "--memory", "0.05", in: scratch.path)
        #expect(short.output.contains("--memory allows 51"), "\(short.output)")
        let run = try cuneus(
            "run", "p", "--model", "all", "--method", "ale", "--memory", "0.05", "--out", "o", in: scratch.path)
        #expect(run.code == 2 && run.complaint.contains("--memory allows 51"), "\(run.complaint)")
        #expect(!scratch.exists("o"))
    }

    @Test("an SDM folder may hold a plan")
    func sdmPlan() throws {
        var files = sdmFiles
        files["s/cuneus.yaml"] = "models:\n  young:\n    filter: age < 35\n"
        let scratch = try Scratch(files)
        let outcome = try cuneus("plan", "s", in: scratch.path)
        #expect(outcome.code == 0)
        #expect(outcome.output.contains("young\n") && outcome.output.contains("1 of 3, 1 sample, 20 participants"))
    }
}
