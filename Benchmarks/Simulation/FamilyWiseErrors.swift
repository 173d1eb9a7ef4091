public import Evidence
import Imaging
public import Inference
public import SeedBasedMapping

/// How often the whole pipeline finds something: simulated studies, reduced to what papers print, put through the
/// permutation test.
///
/// Without a true effect every finding is an error, and at corrected p ≤ .05 there may be one in at most 5 % of the
/// meta-analyses. With an effect in one region, a finding where the true effect is zero and out of the effect's reach is
/// one.
public struct FamilyWiseErrors: Sendable {
    public let studies: SimulatedStudies
    public let space: AnalysisSpace
    public let settings: Settings

    public init(studies: SimulatedStudies, space: AnalysisSpace, settings: Settings) {
        precondition(studies.mask == space.mask, "studies and analysis must share a mask")
        self.studies = studies
        self.space = space
        self.settings = settings
    }

    /// Smallest corrected p of a meta-analysis.
    public struct Outcome: Sendable {
        /// Where the true effect is zero and out of its reach (everywhere, without an effect).
        public var null: [NullDistribution.Statistic: [NullDistribution.Tail: Float]] = [:]
        /// Where the true effect is at least half its largest.
        public var blob: [NullDistribution.Statistic: [NullDistribution.Tail: Float]] = [:]
    }

    /// Replicates 0..<count, each on one thread. Results do not depend on `threads`.
    public func run(
        replicates count: Int, threads: Int, finished: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> [Outcome] {
        let regions = TruthRegions(studies, kernelReach: 1.5 * settings.kernelFWHM)
        let hasEffect = studies.design.effect != 0
        return try await withThrowingTaskGroup(of: [(Int, Outcome)].self) { group in
            for thread in 0..<max(1, min(threads, count)) {
                group.addTask {
                    var own: [(Int, Outcome)] = []
                    for replicate in stride(from: thread, to: count, by: max(1, threads)) {
                        var settings = settings
                        settings.seed = settings.seed &+ UInt64(replicate)
                        let analysis = SeedBasedAnalysis(space: space, settings: settings, workers: Workers(threads: 1))
                        let result = try await analysis.run(
                            .mean, experiments: studies.experiments(replicate: replicate))
                        var outcome = Outcome()
                        if let test = result.familyWise {
                            let everywhere = Array(0..<space.mask.count)
                            outcome.null = smallest(test, in: hasEffect ? regions.null : everywhere)
                            outcome.blob = smallest(test, in: hasEffect ? regions.blob : [])
                        }
                        own.append((replicate, outcome))
                        finished(replicate)
                    }
                    return own
                }
            }
            var all: [(Int, Outcome)] = []
            for try await own in group { all += own }
            return all.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func smallest(
        _ test: FamilyWiseResult, in voxels: [Int]
    ) -> [NullDistribution.Statistic: [NullDistribution.Tail: Float]] {
        var result: [NullDistribution.Statistic: [NullDistribution.Tail: Float]] = [:]
        for statistic in NullDistribution.Statistic.allCases {
            for tail in NullDistribution.Tail.allCases {
                let p = test.map(statistic, tail).p
                result[statistic, default: [:]][tail] = voxels.reduce(1) { min($0, p[$1].isNaN ? 1 : p[$1]) }
            }
        }
        return result
    }
}
