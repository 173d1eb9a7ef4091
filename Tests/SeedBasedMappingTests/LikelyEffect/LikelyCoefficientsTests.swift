import Evidence
import Imaging
import Inference
import SeedBasedMapping
import Statistics
import Testing

@Suite("Maps of most likely coefficients")
struct LikelyCoefficientsTests {
    private static let space: AnalysisSpace = {
        let grid = Grid(shape: [19, 19, 19], affine: Affine(scale: [-2, 2, 2], origin: [18, -18, -18]))!
        let ball = Mask(grid: grid) { index in
            let p = grid.world(atIndex: index)
            return (p * p).sum() <= 16 * 16
        }
        return AnalysisSpace(mask: ball, template: CorrelationTemplate(domain: ball, constant: 0.9))
    }()

    private static let here = SourceLocation(file: "test")

    /// Ten experiments; those with a larger covariate have the higher peak.
    private static let experiments: [Experiment] = (0..<10).map { n in
        let x = Double(n * 3 % 10) - 4.5
        let heights: [(SIMD3<Double>, Peak.Height)] =
            x > -1 ? [([Double(n % 3), -2, 0], .t(4 + 0.4 * x))] : n == 1 ? [([-8, 6, 4], .t(-4.2))] : []
        var experiment = Experiment(
            id: "e\(n)", study: "e\(n)", sample: "e\(n)", n1: 16 + n, n2: 0, tThreshold: 3.3,
            report: .peaks(heights.map { Peak(coordinate: $0.0, space: .mni, height: $0.1, source: here) }),
            source: here)
        experiment.covariates = ["x": .number(x)]
        return experiment
    }

    private static let plan = ModelPlan(
        name: "slope", covariates: [Covariate("x")], hypothesis: Hypothesis(.covariate("x")))

    private static func analysis(_ settings: [String], threads: Int = 2) throws -> SeedBasedAnalysis {
        let settings = try Settings.sdmPSI.applying(
            (["permutations=0", "imputations=8"] + settings).map { try SettingAssignment(commandLine: $0) })
        return SeedBasedAnalysis(space: space, settings: settings, workers: Workers(threads: threads))
    }

    private static func likely(
        _ analysis: SeedBasedAnalysis, _ experiments: [Experiment]
    ) async throws -> (bounds: [EffectBounds], scales: [EffectScale], likely: LikelyCoefficients) {
        let prepared = try experiments.map { try PreparedExperiment($0, settings: analysis.settings) }
        let bounds = try await analysis.bounds(of: prepared, maps: prepared.map { _ in nil }).bounds
        let scales = prepared.map(\.scale)
        let likely = try await analysis.likelyCoefficients(
            bounds, scales: scales, design: try design(experiments),
            leaveOut: MostLikelyEffect.defaultLeaveOut(experiments: experiments.count) - 1)
        return (bounds, scales, likely)
    }

    private static func design(_ experiments: [Experiment]) throws -> LikelyDesign {
        let matrix = try DesignMatrix(plan, experiments: experiments, samples: .separate)
        return LikelyDesign(
            RegressionDesign(matrix), rows: experiments.indices.map { [$0] }, experiments: experiments.count)
    }

    @Test("Fitted values follow the covariate where the peaks are, and the maps do not depend on the threads")
    func maps() async throws {
        let one = try await Self.likely(Self.analysis([], threads: 1), Self.experiments)
        let several = try await Self.likely(Self.analysis([], threads: 3), Self.experiments)
        for (a, b) in zip(one.likely.coefficients, several.likely.coefficients) { #expect(a == b) }
        #expect(one.likely.tau2 == several.likely.tau2)
        #expect(one.likely.undetermined == 0)
        let voxel = Int(try Place.at([1, -2, 0], in: Self.space.mask).voxels[0])
        // Covariate −4.5 and 4.5.
        let lowest = one.likely.mean(of: 0)[voxel]
        let highest = one.likely.mean(of: 3)[voxel]
        #expect(highest > lowest + 0.2)
    }

    @Test(
        "Without each experiment the values are those of a whole analysis without it, to the bit",
        arguments: [[], ["effect_smoothing=4"], ["tau2_smoothing=0"]])
    func omissions(settings: [String]) async throws {
        let analysis = try Self.analysis(settings)
        let all = try await Self.likely(analysis, Self.experiments)
        let kept = [0, 4, 7].map { out in Self.experiments.indices.filter { $0 != out } } + [[0, 2, 3, 4, 6, 7, 8]]
        let points: [SIMD3<Double>] = [[0, 0, 0], [2, -2, 0], [-8, 6, 4]]
        let voxels = try points.map { try Place.at($0, in: Self.space.mask).voxels[0] }.sorted()
        var omissions: [OmittedCoefficients.Omission] = []
        for rows in kept {
            omissions.append(.init(kept: rows, design: try Self.design(rows.map { Self.experiments[$0] })))
        }
        let omitted = try await analysis.likelyCoefficients(
            all.bounds, scales: all.scales, omissions: omissions, at: voxels)
        for (number, rows) in kept.enumerated() {
            let rerun = try await Self.likely(analysis, rows.map { Self.experiments[$0] }).likely
            for (index, voxel) in voxels.enumerated() {
                #expect(omitted.tau2[number][index] == rerun.tau2[Int(voxel)])
                for (row, experiment) in rows.enumerated() {
                    #expect(omitted.mean(number, experiment: experiment, at: index) == rerun.mean(of: row)[Int(voxel)])
                }
            }
            let out = try #require(Self.experiments.indices.first { !rows.contains($0) })
            #expect(omitted.mean(number, experiment: out, at: 0).isNaN)
        }
    }

    @Test(
        "A fitted model runs like any other, and finds more of a slope than one whose silent studies know no covariate")
    func run() async throws {
        let analysis = try Self.analysis(["imputations=40", "leave_out=0"])
        let prepared = try await analysis.prepare(Self.plan, experiments: Self.experiments)
        let shared = try await analysis.fitted(prepared, sharedMean: true)
        let plain = try await analysis.run(shared).maps
        let maps = try await analysis.run(prepared).maps
        let voxel = Int(try Place.at([1, -2, 0], in: Self.space.mask).voxels[0])
        #expect(maps.g[voxel] > plain.g[voxel])
        // Without covariates nothing changes.
        let mean = try await analysis.prepare(.mean, experiments: Self.experiments)
        let unchanged = try await analysis.fitted(mean)
        let one = try await analysis.run(unchanged).maps.g
        let other = try await analysis.run(mean).maps.g
        #expect(one == other)
    }
}
