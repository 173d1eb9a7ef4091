import Evidence
import TestSupport
import Testing

/// Matrices from R 4.2.2's `model.matrix` with `contr.treatment`, `contr.sum`, `scale` and `I()`.
@Suite("The design of a model")
struct DesignMatrixTests {
    static let sessions: [Double] = [4, 8, 12, 20, 16, 10, 6, 24, 30]
    static let disorders = [
        "PTSD", "anxiety", "depression", "anxiety", "depression", "PTSD", "depression", "anxiety", "PTSD",
    ]
    static let experiments = zip(sessions, disorders).enumerated().map { index, row in
        experiment(index, ["sessions": .number(row.0), "disorder": .text(row.1)])
    }

    static func experiment(_ index: Int, _ covariates: [String: Experiment.Covariate]) -> Experiment {
        Experiment(
            id: "E\(index + 1)", study: "S", sample: "S\(index + 1)", n1: 20 + index, report: .peaks([]),
            covariates: covariates, source: SourceLocation(file: "studies.tsv", line: index + 2))
    }

    static let place = SourceLocation(file: "cuneus.yaml", line: 4, column: 18)

    static func design(
        _ covariates: [Covariate], _ test: Hypothesis.Kind = .mean, predict: [Prediction] = [],
        of experiments: [Experiment] = Self.experiments
    ) throws -> DesignMatrix {
        let covariates = covariates.map { Covariate($0.column, $0.kind, source: place) }
        return try DesignMatrix(
            ModelPlan(
                name: "m", covariates: covariates, hypothesis: Hypothesis(test, source: place), predictions: predict),
            experiments: experiments)
    }

    static let treatment = Covariate("disorder", .categorical(.treatment, reference: "depression"))
    static let sum = Covariate("disorder", .categorical(.sum, reference: "depression"))

    private func expect(
        _ found: [Double], _ expected: [Double], _ location: Testing.SourceLocation = #_sourceLocation
    ) {
        #expect(found.count == expected.count, sourceLocation: location)
        for (a, b) in zip(found, expected) { #expect(abs(a - b) < 1e-12, "\(a), not \(b)", sourceLocation: location) }
    }

    @Test("a model without covariates is a column of ones, and its test their coefficient")
    func mean() throws {
        let design = try Self.design([])
        #expect(design.columns.map(\.name) == ["intercept"])
        #expect(design.values == [Double](repeating: 1, count: 9))
        #expect(design.experiments == (1...9).map { "E\($0)" })
        #expect(design.test == [.init(name: "mean", weights: [1])])
        #expect(design.adjustedMeans == design.test)
        #expect(design.notices.isEmpty && design.dropped.isEmpty)
    }

    @Test("treatment coding beside a centred and scaled number, as R's contr.treatment")
    func treatmentCoding() throws {
        let design = try Self.design([
            Covariate("sessions", .numeric(centre: .mean, scale: .value(10), power: 1)), Self.treatment,
        ])
        #expect(design.columns.map(\.name) == ["intercept", "sessions", "disorder[PTSD]", "disorder[anxiety]"])
        #expect(design.columns.map(\.covariate) == [nil, 0, 1, 1])
        expect(
            design.values,
            [
                1, -1.0444444444444445, 1, 0,
                1, -0.64444444444444449, 0, 1,
                1, -0.24444444444444446, 0, 0,
                1, 0.55555555555555558, 0, 1,
                1, 0.15555555555555553, 0, 0,
                1, -0.44444444444444448, 1, 0,
                1, -0.84444444444444444, 0, 0,
                1, 0.95555555555555549, 0, 1,
                1, 1.5555555555555556, 1, 0,
            ])
        guard case .numeric(let centre, let scale, 1) = design.columns[1].content else {
            Issue.record("no numeric column")
            return
        }
        expect([centre, scale], [14.444444444444445, 10])
    }

    @Test("sum coding, as R's contr.sum with the reference last")
    func sumCoding() throws {
        let design = try Self.design([Self.sum])
        expect(
            design.values,
            [1, 1, 0, 1, 0, 1, 1, -1, -1, 1, 0, 1, 1, -1, -1, 1, 1, 0, 1, -1, -1, 1, 0, 1, 1, 1, 0])
    }

    @Test("standardised and squared numbers, as R's scale() and I()")
    func numbers() throws {
        let design = try Self.design([
            Covariate("sessions", .numeric(centre: .mean, scale: .standardDeviation, power: 1)),
            Covariate("sessions", .numeric(centre: .value(12.5), scale: .none, power: 2)),
        ])
        #expect(design.columns.map(\.name) == ["intercept", "sessions", "sessions^2"])
        expect(
            design.column(1),
            [
                -1.1919761758233691, -0.73547466167824904, -0.27897314753312896, 0.6340298807571112,
                0.17752836661199112, -0.507223904605689, -0.96372541875080908, 1.0905313949022313,
                1.7752836661199114,
            ])
        expect(design.column(2), [72.25, 20.25, 0.25, 56.25, 12.25, 6.25, 42.25, 132.25, 306.25])
    }

    @Test("a numeric column may hold levels, which are ordered by size")
    func numericLevels() throws {
        let experiments = [10.0, 2, 1, 2, 10, 1].enumerated().map {
            Self.experiment($0, ["site": .number($1)])
        }
        let design = try Self.design(
            [Covariate("site", .categorical(.treatment, reference: "2.0"))],
            predict: [
                Prediction("ten", [.init("site", .number(10))])
            ], of: experiments)
        #expect(design.columns.map(\.name) == ["intercept", "site[1]", "site[10]"])
        #expect(design.predictions.map(\.weights) == [[1, 0, 1]])
    }

    @Test("n is a covariate as any column")
    func participants() throws {
        #expect(try Self.design([Covariate("n")]).column(1) == (20...28).map(Double.init))
    }

    // MARK: Tests and shown combinations

    @Test("the mean of a model with covariates is that of an average experiment")
    func adjustedMean() throws {
        let design = try Self.design([Covariate("sessions"), Self.treatment])
        expect(design.test[0].weights, [1, 130.0 / 9, 1.0 / 3, 1.0 / 3])
        #expect(
            design.adjustedMeans.map(\.name) == [
                "mean", "disorder[PTSD]", "disorder[anxiety]", "disorder[depression]",
            ])
        expect(design.adjustedMeans[1].weights, [1, 130.0 / 9, 1, 0])
        expect(design.adjustedMeans[3].weights, [1, 130.0 / 9, 0, 0])
    }

    @Test("the test of a covariate has one row per column made from it")
    func covariateTests() throws {
        let quadratic = [
            Covariate("sessions"), Covariate("sessions", .numeric(centre: .none, scale: .none, power: 2)),
        ]
        #expect(try Self.design([Covariate("sessions")], .covariate("sessions")).test.map(\.weights) == [[0, 1]])
        #expect(
            try Self.design(quadratic, .covariate("sessions")).test.map(\.weights) == [[0, 1, 0], [0, 0, 1]])
        #expect(try Self.design(quadratic, .covariate("sessions^2")).test.map(\.weights) == [[0, 0, 1]])
        #expect(
            try Self.design([Self.treatment], .covariate("disorder")).test.map(\.name)
                == ["disorder[PTSD]", "disorder[anxiety]"])
    }

    @Test("groups are equal when all their coefficients are 0, in either coding", arguments: [treatment, sum])
    func groups(_ covariate: Covariate) throws {
        let test = try Self.design([covariate, Covariate("sessions")], .groups("disorder")).test
        #expect(test.map(\.weights) == [[0, 1, 0, 0], [0, 0, 1, 0]])
    }

    @Test("a contrast of levels is the difference of their means, in either coding")
    func contrasts() throws {
        let kind = Hypothesis.Kind.contrast([
            .named([.init("disorder[anxiety]", 1), .init("disorder[depression]", -1)])
        ])
        let treated = try Self.design([Self.treatment], kind).test
        #expect(treated.map(\.weights) == [[0, 0, 1]])
        #expect(treated.map(\.name) == ["disorder[anxiety] - disorder[depression]"])
        // (0, 1) - (-1, -1)
        #expect(try Self.design([Self.sum], kind).test.map(\.weights) == [[0, 1, 2]])
    }

    @Test("SDM's row form counts coefficients from the intercept")
    func positional() throws {
        let design = try Self.design([Covariate("sessions"), Covariate("n")], .contrast([.positional([0, 1])]))
        #expect(design.test == [.init(name: "sessions", weights: [0, 1, 0])])
    }

    @Test("a prediction sets its covariates and averages the others")
    func predictions() throws {
        let design = try Self.design(
            [
                Covariate("sessions", .numeric(centre: .value(10), scale: .value(2), power: 1)),
                Covariate("sessions", .numeric(centre: .value(10), scale: .value(2), power: 2)), Self.sum,
            ],
            predict: [
                Prediction("ten", [.init("sessions", .number(10))]),
                Prediction("long", [.init("sessions", .number(16)), .init("disorder", .text("depression"))]),
            ])
        #expect(design.predictions.map(\.name) == ["ten", "long"])
        expect(design.predictions[0].weights, [1, 0, 0, 0, 0])
        expect(design.predictions[1].weights, [1, 3, 9, -1, -1])
    }

    @Test("adjusted means do not depend on coding, centring or scaling")
    func invariance() throws {
        // Any numbers: least squares gives both designs the same fit, so the same adjusted means.
        let y = [0.3, -0.2, 0.8, 0.1, 0.9, -0.4, 0.6, 0.2, -0.7]
        let plain = try Self.design([Covariate("sessions"), Self.treatment])
        let other = try Self.design([
            Covariate("sessions", .numeric(centre: .mean, scale: .standardDeviation, power: 1)),
            Covariate("disorder", .categorical(.sum, reference: "PTSD")),
        ])
        let (a, b) = (Self.leastSquares(plain, y), Self.leastSquares(other, y))
        for (one, two) in zip(plain.adjustedMeans, other.adjustedMeans) {
            #expect(one.name == two.name)
            let first = zip(one.weights, a).reduce(0) { $0 + $1.0 * $1.1 }
            let second = zip(two.weights, b).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(abs(first - second) < 1e-10)
        }
    }

    /// Normal equations by Gauss-Jordan.
    private static func leastSquares(_ design: DesignMatrix, _ y: [Double]) -> [Double] {
        let k = design.columnCount
        var m = (0..<k).map { i in
            (0..<k).map { j in (0..<design.rowCount).reduce(0) { $0 + design[$1, i] * design[$1, j] } }
                + [(0..<design.rowCount).reduce(0) { $0 + design[$1, i] * y[$1] }]
        }
        for pivot in 0..<k {
            let scale = m[pivot][pivot]
            for column in 0...k { m[pivot][column] /= scale }
            for row in 0..<k where row != pivot {
                let factor = m[row][pivot]
                for column in 0...k { m[row][column] -= factor * m[pivot][column] }
            }
        }
        return m.map { $0[k] }
    }

    // MARK: What is left out, doubted and refused

    @Test("experiments without a value are left out, named, and do not enter the mean")
    func missing() throws {
        var experiments = Self.experiments
        experiments[1].covariates["sessions"] = .missing
        experiments[4].covariates["disorder"] = .missing
        let design = try Self.design(
            [Covariate("sessions", .numeric(centre: .mean, scale: .none, power: 1)), Self.treatment], of: experiments)
        #expect(design.experiments == ["E1", "E3", "E4", "E6", "E7", "E8", "E9"])
        #expect(
            design.dropped == [
                .init(experiment: "E2", missing: ["sessions"]), .init(experiment: "E5", missing: ["disorder"]),
            ])
        expect([design.column(1).reduce(0, +)], [0])
        let notice = try #require(design.notices.first { $0.code == "covariate-missing" })
        #expect(
            notice.message
                == "model \"m\" leaves out 2 experiments without sessions or disorder: \"E2\", \"E5\"; 7 remain.")
        #expect(notice.location == Self.place)
    }

    @Test("few experiments per coefficient are warned of, fewer than five more strongly")
    func few() throws {
        func codes(_ count: Int, _ covariates: [String]) throws -> [String] {
            let experiments = (0..<count).map { index in
                Self.experiment(
                    index,
                    [
                        "a": .number(Double(index)), "b": .number(Double(index * 7 % 5)),
                    ])
            }
            return try Self.design(covariates.map { Covariate($0) }, of: experiments).notices.map(\.code)
        }
        #expect(try codes(10, ["a"]) == [])
        #expect(try codes(9, ["a"]) == ["few-per-coefficient"])
        #expect(try codes(10, ["a", "b"]) == ["few-per-coefficient"])
        #expect(try codes(9, ["a", "b"]) == ["far-too-few-per-coefficient"])
    }

    @Test("an uncentred square is warned of by its variance inflation; centring mends it")
    func inflation() throws {
        func notices(_ centre: Covariate.Centre) throws -> [Notice] {
            try Self.design([
                Covariate("sessions"), Covariate("sessions", .numeric(centre: centre, scale: .none, power: 2)),
            ]).notices.filter { $0.code == "nearly-collinear" }
        }
        // R: 1 / (1 - summary(lm(sessions^2 ~ sessions))$r.squared) = 21.50.
        #expect(try notices(.none).map { $0.message.contains("variance inflation 22") } == [true, true])
        #expect(try notices(.none)[0].remedy == "Centre a covariate before squaring it: centre: mean.")
        #expect(try notices(.mean).isEmpty)
    }

    @Test("a level of one experiment and a prediction outside the data are warned of")
    func warnings() throws {
        var experiments = Self.experiments
        experiments[0].covariates["disorder"] = .text("OCD")
        let design = try Self.design(
            [Covariate("sessions"), Self.treatment],
            predict: [Prediction("far", [.init("sessions", .number(60))])], of: experiments)
        #expect(
            design.notices.first { $0.code == "level-of-one" }?.message
                == "disorder is \"OCD\" in one experiment only (\"E1\").")
        #expect(
            design.notices.first { $0.code == "prediction-outside" }?.message
                == "prediction \"far\": sessions = 60 lies outside the experiments' 4 to 30.")
    }

    @Test("years are not collinear with their own square, but a column in other units is")
    func collinear() throws {
        let experiments = (0..<12).map { index in
            Self.experiment(
                index,
                [
                    "year": .number(2000 + Double(index)), "weeks": .number(Double(index * 5 % 7)),
                    "days": .number(Double(index * 5 % 7) * 7 + 3),
                ])
        }
        let square = Covariate("year", .numeric(centre: .none, scale: .none, power: 2))
        #expect(try Self.design([Covariate("year"), square], of: experiments).columnCount == 3)
        let text = problem {
            try Self.design([Covariate("year"), Covariate("weeks"), Covariate("days")], of: experiments)
        }
        #expect(
            text
                == "cuneus.yaml:4:18: column \"days\" of model \"m\" is determined by \"weeks\" (collinear): their effects cannot be told apart. Leave one of them out."
        )
    }

    @Test(
        "a model that cannot be estimated is refused at its place in the plan",
        arguments: [
            (
                [Covariate("sesions")], Hypothesis.Kind.mean,
                "covariates: there is no column \"sesions\". Did you mean \"sessions\"?"
            ),
            (
                [Covariate("disorder")], .mean,
                "covariate \"disorder\" is text: \"PTSD\", \"anxiety\", \"depression\". Say what the levels are compared with: {column: disorder, coding: treatment, reference: PTSD}."
            ),
            (
                [Covariate("disorder", .categorical(.treatment, reference: "depresion"))], .mean,
                "the reference of covariate \"disorder\" is \"depresion\", which no experiment of the model has. Did you mean \"depression\"?"
            ),
            (
                [Covariate("n2")], .mean,
                "covariate \"n2\" is 0 in all 9 experiments. A covariate must vary to be estimated; leave it out, or widen the filter."
            ),
            (
                [Covariate("n"), Covariate("n1")], .mean,
                "column \"n1\" of model \"m\" is determined by \"n\" (collinear)"
            ),
            (
                [Covariate("id", .categorical(.treatment, reference: "E1"))], .mean,
                "model \"m\" has 9 coefficients (intercept, id[E2]"
            ),
            (
                [Covariate("sessions")], .covariate("age"),
                "test: the model has no covariate \"age\". Known covariates: sessions."
            ),
            ([], .covariate("age"), "test: the model has no covariate \"age\". Add it: covariates: [age]."),
            (
                [Covariate("sessions")], .groups("sessions"),
                "test: the groups of \"sessions\" cannot be compared: the model has it as a number."
            ),
            (
                [treatment], .contrast([.named([.init("disorder[anxeity]", 1)])]),
                "test: the model has no coefficient \"disorder[anxeity]\". Did you mean \"disorder[anxiety]\"?"
            ),
            (
                [treatment], .contrast([.named([.init("disorder[depression]", 1)])]),
                "test: the contrast disorder[depression] has no weight other than 0."
            ),
            (
                [treatment], .contrast([.positional([0, 1]), .positional([0, 2])]),
                "test: the contrast 2 disorder[PTSD] follows from those before it."
            ),
            (
                [Covariate("sessions")], .contrast([.positional([0, 1, 0])]),
                "test: the contrast has 3 numbers; the model has 2 coefficients: intercept, sessions."
            ),
        ])
    func refused(_ covariates: [Covariate], _ test: Hypothesis.Kind, _ message: String) {
        let text = problem { try Self.design(covariates, test) }
        #expect(text.hasPrefix("cuneus.yaml:4:18: "), "\(text)")
        #expect(text.contains(message), "\(text)")
    }

    @Test("a cell that is no number is refused at its row")
    func badCell() {
        var experiments = Self.experiments.map { experiment in
            var experiment = experiment
            if case .number(let sessions) = experiment.covariates["sessions"] {
                experiment.covariates["sessions"] = .text("\(Int(sessions))")
            }
            return experiment
        }
        experiments[5].covariates["sessions"] = .text("ten")
        let text = problem { try Self.design([Covariate("sessions")], of: experiments) }
        #expect(
            text
                == "studies.tsv:7: sessions of experiment \"E6\" is \"ten\"; a number was expected. Correct the cell, or empty it: the model then leaves the experiment out."
        )
    }

    @Test("predictions of what the model does not have are refused")
    func badPredictions() {
        func message(_ setting: Prediction.Setting) -> String {
            problem {
                try Self.design([Covariate("sessions"), Self.treatment], predict: [Prediction("p", [setting])])
            }
        }
        #expect(message(.init("age", .number(3))).contains("predict: the model has no covariate \"age\"."))
        #expect(
            message(.init("sessions", .text("ten"))).contains("predict: sessions is \"ten\"; a number was expected."))
        #expect(
            message(.init("disorder", .text("anxeity"), source: Self.place))
                == "cuneus.yaml:4:18: predict: no experiment of the model has disorder \"anxeity\". Did you mean \"anxiety\"?"
        )
    }
}
