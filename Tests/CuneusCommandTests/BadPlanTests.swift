import Testing

/// Plans as a reviewer may get them wrong: each is refused with its line and column, what was found, what was expected or
/// is nearest, and how to mend it.
@Suite("Plans with a slip")
struct BadPlanTests {
    /// Ten changes and two correlations; weeks are twice the sessions, kind is the same in all.
    private static let studies: String = {
        var table = "experiment\tn1\tn2\tt_thr\tdisorder\tsessions\tweeks\tkind\tmeasure\n"
        for n in 0..<12 {
            let disorder = ["anxiety", "depression", "PTSD"][n % 3]
            table +=
                "E\(n)\t\(15 + n)\t0\t3.3\t\(disorder)\t\(4 + n)\t\(8 + 2 * n)\tsame\t\(n < 10 ? "change" : "correlation")\n"
        }
        return table
    }()

    private static let peaks: String = {
        var table = "experiment\tx\ty\tz\tspace\tstat\tvalue\n"
        for n in 0..<12 { table += "E\(n)\t\(-40 + n)\t28\t-2\tmni\t\(n < 10 ? "t\t5.1" : "r\t0.8")\n" }
        return table
    }()

    /// What stands below the model's name, indented by four blanks.
    private static let slips: [BadPlan] = [
        BadPlan(
            description: "an unknown column in the filter", text: "filter: disordr == \"PTSD\"",
            told: ["p/cuneus.yaml:4:13", "disordr", "Did you mean \"disorder\"?"]),
        BadPlan(
            description: "a filter with one =", text: "filter: disorder = \"PTSD\"",
            told: ["p/cuneus.yaml:4:13", "character 10", "Write =="]),
        BadPlan(
            description: "a filter for a value in another case", text: "filter: disorder == \"ptsd\"",
            told: [
                "p/cuneus.yaml:4:13", "no experiment has disorder \"ptsd\"", "Did you mean \"PTSD\"?", "0 experiments",
            ]),
        BadPlan(
            description: "an unknown covariate", text: "covariates: [sesions]\n    test: {covariate: sesions}",
            told: ["p/cuneus.yaml:4:18", "sesions", "Did you mean \"sessions\"?"]),
        BadPlan(
            description: "a typo in the key of the test",
            text: "covariates: [sessions]\n    test: {covarite: sessions}",
            told: ["p/cuneus.yaml:5:12", "covarite", "Did you mean \"covariate\"?"]),
        BadPlan(
            description: "a typo in the test", text: "test: maen",
            told: ["p/cuneus.yaml:4:11", "maen", "Did you mean \"mean\"?"]),
        BadPlan(
            description: "a test of what the model does not have",
            text: "covariates: [sessions]\n    test: {covariate: weeks}",
            told: ["p/cuneus.yaml:5:23", "no covariate \"weeks\"", "Known covariates: sessions"]),
        BadPlan(
            description: "a covariate of one level", text: "covariates: [{column: kind, reference: same}]",
            told: ["p/cuneus.yaml:4:18", "\"same\" in all 10 experiments", "must vary"]),
        BadPlan(
            description: "text as a number", text: "covariates: [disorder]",
            told: ["p/cuneus.yaml:4:18", "is text", "{column: disorder, coding: treatment, reference: PTSD}"]),
        BadPlan(
            description: "an unknown reference level", text: "covariates: [{column: disorder, reference: PSTD}]",
            told: ["p/cuneus.yaml:4:18", "PSTD", "Did you mean \"PTSD\"?"]),
        BadPlan(
            description: "collinear covariates", text: "covariates: [sessions, weeks]",
            told: ["p/cuneus.yaml:4:28", "\"weeks\"", "determined by \"sessions\"", "Leave one of them out"]),
        BadPlan(
            description: "fewer experiments than coefficients",
            text: "filter: sessions > 11\n    covariates: [sessions, n]",
            told: ["p/cuneus.yaml:5:18", "3 coefficients (intercept, sessions, n) and only 2", "At least 4"]),
        BadPlan(
            description: "a level of 5 in place of .05", text: "corrected_p: 5",
            told: ["p/cuneus.yaml:4:5", "\"5\"", "1e-06 to 0.5", "0.05"]),
        BadPlan(
            description: "a typo in a setting", text: "permutation: 100",
            told: ["p/cuneus.yaml:4:5", "permutation", "Did you mean \"permutations\"?"]),
        BadPlan(
            description: "a model twice", text: "question: Q?\n  m:\n    question: Q?",
            told: ["p/cuneus.yaml:3:3", "\"m\" stands twice", "Keep one"]),
        BadPlan(
            description: "a tab", text: "question: Q?\n\ttest: mean",
            told: ["p/cuneus.yaml:5:1", "tab", "two blanks"]),
        BadPlan(
            description: "a contrast of an unknown level",
            text:
                "covariates: [{column: disorder, reference: PTSD}]\n    test: {contrast: {\"disorder[anxeity]\": 1}}",
            told: ["p/cuneus.yaml:5:23", "disorder[anxeity]", "Did you mean \"disorder[anxiety]\"?"]),
        BadPlan(
            description: "weights that do not cancel",
            text:
                "covariates: [{column: disorder, reference: PTSD}]\n    test: {contrast: {\"disorder[anxiety]\": 1, \"disorder[depression]\": -0.5}}",
            told: ["p/cuneus.yaml:5:23", "sum to 0.5, not 0", "no comparison of levels", "Let the weights cancel"],
            code: 0),
        BadPlan(
            description: "a contrast of too many numbers", text: "covariates: [sessions]\n    test: {contrast: 0+1+1}",
            told: ["p/cuneus.yaml:5:22", "3 numbers", "2 coefficients: intercept, sessions"]),
        BadPlan(
            description: "groups of a number", text: "covariates: [sessions]\n    test: {groups: sessions}",
            told: ["p/cuneus.yaml:5:20", "as a number", "coding: treatment"]),
        BadPlan(
            description: "a prediction of what the model does not have",
            text: "covariates: [sessions]\n    predict: [{name: ten, weeks: 10}]",
            told: ["p/cuneus.yaml:5:34", "no covariate \"weeks\"", "Known covariates: sessions"]),
        BadPlan(
            description: "predictors that take changes",
            text: "measure: correlation\n    filter: measure == \"change\"",
            told: ["p/cuneus.yaml:5:13", "0 experiments", "No experiment of measure correlation meets the filter"]),
        BadPlan(
            description: "an unknown measure", text: "measure: changes",
            told: ["p/cuneus.yaml:4:14", "changes", "Did you mean \"change\"?"]),
        BadPlan(
            description: "an unknown rule for shared samples", text: "samples: combined",
            told: ["p/cuneus.yaml:4:5", "combined", "combine or precise or separate"]),
        BadPlan(
            description: "a scale of 0", text: "covariates: [{column: sessions, scale: 0}]",
            told: ["p/cuneus.yaml:4:44", "\"0\"", "above 0"]),
        BadPlan(
            description: "American spelling", text: "covariates: [{column: sessions, center: mean}]",
            told: ["p/cuneus.yaml:4:37", "center", "Did you mean \"centre\"?"]),
    ]

    @Test("is told where, what, and how to mend it", arguments: slips)
    func refused(_ bad: BadPlan) throws {
        let hasMeasure = bad.text.contains("measure")
        let filter = hasMeasure || bad.text.contains("twice") ? "" : "\n    measure: change"
        let scratch = try Scratch([
            "p/studies.tsv": Self.studies, "p/peaks.tsv": Self.peaks,
            "p/cuneus.yaml": "name: p\nmodels:\n  m:\n    \(bad.text)\(filter)\n",
        ])
        bad.expectTold(by: try Command(["plan", "p"], in: scratch.path).wait())
        guard bad.code != 0 else { return }
        let run = try Command(["run", "p", "--out", "o"] + quick, in: scratch.path).wait()
        #expect(run.code == bad.code && scratch.files("o").isEmpty, "\(run.complaint)")
        #expect(run.complaint.contains(bad.told[0]), "\(run.complaint)")
    }

    @Test("changes and correlations in one model are refused with both counted")
    func mixed() throws {
        let scratch = try Scratch([
            "p/studies.tsv": Self.studies, "p/peaks.tsv": Self.peaks,
            "p/cuneus.yaml": "name: p\nmodels:\n  m:\n    question: Q?\n",
        ])
        let mixed = BadPlan(
            description: "changes and correlations", text: "",
            told: ["p/cuneus.yaml:3:3", "mixes 2 correlations", "10 changes", "Write measure: change"])
        mixed.expectTold(by: try Command(["plan", "p"], in: scratch.path).wait())
    }

    @Test("plan --tsv has a row per model, with what it takes, its covariates, its hypothesis and its hash")
    func table() throws {
        let scratch = try Scratch([
            "p/studies.tsv": Self.studies, "p/peaks.tsv": Self.peaks,
            "p/cuneus.yaml": """
            name: p
            models:
              all: {question: "What\\tchanges?", measure: change}
              dose: {measure: change, filter: sessions > 4, covariates: [sessions], test: {covariate: sessions}}
            """,
        ])
        let outcome = try Command(["plan", "p", "--tsv"], in: scratch.path).wait()
        #expect(outcome.code == 0)
        let rows = outcome.output.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
        #expect(rows.count == 3 && rows.allSatisfy { $0.count == rows[0].count })
        func cell(_ row: Int, _ name: String) -> String { rows[row][rows[0].firstIndex(of: name) ?? 0] }
        #expect(cell(1, "question") == "What changes?" && cell(1, "covariates") == "n/a")
        #expect(cell(2, "filter") == "sessions > 4" && cell(2, "experiments") == "9")
        #expect(
            cell(2, "coefficients") == "intercept, sessions"
                && cell(2, "hypothesis").contains("does not depend on sessions"))
        #expect(cell(2, "sha256").count == 64 && cell(1, "sha256") != cell(2, "sha256"))
        #expect(try Command(["plan", "p", "--tsv", "--json"], in: scratch.path).wait().code == 64)
    }
}
