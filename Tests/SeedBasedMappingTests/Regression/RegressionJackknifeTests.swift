import Appraisal
import Evidence
import Imaging
import Inference
import SeedBasedMapping
import Statistics
import Testing

@Suite("Jackknife of models with covariates")
struct RegressionJackknifeTests {
    private typealias Base = SeedBasedAnalysisTests

    /// Nine experiments, the last two of one sample; those with many sessions have the higher peak.
    private static let experiments: [Experiment] = (0..<9).map { n in
        let height = n < 4 ? 3.4 + 0.1 * Double(n) : 5 + 0.3 * Double(n % 3)
        var experiment = Base.experiment(
            "e\(n)", n1: 16 + n, n2: n == 2 ? 15 : 0,
            peaks: [
                ([Double(n % 3), -2, 0], .t(height)), ([12, 4, -6], .t(n < 4 ? 4.5 : -4.5)),
                ([-12, -6, 4], .t([6, -6, 4][n % 3])),
            ])
        experiment.sample = n < 7 ? "e\(n)" : "shared"
        experiment.covariates = [
            "sessions": .number(Double(n < 4 ? 4 + n : 12 + min(n, 7))), "noise": .number(Double(n * 5 % 7)),
            "group": .text(n == 8 ? "z" : ["x", "y"][n % 2]), "kind": .text(["x", "y", "z"][n % 3]),
        ]
        return experiment
    }

    private static let sessions = Covariate("sessions", .numeric(centre: .mean, scale: .standardDeviation, power: 1))

    private static func plan(_ covariates: [Covariate], _ kind: Hypothesis.Kind) -> ModelPlan {
        ModelPlan(name: "model", covariates: covariates, hypothesis: Hypothesis(kind))
    }

    private static let plans = [
        plan([sessions], .covariate("sessions")), plan([sessions, Covariate("noise")], .mean),
        plan([Covariate("kind", .categorical(.treatment, reference: "y"))], .groups("kind")),
        plan([sessions], .contrast([.named([.init("intercept", 1)]), .named([.init("sessions", 1)])])),
    ]

    @Test(
        "Each leave-out equals a run of the whole analysis without it, to the bit: slope, mean, groups, two contrasts",
        arguments: [
            (0, ["imputations=18", "samples=combine"]), (1, ["tau2_estimator=reml", "imputations=5"]),
            (2, ["imputations=3", "samples=combine"]),
            (2, ["tau2_estimator=reml", "imputations=3"]), (3, ["sampler=paper", "imputations=3"]),
        ])
    func reruns(number: Int, settings: [String]) async throws {
        let plan = Self.plans[number]
        let analysis = try PlacesTests.analysis(settings)
        let result = try await analysis.run(plan, experiments: Self.experiments)
        let clusters = JackknifeTests.clusters(result.maps, above: 0.8)
        #expect(!clusters.isEmpty)
        let jackknife = try #require(try await analysis.evidence(for: clusters, of: result).jackknife)
        #expect(jackknife.omissions.count == 10)
        for (index, omission) in jackknife.omissions.enumerated() {
            #expect(omission.problem == nil)
            let kept = result.experiments.indices.filter { !omission.experiments.contains($0) }
            let rerun = try await analysis.run(plan, experiments: kept.map { result.experiments[$0] }).maps
            for (cluster, table) in zip(clusters, jackknife.clusters) {
                for peak in table.peaks {
                    let found = peak.without[index]
                    #expect(found.g == Double(rerun.g[peak.position]))
                    #expect(found.se == Double(rerun.se[peak.position]))
                    #expect(found.z == Double(rerun.z[peak.position]))
                    #expect(found.tau2 == Double(rerun.tau2[peak.position]))
                    #expect(peak.all.z == Double(result.maps.z[peak.position]))
                }
                let z = cluster.voxels.map { Float(cluster.sign) * rerun.z[Int($0)] }
                #expect(table.remaining[index] == z.count { $0 > Float(jackknife.threshold) })
            }
        }
    }

    /// The plain reference in Statistics, on the effects extracted at the peak, imputation by imputation.
    @Test("At a peak each leave-out is Statistics' meta-regression of the others' effects, within 10⁻⁵")
    func reference() async throws {
        let plan = Self.plans[0]
        let analysis = try PlacesTests.analysis(["imputations=6", "samples=separate"])
        let result = try await analysis.run(plan, experiments: Self.experiments)
        let cluster = try #require(JackknifeTests.clusters(result.maps, above: 0.8).first)
        let jackknife = try #require(try await analysis.evidence(for: [cluster], of: result).jackknife)
        let peak = try #require(jackknife.clusters.first?.peak)
        for (index, omission) in jackknife.omissions.enumerated() {
            let kept = Self.experiments.filter { !omission.experiments.contains(Self.experiments.firstIndex(of: $0)!) }
            let place = Place(voxel: peak.position, in: Base.space.mask)
            let studies = try await analysis.effects(of: plan, experiments: kept, at: [place])[0].studies
            let x = kept.map { experiment -> Double in
                if case .number(let value) = experiment.covariates["sessions"] { value } else { .nan }
            }
            let mean = x.reduce(0, +) / Double(x.count)
            let squares: [Double] = x.map { ($0 - mean) * ($0 - mean) }
            let sd = (squares.reduce(0, +) / Double(x.count - 1)).squareRoot()
            let scaled: [Double] = x.map { ($0 - mean) / sd }
            let design = Matrix(columns: [[Double](repeating: 1, count: x.count), scaled])
            let fits: [MetaRegression] = try (0..<6).map { j in
                try MetaRegression(
                    effects: studies.map { $0.effects[j] }, variances: studies.map { $0.variances[j] },
                    design: design, estimator: .dersimonianLaird)
            }
            let slope = PooledEstimates(coefficients: fits.map(\.coefficients), covariances: fits.map(\.covariance))
                .coefficient(1)
            #expect(abs(peak.without[index].g - slope.value) < 1e-5)
            #expect(abs(peak.without[index].z - slope.statistic) < 1e-5 * max(1, abs(slope.statistic)))
        }
    }

    @Test("Without the only experiment of a level the model is another one: not estimable, and neither kept nor lost")
    func rank() async throws {
        let plan = Self.plan([Covariate("group", .categorical(.treatment, reference: "x"))], .mean)
        let analysis = try PlacesTests.analysis(["imputations=5"])
        let result = try await analysis.run(plan, experiments: Self.experiments)
        let clusters = JackknifeTests.clusters(result.maps, above: 0.5)
        let jackknife = try #require(try await analysis.evidence(for: clusters, of: result).jackknife)
        let gone = jackknife.omissions.indices.filter { jackknife.omissions[$0].problem != nil }
        #expect(gone.map { jackknife.omissions[$0].name } == ["e8", "shared"])
        #expect(jackknife.omissions[8].problem?.contains("group[z]") == true)
        let peak = try #require(jackknife.clusters.first?.peak)
        #expect(!peak.without[8].isEstimable && !peak.without[8].isSignificant && peak.without[0].isEstimable)
        #expect(jackknife.notEstimable(peak) == ["e8"] && !jackknife.lost(peak).contains("e8"))
        #expect(jackknife.kept(peak).of == 8)
        #expect(jackknife.mostInfluential(peak, sign: 1)?.name != "e8")
    }

    @Test("Of four experiments with a covariate and three coefficients none can be left out")
    func few() async throws {
        let analysis = try PlacesTests.analysis(["imputations=4"])
        let experiments = Array(Self.experiments[2..<6])
        let result = try await analysis.run(Self.plans[1], experiments: experiments)
        let clusters = JackknifeTests.clusters(result.maps, above: 0.1)
        let jackknife = try #require(try await analysis.evidence(for: clusters, of: result).jackknife)
        #expect(jackknife.omissions.count == 4 && jackknife.omissions.allSatisfy { $0.problem != nil })
        let peak = try #require(jackknife.clusters.first?.peak)
        #expect(jackknife.kept(peak) == (0, 0) && jackknife.notEstimable(peak).count == 4)
        #expect(peak.all.isEstimable && jackknife.mostInfluential(peak, sign: 1) == nil)
    }

    /// Frisch–Waugh–Lovell: with w = 1/(v + τ²), β̂ = Σ w x̃ ỹ / Σ w x̃², x̃ and ỹ less their weighted means.
    @Test("Contributions to a slope are the parts w·x̃·ỹ of it, those to its precision w·x̃²; both sum to 1")
    func contributions() async throws {
        let plan = Self.plans[0]
        let analysis = try PlacesTests.analysis(["imputations=6", "samples=separate"])
        let result = try await analysis.run(plan, experiments: Self.experiments)
        let cluster = try #require(JackknifeTests.clusters(result.maps, above: 0.8).first)
        let jackknife = try #require(try await analysis.evidence(for: [cluster], of: result).jackknife)
        let table = try #require(jackknife.clusters.first)
        let x = Self.experiments.map { experiment -> Double in
            if case .number(let value) = experiment.covariates["sessions"] { value } else { .nan }
        }
        let places = try await analysis.effects(
            of: plan, experiments: Self.experiments,
            at: cluster.voxels.map { Place(voxel: Int($0), in: Base.space.mask) })
        var shares = [Double](repeating: 0, count: 9)
        var weights = shares
        for place in places {
            for j in 0..<6 {
                let y = place.studies.map { $0.effects[j] }
                let v = place.studies.map { $0.variances[j] }
                let fit = try MetaRegression(
                    effects: y, variances: v, design: Matrix(columns: [[Double](repeating: 1, count: 9), x]),
                    estimator: .dersimonianLaird)
                let w = v.map { 1 / ($0 + fit.tau2) }
                let total = w.reduce(0, +)
                func centred(_ a: [Double]) -> [Double] {
                    var mean = 0.0
                    for s in 0..<9 { mean += w[s] * a[s] / total }
                    return a.map { $0 - mean }
                }
                let (dx, dy) = (centred(x), centred(y))
                var square = 0.0
                for s in 0..<9 { square += w[s] * dx[s] * dx[s] }
                for s in 0..<9 {
                    shares[s] += w[s] * dx[s] * dy[s] / square
                    weights[s] += w[s] * dx[s] * dx[s] / square
                }
            }
        }
        let sum = shares.reduce(0, +)
        for s in 0..<9 {
            #expect(abs((table.contributions[s].share ?? .nan) - shares[s] / sum) < 1e-9)
            #expect(abs((table.contributions[s].weight ?? .nan) - weights[s] / Double(6 * places.count)) < 1e-9)
        }
        // A joint test's parts sum to 1 too.
        let joint = try await analysis.run(Self.plans[2], experiments: Self.experiments)
        let clusters = JackknifeTests.clusters(joint.maps, above: 0.5)
        for table in try #require(try await analysis.evidence(for: clusters, of: joint).jackknife).clusters {
            #expect(abs(table.contributions.reduce(0) { $0 + ($1.share ?? .nan) } - 1) < 1e-9)
            #expect(abs(table.contributions.reduce(0) { $0 + ($1.weight ?? .nan) } - 1) < 1e-9)
            #expect(table.contributions.allSatisfy { ($0.weight ?? .nan) >= 0 })
        }
    }

    @Test("A planted outlier is what a slope hangs on")
    func outlier() async throws {
        let experiments = (0..<12).map { n in
            var experiment = Base.experiment("e\(n)", n1: 24, peaks: [([0, 0, 0], .t(n == 11 ? 9 : 4))])
            experiment.covariates = ["sessions": .number(Double(n))]
            return experiment
        }
        let analysis = try PlacesTests.analysis(["leave_out=0"])
        let result = try await analysis.run(Self.plans[0], experiments: experiments)
        let clusters = JackknifeTests.clusters(result.maps, above: 0.5).filter { $0.sign > 0 }
        let jackknife = try #require(try await analysis.evidence(for: clusters, of: result).jackknife)
        let table = try #require(jackknife.clusters.max { $0.peak.all.z < $1.peak.all.z })
        #expect(jackknife.mostInfluential(table.peak, sign: 1)?.name == "e11")
        #expect(table.peak.without[11].z < 0.5 * table.peak.all.z)
        #expect(table.contributions.max { ($0.share ?? .nan) < ($1.share ?? .nan) }?.id == "e11")
    }

    @Test("The map of missing information is that of the tested combinations at each place, within 10⁻⁵")
    func missingInformation() async throws {
        let analysis = try PlacesTests.analysis(["imputations=9", "samples=separate"])
        let result = try await analysis.run(Self.plans[0], experiments: Self.experiments)
        let design = try #require(result.design)
        for voxel in stride(from: 0, to: Base.space.mask.count, by: 400) {
            let place = try await analysis.effects(
                of: Self.plans[0], experiments: Self.experiments, at: [Place(voxel: voxel, in: Base.space.mask)])[0]
            let own = try #require(PlaceDesign(design, at: place))
            let assessment = try PlaceAssessment(place, design: own, settings: analysis.settings)
            #expect(abs(Double(result.maps.fmi[voxel]) - assessment.missingInformation) < 1e-5)
        }
    }
}
