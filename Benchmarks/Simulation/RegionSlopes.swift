public import Evidence
import Foundation
import Inference
public import SeedBasedMapping
import Statistics

/// Slopes at a region of simulated studies, as several analyses of their peaks find them and as their whole maps tell them.
///
/// Slopes are per standard deviation (n − 1) of the covariate, in g. With a slope of 0 the rejected share is the error rate,
/// else the power.
///
///     var design = SimulationDesign()
///     design.studies = 50
///     design.signsOnly = 0
///     design.slope = RegionSlopes.share(perSD: 0.2, design)
///     let space = try AnalysisSpace(settings: settings)
///     let slopes = RegionSlopes(
///         studies: SimulatedStudies(design, mask: space.mask), space: space, settings: settings,
///         arms: [.sharedMean, .ownFittedValue])
///     print(RegionSlopes.table(try await slopes.run(replicates: 100, threads: 2), slopes))
public struct RegionSlopes: Sendable {
    /// An analysis of experiments that gives the tested slope and its standard error at every mask voxel.
    public struct Arm: Sendable {
        public var name: String
        public var analysis:
            @Sendable (SeedBasedAnalysis, ModelPlan, [Experiment]) async throws -> (slope: [Float], se: [Float])

        public init(
            _ name: String,
            _ analysis:
                @escaping @Sendable (SeedBasedAnalysis, ModelPlan, [Experiment]) async throws -> (
                    slope: [Float], se: [Float]
                )
        ) {
            self.name = name
            self.analysis = analysis
        }

        /// Silent studies are imputed around one mean, whatever their covariates.
        public static let sharedMean = Arm("shared mean") { analysis, plan, experiments in
            let prepared = try await analysis.prepare(plan, experiments: experiments)
            let maps = try await analysis.run(analysis.fitted(prepared, sharedMean: true)).maps
            return (maps.g, maps.se)
        }

        /// Silent studies are imputed around their own fitted values (``LikelyRegression``).
        public static let ownFittedValue = fitted("own fitted value", leaveOut: nil)

        /// The same with another number of experiments left out.
        public static func fitted(_ name: String, leaveOut: Int?) -> Arm {
            Arm(name) { analysis, plan, experiments in
                var settings = analysis.settings
                if let leaveOut { settings.leaveOut = leaveOut }
                let own = SeedBasedAnalysis(space: analysis.space, settings: settings, workers: analysis.workers)
                let prepared = try await own.prepare(plan, experiments: experiments)
                let maps = try await own.run(prepared).maps
                return (maps.g, maps.se)
            }
        }
    }

    /// Means over the voxels of a region in one replicate.
    public struct Score: Sendable {
        /// Found and true slope per standard deviation of the covariate.
        public var slope = 0.0
        public var truth = 0.0
        /// Shares of voxels: 95 % interval holds the truth; two-sided p below .05.
        public var coverage = 0.0
        public var rejected = 0.0
    }

    public static let regions = ["centre", "blob", "null"]

    public let studies: SimulatedStudies
    public let space: AnalysisSpace
    public private(set) var settings: Evidence.Settings
    public let arms: [Arm]

    public init(studies: SimulatedStudies, space: AnalysisSpace, settings: Evidence.Settings, arms: [Arm]) {
        precondition(studies.mask == space.mask, "studies and analysis must share a mask")
        self.studies = studies
        self.space = space
        self.settings = settings
        self.settings.permutations = 0
        self.arms = arms
    }

    /// Standard deviation (n − 1) of the covariate over the studies.
    public static func covariateSD(_ design: SimulationDesign) -> Double {
        let x = (0..<design.studies).map { design.covariate(study: $0) }
        let mean = x.reduce(0, +) / Double(x.count)
        return (x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(x.count - 1, 1))).squareRoot()
    }

    /// ``SimulationDesign/slope`` that makes a slope of `perSD` at the blob's centre, in standard deviations between subjects
    /// per standard deviation of the covariate.
    public static func share(perSD: Double, _ design: SimulationDesign) -> Double {
        perSD / (design.effect * covariateSD(design))
    }

    /// [replicate][arm][region]; the last arm is the whole maps.
    public func run(replicates count: Int, threads: Int) async throws -> [[[Score]]] {
        let truth = TruthRegions(studies, kernelReach: 1.5 * settings.kernelFWHM)
        let regions = [truth.centre, truth.blob, truth.null]
        return try await withThrowingTaskGroup(of: [(Int, [[Score]])].self) { group in
            for thread in 0..<max(1, min(threads, count)) {
                group.addTask {
                    var own: [(Int, [[Score]])] = []
                    for replicate in stride(from: thread, to: count, by: max(1, threads)) {
                        own.append((replicate, try await analysed(replicate, regions)))
                    }
                    return own
                }
            }
            var all: [(Int, [[Score]])] = []
            for try await own in group { all += own }
            return all.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    @_optimize(none)
    private func analysed(_ replicate: Int, _ regions: [[Int]]) async throws -> [[Score]] {
        let (experiments, known) = simulated(replicate)
        var settings = settings
        settings.seed = settings.seed &+ UInt64(replicate)
        let plan = ModelPlan(
            name: "slope", covariates: [Covariate("x")], hypothesis: Hypothesis(.covariate("x")))
        let analysis = SeedBasedAnalysis(space: space, settings: settings, workers: Workers(threads: 1))
        var scores: [[Score]] = []
        for arm in arms {
            let found = try await arm.analysis(analysis, plan, experiments)
            scores.append(regions.map { score($0) { (Double(found.slope[$0]), Double(found.se[$0])) } })
        }
        scores.append(regions.map { wholeMaps(known, $0) })
        return scores
    }

    private func simulated(_ replicate: Int) -> (experiments: [Experiment], known: [(x: Double, g: [Float])]) {
        var experiments: [Experiment] = []
        var known: [(x: Double, g: [Float])] = []
        for study in 0..<studies.design.studies {
            let tMap = studies.tMap(replicate: replicate, study: study)
            var experiment = studies.experiment(study: study, tMap: tMap)
            let x = studies.design.covariate(study: study)
            experiment.covariates = ["x": .number(x)]
            experiments.append(experiment)
            known.append((x, studies.knownEffect(tMap: tMap).lower))
        }
        return (experiments, known)
    }

    private func wholeMaps(_ known: [(x: Double, g: [Float])], _ voxels: [Int]) -> Score {
        let design = RegressionDesign(
            columns: [[Double](repeating: 1, count: known.count), known.map(\.x)], tests: [[0, 1]])
        var fit = RegressionFit(columns: 2)
        return score(voxels) { voxel in
            let y = known.map { Double($0.g[voxel]) }
            let v = y.map { studies.scale.variance(ofG: $0) }
            guard
                fit.fit(
                    design: design.values, effects: y, variances: v, rows: y.count, estimator: .dersimonianLaird)
            else { return (.nan, .nan) }
            let wald = WaldStatistic(coefficients: fit.coefficients, covariance: fit.covariance)
            let (slope, variance) = wald.estimate(design.tests[0])
            return (slope, variance.squareRoot())
        }
    }

    private func score(_ voxels: [Int], _ value: (Int) -> (slope: Double, error: Double)) -> Score {
        let sd = Self.covariateSD(studies.design)
        var sum = Score()
        let count = Double(max(voxels.count, 1))
        for voxel in voxels {
            let (slope, error) = value(voxel)
            let truth = studies.design.slope * Double(studies.truth[voxel])
            sum.slope += sd * slope / count
            sum.truth += sd * truth / count
            if abs(slope - truth) <= 1.959964 * error { sum.coverage += 1 / count }
            if abs(slope) > 1.959964 * error { sum.rejected += 1 / count }
        }
        return sum
    }

    /// A line per region and analysis: slope, truth, their ratio, coverage and rejected share, ± 1.96 Monte-Carlo standard errors.
    public static func table(_ found: [[[Score]]], _ slopes: RegionSlopes) -> String {
        func text(_ values: [Double], _ digits: Int, factor: Double = 1) -> String {
            let mean = MonteCarloMean(values.map { factor * $0 })
            return String(format: "%.\(digits)f ± %.\(digits)f", mean.mean, 1.96 * mean.standardError)
        }
        var lines = ["region  analysis           slope per SD     true    found/true  95 % CI holds, %  p < .05, %"]
        for (r, region) in regions.enumerated() {
            for (a, name) in (slopes.arms.map(\.name) + ["whole maps"]).enumerated() {
                let scores = found.map { $0[a][r] }
                let mean = scores.reduce(0) { $0 + $1.slope } / Double(scores.count)
                let truth = scores.first?.truth ?? 0
                func column(_ text: String, _ width: Int) -> String {
                    text.padding(toLength: width, withPad: " ", startingAt: 0)
                }
                lines.append(
                    column(region, 8) + column(name, 19) + column(text(scores.map(\.slope), 3), 17)
                        + column(String(format: "%.3f", truth), 8)
                        + column(truth == 0 ? "-" : String(format: "%.2f", mean / truth), 12)
                        + column(text(scores.map(\.coverage), 1, factor: 100), 18)
                        + text(scores.map(\.rejected), 1, factor: 100))
            }
        }
        return lines.joined(separator: "\n")
    }
}
