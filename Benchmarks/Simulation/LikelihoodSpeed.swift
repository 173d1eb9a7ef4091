public import Evidence
import Inference
public import SeedBasedMapping
import Statistics

/// How long the likelihood step takes for the mean and with covariates, on the bounds of one simulated meta-analysis.
public struct LikelihoodSpeed: Sendable {
    public struct Result: Sendable {
        /// 0 is the mean's own step (``MostLikelyEffect``).
        public var covariates: Int
        /// The least of the rounds.
        public var seconds: Double
    }

    public let studies: SimulatedStudies
    public let space: AnalysisSpace
    public let settings: Evidence.Settings

    public init(studies: SimulatedStudies, space: AnalysisSpace, settings: Evidence.Settings) {
        precondition(studies.mask == space.mask, "studies and analysis must share a mask")
        self.studies = studies
        self.space = space
        self.settings = settings
    }

    /// The mean first, then each number of random covariates, the first of which is tested.
    @_optimize(none)
    public func run(covariates: [Int], rounds: Int, threads: Int) async throws -> [Result] {
        let count = studies.design.studies
        let analysis = SeedBasedAnalysis(space: space, settings: settings, workers: Workers(threads: threads))
        let prepared = try (0..<count).map { study in
            try PreparedExperiment(
                studies.experiment(study: study, tMap: studies.tMap(replicate: 0, study: study)), settings: settings)
        }
        let bounds = try await analysis.bounds(of: prepared, maps: prepared.map { _ in nil }).bounds
        let scales = prepared.map(\.scale)
        let leaveOut = MostLikelyEffect.defaultLeaveOut(experiments: count)
        var results = ([0] + covariates).map { Result(covariates: $0, seconds: .infinity) }
        for _ in 0..<rounds {
            for index in results.indices {
                let start = ContinuousClock.now
                if results[index].covariates == 0 {
                    _ = try await analysis.mostLikely(bounds, scales: scales, leaveOut: leaveOut)
                } else {
                    _ = try await analysis.likelyCoefficients(
                        bounds, scales: scales, design: design(covariates: results[index].covariates),
                        leaveOut: leaveOut)
                }
                let (seconds, attoseconds) = (ContinuousClock.now - start).components
                results[index].seconds = min(
                    results[index].seconds, Double(seconds) + Double(attoseconds) * 1e-18)
            }
        }
        return results
    }

    private func design(covariates: Int) -> LikelyDesign {
        let count = studies.design.studies
        let random = Philox(key: 4)
        let columns = (0...covariates).map { column in
            (0..<count).map { row in
                column == 0 ? 1 : Philox.uniform(random([UInt32(row), UInt32(column), 0, 0]).x)
            }
        }
        let regression = RegressionDesign(
            columns: columns, tests: [(0...covariates).map { $0 == min(1, covariates) ? 1 : 0 }])
        return LikelyDesign(regression, rows: (0..<count).map { [$0] }, experiments: count)
    }
}
