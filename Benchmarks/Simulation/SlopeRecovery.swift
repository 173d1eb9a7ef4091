public import Evidence
import Foundation
import Imaging
import Inference
public import SeedBasedMapping
import Statistics

/// Runs a meta-regression on simulated studies whose effect depends on a covariate, or does not, and compares the slope with
/// the truth; from their peaks and from their whole maps.
public struct SlopeRecovery: Sendable {
    public let studies: SimulatedStudies
    public let space: AnalysisSpace
    public private(set) var settings: Evidence.Settings

    public init(studies: SimulatedStudies, space: AnalysisSpace, settings: Evidence.Settings) {
        precondition(studies.mask == space.mask, "studies and analysis must share a mask")
        self.studies = studies
        self.space = space
        self.settings = settings
        self.settings.permutations = 0
    }

    /// Means over the voxels of a region in one replicate.
    public struct Score: Sendable {
        public var slope = 0.0
        public var bias = 0.0
        public var squaredError = 0.0
        /// Share of voxels whose slope ± 1.96 se holds the truth.
        public var coverage = 0.0
        /// Share of voxels with two-sided p below .05.
        public var rejected = 0.0
    }

    /// By source (peaks, maps), then by region.
    public struct Replicate: Sendable {
        public var peaks: [Score]
        public var maps: [Score]
    }

    public static let regions = ["centre", "blob", "null"]

    /// Replicates 0..<count; results do not depend on `threads`.
    public func run(replicates count: Int, threads: Int) async throws -> [Replicate] {
        let truth = TruthRegions(studies, kernelReach: 1.5 * settings.kernelFWHM)
        let regions = [truth.centre, truth.blob, truth.null]
        return try await withThrowingTaskGroup(of: [(Int, Replicate)].self) { group in
            for thread in 0..<max(1, min(threads, count)) {
                group.addTask {
                    var own: [(Int, Replicate)] = []
                    for replicate in stride(from: thread, to: count, by: max(1, threads)) {
                        own.append((replicate, try await analysed(replicate, regions)))
                    }
                    return own
                }
            }
            var all: [(Int, Replicate)] = []
            for try await own in group { all += own }
            return all.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func analysed(_ replicate: Int, _ regions: [[Int]]) async throws -> Replicate {
        let design = studies.design
        var experiments: [Experiment] = []
        var known: [(x: Double, g: [Float])] = []
        for study in 0..<design.studies {
            let tMap = studies.tMap(replicate: replicate, study: study)
            var experiment = studies.experiment(study: study, tMap: tMap)
            experiment.covariates = ["x": .number(design.covariate(study: study))]
            experiments.append(experiment)
            known.append((design.covariate(study: study), studies.knownEffect(tMap: tMap).lower))
        }
        var settings = settings
        settings.seed = settings.seed &+ UInt64(replicate)
        let plan = ModelPlan(
            name: "slope", covariates: [Covariate("x")], hypothesis: Hypothesis(.covariate("x")))
        let analysis = SeedBasedAnalysis(space: space, settings: settings, workers: Workers(threads: 1))
        let maps = try await analysis.run(plan, experiments: experiments).maps
        let regression = RegressionDesign(
            columns: [[Double](repeating: 1, count: known.count), known.map(\.x)], tests: [[0, 1]])
        var fit = RegressionFit(columns: 2)
        return Replicate(
            peaks: regions.map { score($0) { (Double(maps.g[$0]), Double(maps.se[$0])) } },
            maps: regions.map { voxels in
                score(voxels) { voxel in
                    let y = known.map { Double($0.g[voxel]) }
                    let v = y.map { studies.scale.variance(ofG: $0) }
                    _ = fit.fit(
                        design: regression.values, effects: y, variances: v, rows: y.count,
                        estimator: .dersimonianLaird)
                    let wald = WaldStatistic(coefficients: fit.coefficients, covariance: fit.covariance)
                    let (slope, variance) = wald.estimate(regression.tests[0])
                    return (slope, variance.squareRoot())
                }
            })
    }

    private func score(_ voxels: [Int], _ value: (Int) -> (slope: Double, error: Double)) -> Score {
        var sum = Score()
        let count = Double(max(voxels.count, 1))
        for voxel in voxels {
            let (slope, error) = value(voxel)
            let bias = slope - studies.design.slope * Double(studies.truth[voxel])
            sum.slope += slope / count
            sum.bias += bias / count
            sum.squaredError += bias * bias / count
            if abs(bias) <= 1.959964 * error { sum.coverage += 1 / count }
            if abs(slope) > 1.959964 * error { sum.rejected += 1 / count }
        }
        return sum
    }
}
