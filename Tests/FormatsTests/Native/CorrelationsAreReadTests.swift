import Evidence
import Formats
import Foundation
import TestSupport
import Testing

@Suite("Correlations with improvement are read")
struct CorrelationsAreReadTests {
    private static let files = [
        "cuneus.yaml": """
        models:
          change: {measure: change}
          predictors: {measure: correlation}
        """,
        "studies.tsv": """
        experiment\tn1\tn2\tmeasure\tt_thr\ttask
        Able2001\t20\t0\tchange\t3.58\trest
        Baker2002\t28\t0\tcorrelation\t\trest
        Cole2003\t20\t\tCorrelation\t3.6\ttask

        """,
        "peaks.tsv": """
        experiment\tx\ty\tz\tspace\tstat\tvalue
        Able2001\t-42\t26\t0\tmni\tt\t5.5
        Baker2002\t-44\t24\t4\tmni\tr\t0.5
        Cole2003\t-40\t28\t-2\tmni\tr\t-0.8

        """,
    ]

    private func scratch(_ file: String = "", _ old: String = "", _ new: String = "") throws -> Scratch {
        let scratch = try Scratch(Self.files)
        if let text = Self.files[file] {
            #expect(text.contains(old))
            try scratch.write(file, text.replacing(old, with: new))
        }
        return scratch
    }

    @Test("an experiment carries its measure; a correlation has n - 2 degrees of freedom")
    func measure() throws {
        let project = try scratch().read()
        #expect(project.experiments.map(\.measure) == [.change, .correlation, .correlation])
        #expect(project.experiments.map(\.degreesOfFreedom) == [19, 26, 18])
        #expect(project.covariateNames == ["task"])
        #expect(project.experiments[0].value(ofColumn: "measure") == .text("change"))
    }

    @Test(
        "r, z and p become t at n - 2 degrees of freedom",
        arguments: [
            // R 4.2.2, 28 participants: 0.5 * sqrt(26 / 0.75), -qt(pnorm(-3.5), 26), qt(0.001, 26, lower.tail = FALSE).
            ("r\t0.5", 2.9439202887759488), ("z\t3.5", 4.0018474996828672), ("p\t0.001", 3.4349971815631162),
            ("t\t3.25", 3.25),
        ])
    func heights(_ cells: String, _ t: Double) throws {
        let peak = try scratch("peaks.tsv", "r\t0.5", cells).read().experiments[1].peaks[0]
        guard case .t(let found) = peak.height else {
            Issue.record("no t")
            return
        }
        #expect(abs(found - t) < 1e-6)
    }

    @Test("a threshold that is not stated is assumed at n - 2 degrees of freedom")
    func threshold() throws {
        let project = try scratch("peaks.tsv", "r\t0.5", "r\t0.9").read()
        let model = project.models[1]
        let experiments = try project.experiments(of: model, settings: try project.settings(of: model))
        #expect(experiments.map(\.id) == ["Baker2002", "Cole2003"])
        // R 4.2.2: qt(0.001, 26, lower.tail = FALSE).
        #expect(abs((experiments[0].tThreshold ?? 0) - 3.4349971815631162) < 1e-6)
    }

    @Test("|r| = 1, two groups and unknown measures are refused at their row")
    func refused() throws {
        let perfect = problem { try scratch("peaks.tsv", "r\t0.5", "r\t1").read() }
        #expect(perfect.contains("peaks.tsv:3: r = 1 with n1 = 28, n2 = 0 cannot be turned into a t. |r| must lie"))
        let groups = problem { try scratch("studies.tsv", "28\t0", "28\t12").read() }
        #expect(
            groups.contains("studies.tsv:3: experiment \"Baker2002\" is a correlation over two groups (n2 = 12).")
                && groups.contains("write their number in n1"))
        let typo = problem { try scratch("studies.tsv", "\tcorrelation", "\tcorelation").read() }
        #expect(
            typo.contains("studies.tsv:3: measure is \"corelation\"; change or correlation was expected.")
                && typo.contains("Did you mean \"correlation\"?"))
    }

    @Test("a model takes one measure: said, or all of them changes")
    func apart() throws {
        let project = try scratch().read()
        func ids(_ model: ModelPlan) throws -> [String] {
            try project.experiments(of: model, settings: project.settings).map(\.id)
        }
        #expect(try ids(project.models[0]) == ["Able2001"])
        #expect(try ids(project.models[1]) == ["Baker2002", "Cole2003"])
        #expect(
            try ids(ModelPlan(name: "m", filter: FilterExpression(parsing: "measure == \"change\""))) == ["Able2001"])
        let source = SourceLocation(file: "cuneus.yaml", line: 2, column: 3)
        #expect(
            problem { try ids(ModelPlan(name: "all", source: source)) }
                == "cuneus.yaml:2:3: model \"all\" mixes 2 correlations (\"Baker2002\", \"Cole2003\") with 1 changes. Write measure: change or measure: correlation in the model; a filter can say the same: measure == \"change\"."
        )
        let only = try FilterExpression(parsing: "n == 28")
        #expect(
            problem { try ids(ModelPlan(name: "all", filter: only, source: source)) }
                == "cuneus.yaml:2:3: model \"all\" has correlations only, and its plan does not say so. Write measure: correlation in the model."
        )
    }

    @Test("checks know a correlation's sizes")
    func checks() throws {
        let small = ProjectCheck.run(try scratch("studies.tsv", "28\t0", "3\t0").read())
        #expect(
            small.first { $0.code == "n-too-small" }?.message
                == "experiment \"Baker2002\" is a correlation over n1 = 3: its variance, 1/(n - 3), needs 4.")
        // t = 12 at 26 degrees of freedom: r = 12 / sqrt(144 + 26) = 0.920; t = 20: r = 0.969.
        #expect(
            !ProjectCheck.run(try scratch("peaks.tsv", "r\t0.5", "t\t12").read()).map(\.code).contains(
                "effect-implausible"))
        #expect(
            ProjectCheck.run(try scratch("peaks.tsv", "r\t0.5", "t\t20").read())
                .first { $0.code == "effect-implausible" }?.message
                == "t = 20 with n = 28 is a correlation of r = 0.969, implausibly large.")
    }

    @Test("the measure is written and read back as native; other formats say that they cannot hold it")
    func written() throws {
        let project = try scratch().read()
        let folder = try Scratch()
        try ProjectWriter.write(project, as: .native, to: "\(folder.path)/native")
        let back = try folder.read("native")
        #expect(back.experiments.map(\.measure) == project.experiments.map(\.measure))
        #expect(back.experiments[1].peaks[0].reported == Peak.Reported(statistic: .r, value: 0.5))
        #expect(back.models.map(\.measure) == [.change, .correlation])
        for format in [Project.Format.sdm, .sleuth] {
            let notices = try ProjectWriter.write(project, as: format, to: "\(folder.path)/\(format.rawValue)")
            #expect(notices.contains { $0.message.contains("which experiments are correlations") })
        }
    }
}
