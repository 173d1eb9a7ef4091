import Evidence
import Testing

@Suite("Experiments that share a sample")
struct SharedSampleTests {
    private static func experiment(
        _ id: String, _ sample: String, n1: Int, n2: Int = 0, measure: EffectMeasure = .change
    ) -> Experiment {
        Experiment(
            id: id, study: id, sample: sample, n1: n1, n2: n2, measure: measure, tThreshold: 3.3, report: .peaks([]),
            source: SourceLocation(file: "studies.tsv"))
    }

    private static let experiments = [
        experiment("a", "s", n1: 20), experiment("b", "b", n1: 9), experiment("c", "s", n1: 22),
        experiment("d", "u", n1: 30, n2: 30), experiment("e", "s", n1: 22), experiment("f", "u", n1: 17),
    ]

    @Test(
        "combine brings them together at the place of the first, precise takes the smallest variance, separate leaves them"
    )
    func resolved() {
        func ids(_ rule: Settings.SharedSamples) -> [String] {
            SharedSample.resolved(Self.experiments, rule: rule).map(\.id)
        }
        #expect(ids(.combine) == ["a", "c", "e", "b", "d", "f"])
        // 1/30 + 1/30 = 0.067 against 1/17 = 0.059; of equals the first.
        #expect(ids(.precise) == ["b", "c", "f"])
        #expect(ids(.separate) == ["a", "b", "c", "d", "e", "f"])
        for rule in Settings.SharedSamples.allCases {
            let once = SharedSample.resolved(Self.experiments, rule: rule)
            #expect(SharedSample.resolved(once, rule: rule) == once)
        }
    }

    @Test("The table says what was done with each")
    func words() {
        func words(_ rule: Settings.SharedSamples) -> [String] {
            let shared = SharedSample.all(in: Self.experiments, rule: rule)
            return Self.experiments.map { experiment in shared.compactMap { $0.words(for: experiment.id) }.first ?? "" }
        }
        #expect(
            words(.combine) == [
                "combined with c, e", "", "combined with a, e", "combined with f", "combined with a, c",
                "combined with d",
            ])
        #expect(
            words(.precise) == [
                "left out: less precise than c", "", "in place of a, e", "left out: less precise than f",
                "left out: less precise than c", "in place of d",
            ])
        #expect(words(.separate)[0] == "shares its sample with c, e")
    }

    @Test(
        "The check tells what will be done: a note where they are combined or one is taken, a warning where they stay apart"
    )
    func notices() throws {
        func notice(_ rule: String) throws -> Notice? {
            let settings = try Settings().applying([SettingAssignment(commandLine: "samples=\(rule)")])
            let project = Project(name: "p", format: .native, experiments: Self.experiments, settings: settings)
            return ProjectCheck.run(project).first { $0.code == "shared-sample" }
        }
        let combine = try #require(try notice("combine"))
        #expect(combine.severity == .note)
        #expect(
            combine.message
                == "experiments \"a\", \"c\", \"e\" share sample \"s\"; they are combined into one (their mean, with a correlation of 0.5 between them)."
        )
        let precise = try #require(try notice("precise"))
        #expect(precise.severity == .note)
        #expect(precise.message.hasSuffix("\"c\" is taken, \"a\", \"e\" left out (no more precise)."))
        let separate = try #require(try notice("separate"))
        #expect(separate.severity == .warning && separate.message.contains("not independent"))
    }

    /// Sample s: a and c in the same disorder, e in another, x without one.
    private static let withCovariates: [Experiment] = {
        var all =
            experiments + [experiment("x", "s", n1: 40), experiment("y", "y", n1: 12), experiment("z", "z", n1: 13)]
        let disorders = [
            "a": "panic", "b": "OCD", "c": "panic", "d": "OCD", "e": "OCD", "f": "OCD", "y": "panic", "z": "OCD",
        ]
        for index in all.indices {
            all[index].covariates["disorder"] = disorders[all[index].id].map { .text($0) } ?? .missing
        }
        return all
    }()

    private static let byDisorder = ModelPlan(
        name: "by disorder", covariates: [Covariate("disorder", .categorical(.treatment, reference: "OCD"))],
        hypothesis: Hypothesis(.groups("disorder")))

    @Test("With covariates, experiments of a sample are combined where they agree in all of them; one row then")
    func withCovariates() throws {
        let project = Project(
            name: "p", format: .native, experiments: Self.withCovariates, covariateNames: ["disorder"])
        let (experiments, design) = try project.design(of: Self.byDisorder, settings: project.settings)
        #expect(experiments.map(\.id) == ["a", "c", "b", "d", "f", "e", "y", "z"])
        #expect(design.experiments == ["a + c", "b", "d + f", "e", "y", "z"])
        #expect(design.column(1) == [1, 0, 0, 0, 1, 0])
        // Means are over rows: two of six are panic, not three of eight.
        #expect(design.adjustedMeans[0].weights == [1, 2.0 / 6])
        #expect(design.row(of: ["c"]) == 0 && design.row(of: ["d", "f"]) == 2 && design.row(of: ["a", "e"]) == nil)
        #expect(design.dropped.map(\.experiment) == ["x"])
        let shared = try project.sharedSamples(of: Self.byDisorder, settings: project.settings)
        #expect(shared[0].words(for: "a") == "combined with c; apart from e of its sample (other disorder)")
        #expect(shared[0].words(for: "e") == "apart from a, c of its sample (other disorder)")
        #expect(shared[0].words(for: "x") == nil && shared[1].words(for: "d") == "combined with f")

        var settings = project.settings
        settings.samples = .separate
        #expect(try project.design(of: Self.byDisorder, settings: settings).design.rowCount == 8)
        // x is the largest, but lacks the covariate.
        settings.samples = .precise
        #expect(
            try project.design(of: Self.byDisorder, settings: settings).design.experiments == ["b", "c", "f", "y", "z"])
    }

    @Test("Those that cannot be combined are named with the columns in which they differ")
    func differing() throws {
        let project = Project(
            name: "p", format: .native, experiments: Self.withCovariates, covariateNames: ["disorder"],
            models: [Self.byDisorder])
        let notices = ProjectCheck.run(Self.byDisorder, of: project, overrides: []).filter {
            $0.code == "shared-sample"
        }
        #expect(notices.map(\.severity) == [.warning, .note])
        #expect(notices[0].message.contains("share sample \"s\" but differ in disorder"))
        #expect(notices[0].message.contains("\"a\", \"c\" (combined) and \"e\" stay apart"))
        #expect(notices[0].remedy?.contains("samples: precise") == true)
    }

    @Test("Coefficients are counted against rows: a sample is one")
    func rows() throws {
        let few = Array(Self.withCovariates.filter { ["a", "c", "d", "f"].contains($0.id) })
        #expect(try DesignMatrix(Self.byDisorder, experiments: few).rowCount == 4)
        let error = #expect(throws: InputError.self) {
            try DesignMatrix(Self.byDisorder, experiments: few, samples: .combine)
        }
        #expect(error?.message.contains("only 2 experiments (those of a sample count once)") == true)
    }

    @Test("A model's experiments follow its own setting")
    func ofModel() throws {
        let project = Project(name: "p", format: .native, experiments: Self.experiments)
        var settings = project.settings
        #expect(try project.experiments(of: .mean, settings: settings).count == 6)
        settings.samples = .precise
        #expect(try project.experiments(of: .mean, settings: settings).map(\.id) == ["b", "c", "f"])
        #expect(try project.sharedSamples(of: .mean, settings: settings).map(\.sample) == ["s", "u"])
    }
}
