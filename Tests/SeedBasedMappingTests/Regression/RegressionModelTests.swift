import Appraisal
import Evidence
import Imaging
import Inference
import SeedBasedMapping
import Statistics
import Testing

/// Whole models with covariates, from peaks to corrected p.
@Suite("Models with covariates")
struct RegressionModelTests {
    /// Fourteen experiments; those with many sessions have a peak, the others none.
    private static let experiments: [Experiment] = (0..<14).map { n in
        let isLong = n >= 7
        var experiment = SeedBasedAnalysisTests.experiment(
            "e\(n)", n1: 16 + n, n2: n % 4 == 0 ? 15 : 0, peaks: isLong ? [([0, 0, 0], .t(5 + 0.1 * Double(n)))] : [])
        experiment.covariates = [
            "sessions": .number(Double(n < 7 ? 4 + n % 3 : 16 + n % 3)), "noise": .number(Double(n * 5 % 7)),
            "group": .text(["x", "y", "z"][n % 3]), "long": .text(isLong ? "yes" : "no"),
        ]
        return experiment
    }

    private static func run(
        _ plan: ModelPlan, _ settings: [String] = [], threads: Int = 2,
        _ options: PermutationOptions = PermutationOptions()
    ) async throws -> ModelResult {
        let settings = try Settings.sdmPSI.applying(
            (["imputations=8", "permutations=0"] + settings).map { try SettingAssignment(commandLine: $0) })
        let analysis = SeedBasedAnalysis(
            space: SeedBasedAnalysisTests.space, settings: settings, workers: Workers(threads: threads))
        return try await analysis.run(plan, experiments: experiments, permutation: options)
    }

    /// Position of the voxel where the peaks are.
    private static func centre() throws -> Int {
        let mask = SeedBasedAnalysisTests.space.mask
        let voxel = try #require(mask.grid.nearestVoxel(to: [0, 0, 0]))
        return Int(mask.position[mask.grid.index(voxel)])
    }

    private static func plan(_ covariates: [Covariate], _ kind: Hypothesis.Kind) -> ModelPlan {
        ModelPlan(name: "model", covariates: covariates, hypothesis: Hypothesis(kind))
    }

    /// Where the two ways of computing meet: only rounding may differ.
    @Test("The intercept alone, tested as a contrast, is the mean analysis")
    func intercept() async throws {
        for estimator in ["dl", "reml"] {
            let setting = ["tau2_estimator=\(estimator)"]
            let mean = try await Self.run(.mean, setting).maps
            let model = try await Self.run(Self.plan([], .contrast([.positional([1])])), setting).maps
            for (a, b) in [
                (mean.g, model.g), (mean.se, model.se), (mean.z, model.z), (mean.tau2, model.tau2), (mean.i2, model.i2),
                (mean.q, model.q), (mean.df, model.df),
            ] {
                for (x, y) in zip(a, b) { #expect(abs(x - y) <= 2e-5 * max(1, abs(x))) }
            }
        }
    }

    @Test("A covariate that decides who reports a peak has its slope there; another has none")
    func slope() async throws {
        let covariates = [Covariate("sessions", .numeric(centre: .mean, scale: .none, power: 1)), Covariate("noise")]
        let centre = try Self.centre()
        let model = try await Self.run(Self.plan(covariates, .covariate("sessions")))
        #expect(model.maps.z[centre] > 3)
        let regression = try #require(model.regression)
        #expect(regression.coefficients.map(\.name) == ["intercept", "sessions", "noise"])
        #expect(regression.coefficients[1].estimate[centre] == model.maps.g[centre])
        #expect(abs(regression.coefficients[2].z[centre]) < 2)
        // The contrast of two predictions 12 sessions apart is twelve slopes, whatever the units.
        let scaled = try await Self.run(
            Self.plan(
                [Covariate("sessions", .numeric(centre: .mean, scale: .value(12), power: 1)), Covariate("noise")],
                .covariate("sessions")))
        #expect(abs(scaled.maps.g[centre] - 12 * model.maps.g[centre]) < 1e-4)
        #expect(abs(scaled.maps.z[centre] - model.maps.z[centre]) < 1e-4)
    }

    @Test("Equality of groups does not depend on the coding, and agrees with a contrast where there are two")
    func groups() async throws {
        let maps = try await [Covariate.Coding.treatment, .sum].asyncMap { coding in
            try await Self.run(
                Self.plan([Covariate("group", .categorical(coding, reference: "y"))], .groups("group")))
        }
        for (a, b) in zip(maps[0].maps.z, maps[1].maps.z) { #expect(abs(a - b) < 1e-3) }
        #expect(maps[0].regression?.chiSquareDF == 2)
        #expect(maps[0].maps.z.allSatisfy { $0 >= 0 })

        let long = [Covariate("long", .categorical(.treatment, reference: "no"))]
        let joint = try await Self.run(Self.plan(long, .groups("long")))
        let centre = try Self.centre()
        #expect(abs(joint.maps.z[centre]) > 3)
        let means = try #require(joint.regression).adjustedMeans
        #expect(Set(means.map(\.name)) == ["mean", "long[yes]", "long[no]"])
        let yes = try #require(means.first { $0.name == "long[yes]" }).estimate[centre]
        let no = try #require(means.first { $0.name == "long[no]" }).estimate[centre]
        #expect(joint.regression?.tested.count == 1)
        #expect(abs(abs(yes - no) - abs(joint.maps.g[centre])) < 1e-4)
    }

    /// What is permuted must begin with the data as they are: float kernel against the double-precision maps.
    @Test(
        "The unpermuted data give the model's own z map, subjects or studies permuted",
        arguments: ["slope", "mean", "groups"])
    func identity(test: String) async throws {
        let covariates = [
            Covariate("sessions", .numeric(centre: .mean, scale: .none, power: 1)),
            Covariate("group", .categorical(.treatment, reference: "y")),
        ]
        let kind: Hypothesis.Kind =
            test == "slope" ? .covariate("sessions") : test == "mean" ? .mean : .groups("group")
        let model = try await Self.run(Self.plan(covariates, kind), ["permutations=30"])
        let test = try #require(model.familyWise)
        #expect((test.kind == .studies) == (kind != .mean))
        for (ours, z) in zip(test.map(.voxel, .positive).observed, model.maps.z) {
            #expect(abs(ours - z) <= 2e-4 * max(1, abs(z)))
        }
    }

    /// Subjects (mean) and studies (slope, groups) permuted; s shares its covariates, u does not.
    @Test(
        "Of a sample that agrees in the covariates the mean is one row: in the maps, and in the unpermuted data",
        arguments: ["slope", "mean", "groups"])
    func sharedSamples(test: String) async throws {
        var experiments = Self.experiments
        for (n, sample) in [(2, "s"), (9, "u"), (5, "s"), (10, "u")] { experiments[n].sample = sample }
        experiments[5].covariates = experiments[2].covariates
        let kind: Hypothesis.Kind =
            test == "slope" ? .covariate("sessions") : test == "mean" ? .mean : .groups("group")
        let plan = Self.plan(
            [Covariate("sessions"), Covariate("group", .categorical(.treatment, reference: "y"))], kind)
        let settings = try Settings.sdmPSI.applying(
            ["imputations=6", "permutations=25"].map { try SettingAssignment(commandLine: $0) })
        let space = SeedBasedAnalysisTests.space
        let analysis = SeedBasedAnalysis(space: space, settings: settings, workers: Workers(threads: 2))
        let model = try await analysis.run(plan, experiments: experiments)
        let design = try #require(model.design)
        #expect(design.rowCount == 13 && design.experiments.contains("e2 + e5"))
        let observed = try #require(model.familyWise).map(.voxel, .positive).observed
        for (ours, z) in zip(observed, model.maps.z) { #expect(abs(ours - z) <= 2e-4 * max(1, abs(z))) }

        // The plain reference: composite effects, then Statistics' meta-regression in every imputation.
        for voxel in stride(from: 0, to: space.mask.count, by: 700) {
            let place = try await analysis.effects(
                of: plan, experiments: experiments, at: [Place(voxel: voxel, in: space.mask)])[0]
            #expect(place.studies.map(\.id) == design.experiments)
            let matrix = Matrix(
                rows: design.rowCount, columns: design.columnCount,
                elements: (0..<design.rowCount).flatMap { Array(design.row($0)) })
            let fits: [MetaRegression] = try (0..<6).map { j in
                try MetaRegression(
                    effects: place.studies.map { $0.effects[j] }, variances: place.studies.map { $0.variances[j] },
                    design: matrix, estimator: .dersimonianLaird)
            }
            let pooled = PooledEstimates(coefficients: fits.map(\.coefficients), covariances: fits.map(\.covariance))
            let slope = pooled.coefficient(1)
            let map = try #require(model.regression).coefficients[1]
            #expect(abs(Double(map.estimate[voxel]) - slope.value) < 1e-5)
            #expect(abs(Double(map.se[voxel]) - slope.standardError) < 1e-5)
        }
        let apart = try await analysis.run(
            plan,
            experiments: experiments.map {
                var one = $0; one.sample = one.id; return one
            })
        #expect(apart.design?.rowCount == 14 && apart.maps.z != model.maps.z)
        #expect(apart.familyWise?.null != model.familyWise?.null)
    }

    @Test("The same null for any number of threads, little memory, any instruction set")
    func sameBytes() async throws {
        let plan = Self.plan([Covariate("sessions")], .covariate("sessions"))
        let setting = ["permutations=80"]
        let expected = try await Self.run(plan, setting, threads: 1).familyWise?.null
        #expect(expected?.maxima.count == 80)
        let several = try await Self.run(plan, setting, threads: 3)
        #expect(several.familyWise?.null == expected)
        for instructions in VectorInstructions.available {
            let options = PermutationOptions(memory: 14 << 20, instructions: instructions)
            let model = try await Self.run(plan, setting, options)
            #expect(model.familyWise?.null == expected)
        }
    }
}

extension Array {
    fileprivate func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
        var result: [T] = []
        for element in self { result.append(try await transform(element)) }
        return result
    }
}
