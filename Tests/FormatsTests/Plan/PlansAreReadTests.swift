import Evidence
import Formats
import TestSupport
import Testing

@Suite("The plan language")
struct PlansAreReadTests {
    /// The plan, before a small table with these columns.
    static let table = """
        experiment\tn1\treport\tage\tsessions\tdisorder\tmeasure
        A\t20\tnone\t31\t8\tanxiety\t
        B\t21\tnone\t40\t12\tdepression\t
        C\t22\tnone\t28\t20\tdepression\tchange

        """

    static func model(_ body: String) throws -> ModelPlan {
        let plan = "models:\n  m:\n" + body.split(separator: "\n").map { "    \($0)\n" }.joined()
        let scratch = try Scratch(["cuneus.yaml": plan, "studies.tsv": table])
        return try #require(try scratch.read().models.first)
    }

    @Test("files that settings name are looked for beside the plan")
    func files() throws {
        let model = try Self.model(
            "relocate_from: others.txt\nmask: /masks/gm.nii.gz\nfoci_mask: brain\nrelocate: both")
        let values = Dictionary(uniqueKeysWithValues: model.overrides.map { ($0.key, $0.value) })
        #expect(
            values["relocate_from"]?.hasPrefix("/") == true && values["relocate_from"]?.hasSuffix("/others.txt") == true
        )
        #expect(values["mask"] == "/masks/gm.nii.gz" && values["foci_mask"] == "brain" && values["relocate"] == "both")
    }

    @Test("covariates are names, or mappings that say how a column is coded")
    func covariates() throws {
        let model = try Self.model(
            """
            covariates: [age, {column: sessions, centre: mean, scale: 10}, {column: sessions, power: 2, centre: 12.5},
              {column: n1, scale: sd}, {column: disorder, coding: sum, reference: depression}]
            """)
        #expect(model.covariates.map(\.name) == ["age", "sessions", "sessions^2", "n1", "disorder"])
        #expect(
            model.covariates.map(\.kind) == [
                .raw, .numeric(centre: .mean, scale: .value(10), power: 1),
                .numeric(centre: .value(12.5), scale: .none, power: 2),
                .numeric(centre: .none, scale: .standardDeviation, power: 1),
                .categorical(.sum, reference: "depression"),
            ])
        #expect(model.covariates[1].source?.line == 3 && model.covariates[1].source?.column == 23)
    }

    @Test("a reference alone means treatment coding")
    func treatment() throws {
        let model = try Self.model("covariates: {column: disorder, reference: anxiety}")
        #expect(model.covariates.map(\.kind) == [.categorical(.treatment, reference: "anxiety")])
    }

    @Test(
        "a test is the mean, a covariate, groups, or a contrast",
        arguments: [
            ("", Hypothesis.Kind.mean), ("test: mean", .mean), ("test: {covariate: age}", .covariate("age")),
            ("test: age", .covariate("age")), ("test: {groups: disorder}", .groups("disorder")),
            ("test: {contrast: 0+1}", .contrast([.positional([0, 1])])),
            ("test: {contrast: 0+-1.5}", .contrast([.positional([0, -1.5])])),
            ("test: {contrast: [0+1, 0+0+1]}", .contrast([.positional([0, 1]), .positional([0, 0, 1])])),
        ])
    func hypotheses(_ body: String, _ kind: Hypothesis.Kind) throws {
        #expect(try Self.model("covariates: [age]\n" + body).hypothesis.kind == kind)
    }

    @Test("a contrast names coefficients, in quotes within braces")
    func contrast() throws {
        for body in [
            "test:\n  contrast:\n    disorder[anxiety]: 1\n    disorder[depression]: -1",
            "test: {contrast: {\"disorder[anxiety]\": 1, \"disorder[depression]\": -1}}",
        ] {
            guard case .contrast(let contrasts) = try Self.model(body).hypothesis.kind,
                case .named(let weights) = try #require(contrasts.first)
            else {
                Issue.record("no named contrast")
                continue
            }
            #expect(weights.map(\.name) == ["disorder[anxiety]", "disorder[depression]"])
            #expect(weights.map(\.weight) == [1, -1])
        }
    }

    @Test("predictions, measure and dependence are read")
    func others() throws {
        let model = try Self.model(
            """
            covariates: [sessions]
            measure: change
            samples: precise
            sample_correlation: 0.7
            predict:
              - {name: ten_sessions, sessions: 10}
              - {name: in_anxiety, disorder: anxiety, sessions: 30}
            """)
        #expect(model.measure == .change)
        let settings = try Settings().applying(model.overrides)
        #expect(settings.samples == .precise && settings.sampleCorrelation == 0.7)
        #expect(model.predictions.map(\.name) == ["ten_sessions", "in_anxiety"])
        #expect(model.predictions[1].settings.map(\.column) == ["disorder", "sessions"])
        #expect(model.predictions[1].settings.map(\.value) == [.text("anxiety"), .number(30)])
    }

    @Test("every threshold can be set for all models and for one")
    func thresholds() throws {
        let scratch = try Scratch([
            "cuneus.yaml": """
            defaults: {corrected_p: 0.01, corrected_statistic: tfce, cluster_forming_p: 0.005, threshold_p: 0.001,
              extent: 20, two_tailed: yes, permutations: 500, imputations: 20, seed: 3}
            models:
              one: {}
              two: {corrected_p: 0.025, corrected_statistic: mass, cluster_forming_p: 0.0001, threshold_p: 0.01,
                extent: 5, two_tailed: no, permutations: 1000, imputations: 40, seed: 4}
            """,
            "studies.tsv": Self.table,
        ])
        let project = try scratch.read()
        let keys = [
            "corrected_p", "corrected_statistic", "cluster_forming_p", "threshold_p", "extent", "two_tailed",
            "permutations", "imputations", "seed",
        ]
        let values = try project.models.map { model in
            let settings = try project.settings(of: model)
            return keys.map { SettingKey.named($0)?.text(in: settings) ?? "" }
        }
        #expect(values[0] == ["0.01", "tfce", "0.005", "0.001", "20", "yes", "500", "20", "3"])
        #expect(values[1] == ["0.025", "mass", "0.0001", "0.01", "5", "no", "1000", "40", "4"])
    }

    @Test(
        "a bad plan is refused with the place and the remedy",
        arguments: [
            ("covariate: [age]", "3:5: model \"m\" has no key \"covariate\". Did you mean \"covariates\"?"),
            ("permutation: 10", "3:5: model \"m\" has no key \"permutation\". Did you mean \"permutations\"?"),
            (
                "settings: {imputation: 10}",
                "3:16: there is no setting \"imputation\". Did you mean \"imputations\"?"
            ),
            ("settings: {test: mean}", "3:16: settings has settings only; test belongs to one model."),
            (
                "filter: disordr == \"anxiety\"",
                "3:13: filter: there is no column \"disordr\" (character 1 of disordr == \"anxiety\"). Did you mean \"disorder\"?"
            ),
            (
                "threshold_column: t_thresh",
                "3:5: threshold_column is \"t_thresh\", which the study table does not have."
            ),
            (
                "covariates: [age, sesions]",
                "3:23: covariates: there is no column \"sesions\". Did you mean \"sessions\"?"
            ),
            ("covariates: [age, age]", "3:23: covariate \"age\" stands twice. Keep one of them."),
            (
                "covariates: [{colunm: age}]",
                "3:19: a covariate has no key \"colunm\". Did you mean \"column\"?"
            ),
            ("covariates: [{centre: mean}]", "3:18: the covariate has no column. Write {column: ..., centre: mean}."),
            (
                "covariates: [{column: age, center: mean}]",
                "3:32: a covariate has no key \"center\". Did you mean \"centre\"?"
            ),
            (
                "covariates: [{column: age, centre: median}]",
                "3:40: centre is \"median\"; mean or a number was expected. Leave it out to take the numbers as they are."
            ),
            ("covariates: [{column: age, scale: 0}]", "3:39: scale is \"0\"; sd or a number above 0 was expected."),
            ("covariates: [{column: age, power: 4}]", "3:39: power is \"4\"; 1, 2 or 3 was expected."),
            (
                "covariates: [{column: disorder, coding: helmert, reference: a}]",
                "3:45: coding is \"helmert\"; treatment or sum was expected."
            ),
            (
                "covariates: [{column: disorder, coding: sum}]",
                "3:18: categorical covariate \"disorder\" names no reference. Add reference: and the level that the others are compared with."
            ),
            (
                "covariates: [{column: disorder, reference: anxiety, centre: mean}]",
                "3:57: covariate \"disorder\" cannot have both centre (of a number) and a coding of categories."
            ),
            (
                "measure: corelation",
                "3:14: measure is \"corelation\"; change or correlation was expected. Did you mean \"correlation\"?"
            ),
            ("samples: average", "3:5: samples is \"average\"; expected combine or precise or separate."),
            ("test: [mean]", "3:11: test should say one thing: mean, or one of covariate:, groups: or contrast:."),
            ("test: {covariate: age, groups: disorder}", "3:11: test should say one thing"),
            ("test: {group: disorder}", "3:12: test has no key \"group\". Did you mean \"groups\"?"),
            ("test: {contrast: a+b}", "3:22: the contrast \"a+b\" is not understood."),
            ("test: {contrast: {age: much}}", "3:28: the weight of age is \"much\"; a number was expected."),
            (
                "test: {contrast: {disorder[anxiety]: 1}}",
                "Within { } a name with [ ] needs quotes: {\"disorder[anxiety]\": 1}."
            ),
            (
                "predict: [{sessions: 10}]",
                "3:15: the prediction has no name. Write, for example, {name: ten_sessions, sessions: 10}."
            ),
            (
                "predict: [{name: \"a b\", age: 3}]",
                "3:22: prediction \"a b\" may have only letters, digits, _, - and ."
            ),
            ("predict: [{name: a, age: 3}, {name: a, age: 4}]", "3:34: prediction \"a\" stands twice."),
        ])
    func refused(_ body: String, _ message: String) throws {
        let text = problem { try Self.model(body) }
        #expect(text.contains("cuneus.yaml:3:"), "\(text)")
        #expect(text.contains(message), "\(text)")
    }

    @Test("models' keys among the defaults are refused")
    func defaults() throws {
        let scratch = try Scratch(["cuneus.yaml": "defaults:\n  test: mean\n", "studies.tsv": Self.table])
        let text = problem { try scratch.read() }
        #expect(text.contains("cuneus.yaml:2:3: defaults has settings only; test belongs to one model."), "\(text)")
    }
}
