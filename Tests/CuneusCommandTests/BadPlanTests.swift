import Testing

/// Plans as a reviewer may get them wrong: each is refused with its line and column, what was found, what was expected or
/// is nearest, and how to mend it.
@Suite("Plans with a slip")
struct BadPlanTests {
    struct Case: Sendable, CustomStringConvertible {
        var description: String
        /// What stands below the model's name, indented by four blanks.
        var model: String
        var told: [String]
        /// 0 where only a warning is due.
        var code: Int32 = 2
    }

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

    static let cases: [Case] = [
        Case(
            description: "an unknown column in the filter", model: "filter: disordr == \"PTSD\"",
            told: ["p/cuneus.yaml:4:13", "disordr", "Did you mean \"disorder\"?"]),
        Case(
            description: "a filter with one =", model: "filter: disorder = \"PTSD\"",
            told: ["p/cuneus.yaml:4:13", "character 10", "Write =="]),
        Case(
            description: "a filter for a value in another case", model: "filter: disorder == \"ptsd\"",
            told: [
                "p/cuneus.yaml:4:13", "no experiment has disorder \"ptsd\"", "Did you mean \"PTSD\"?", "0 experiments",
            ]),
        Case(
            description: "an unknown covariate", model: "covariates: [sesions]\n    test: {covariate: sesions}",
            told: ["p/cuneus.yaml:4:18", "sesions", "Did you mean \"sessions\"?"]),
        Case(
            description: "a typo in the key of the test",
            model: "covariates: [sessions]\n    test: {covarite: sessions}",
            told: ["p/cuneus.yaml:5:12", "covarite", "Did you mean \"covariate\"?"]),
        Case(
            description: "a typo in the test", model: "test: maen",
            told: ["p/cuneus.yaml:4:11", "maen", "Did you mean \"mean\"?"]),
        Case(
            description: "a test of what the model does not have",
            model: "covariates: [sessions]\n    test: {covariate: weeks}",
            told: ["p/cuneus.yaml:5:23", "no covariate \"weeks\"", "Known covariates: sessions"]),
        Case(
            description: "a covariate of one level", model: "covariates: [{column: kind, reference: same}]",
            told: ["p/cuneus.yaml:4:18", "\"same\" in all 10 experiments", "must vary"]),
        Case(
            description: "text as a number", model: "covariates: [disorder]",
            told: ["p/cuneus.yaml:4:18", "is text", "{column: disorder, coding: treatment, reference: PTSD}"]),
        Case(
            description: "an unknown reference level", model: "covariates: [{column: disorder, reference: PSTD}]",
            told: ["p/cuneus.yaml:4:18", "PSTD", "Did you mean \"PTSD\"?"]),
        Case(
            description: "collinear covariates", model: "covariates: [sessions, weeks]",
            told: ["p/cuneus.yaml:4:28", "\"weeks\"", "determined by \"sessions\"", "Leave one of them out"]),
        Case(
            description: "fewer experiments than coefficients",
            model: "filter: sessions > 11\n    covariates: [sessions, n]",
            told: ["p/cuneus.yaml:5:18", "3 coefficients (intercept, sessions, n) and only 2", "At least 4"]),
        Case(
            description: "a level of 5 in place of .05", model: "corrected_p: 5",
            told: ["p/cuneus.yaml:4:5", "\"5\"", "1e-06 to 0.5", "0.05"]),
        Case(
            description: "a typo in a setting", model: "permutation: 100",
            told: ["p/cuneus.yaml:4:5", "permutation", "Did you mean \"permutations\"?"]),
        Case(
            description: "a model twice", model: "question: Q?\n  m:\n    question: Q?",
            told: ["p/cuneus.yaml:3:3", "\"m\" stands twice", "Keep one"]),
        Case(
            description: "a tab", model: "question: Q?\n\ttest: mean",
            told: ["p/cuneus.yaml:5:1", "tab", "two blanks"]),
        Case(
            description: "a contrast of an unknown level",
            model:
                "covariates: [{column: disorder, reference: PTSD}]\n    test: {contrast: {\"disorder[anxeity]\": 1}}",
            told: ["p/cuneus.yaml:5:23", "disorder[anxeity]", "Did you mean \"disorder[anxiety]\"?"]),
        Case(
            description: "weights that do not cancel",
            model:
                "covariates: [{column: disorder, reference: PTSD}]\n    test: {contrast: {\"disorder[anxiety]\": 1, \"disorder[depression]\": -0.5}}",
            told: ["p/cuneus.yaml:5:23", "sum to 0.5, not 0", "no comparison of levels", "Let the weights cancel"],
            code: 0),
        Case(
            description: "a contrast of too many numbers", model: "covariates: [sessions]\n    test: {contrast: 0+1+1}",
            told: ["p/cuneus.yaml:5:22", "3 numbers", "2 coefficients: intercept, sessions"]),
        Case(
            description: "groups of a number", model: "covariates: [sessions]\n    test: {groups: sessions}",
            told: ["p/cuneus.yaml:5:20", "as a number", "coding: treatment"]),
        Case(
            description: "a prediction of what the model does not have",
            model: "covariates: [sessions]\n    predict: [{name: ten, weeks: 10}]",
            told: ["p/cuneus.yaml:5:34", "no covariate \"weeks\"", "Known covariates: sessions"]),
        Case(
            description: "predictors that take changes",
            model: "measure: correlation\n    filter: measure == \"change\"",
            told: ["p/cuneus.yaml:5:13", "0 experiments", "No experiment of measure correlation meets the filter"]),
        Case(
            description: "an unknown measure", model: "measure: changes",
            told: ["p/cuneus.yaml:4:14", "changes", "Did you mean \"change\"?"]),
        Case(
            description: "an unknown rule for shared samples", model: "samples: combined",
            told: ["p/cuneus.yaml:4:5", "combined", "combine or precise or separate"]),
        Case(
            description: "a scale of 0", model: "covariates: [{column: sessions, scale: 0}]",
            told: ["p/cuneus.yaml:4:44", "\"0\"", "above 0"]),
        Case(
            description: "American spelling", model: "covariates: [{column: sessions, center: mean}]",
            told: ["p/cuneus.yaml:4:37", "center", "Did you mean \"centre\"?"]),
    ]

    @Test("is told where, what, and how to mend it", arguments: cases)
    func refused(_ bad: Case) throws {
        let hasMeasure = bad.model.contains("measure")
        let filter = hasMeasure || bad.model.contains("twice") ? "" : "\n    measure: change"
        let scratch = try Scratch([
            "p/studies.tsv": Self.studies, "p/peaks.tsv": Self.peaks,
            "p/cuneus.yaml": "name: p\nmodels:\n  m:\n    \(bad.model)\(filter)\n",
        ])
        let outcome = try Command(["plan", "p"], in: scratch.path).wait()
        let told = outcome.output + outcome.complaint
        #expect(outcome.code == bad.code, "\(told)")
        for word in bad.told { #expect(told.contains(word), "\(word) is not in:\n\(told)") }
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
        let outcome = try Command(["plan", "p"], in: scratch.path).wait()
        #expect(outcome.code == 2)
        for word in ["p/cuneus.yaml:3:3", "mixes 2 correlations", "10 changes", "Write measure: change"] {
            #expect(outcome.output.contains(word), "\(outcome.output)")
        }
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
