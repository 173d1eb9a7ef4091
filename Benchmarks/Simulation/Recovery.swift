public import Evidence
import Foundation
import Imaging
import Inference
public import SeedBasedMapping
import Statistics

/// Runs the mean analysis on simulated studies and compares it with the truth.
///
/// Each replicate is analysed twice: from its peaks, and from the same studies' whole maps.
public struct Recovery: Sendable {
    public let studies: SimulatedStudies
    public let space: AnalysisSpace
    public private(set) var settings: Settings

    public init(studies: SimulatedStudies, space: AnalysisSpace, settings: Settings) {
        precondition(studies.mask == space.mask, "studies and analysis must share a mask")
        self.studies = studies
        self.space = space
        self.settings = settings
        self.settings.permutations = 0
    }

    /// What came of one replicate.
    public struct Replicate: Sendable {
        public var peaks: ReplicateScore?
        public var maps: ReplicateScore?
        /// Peaks reported, over all studies.
        public var reported: Int
    }

    /// Analyses replicates 0..<count, each on one of `threads` threads. Results do not depend on `threads`.
    /// - Parameters:
    ///   - fromPeaks: whether to analyse the peaks.
    ///   - fromMaps: whether to analyse the whole maps.
    public func run(
        replicates count: Int, threads: Int, fromPeaks: Bool = true, fromMaps: Bool = true,
        finished: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> RecoverySummary {
        let regions = TruthRegions(studies, kernelReach: 1.5 * settings.kernelFWHM)
        let replicates = try await withThrowingTaskGroup(of: [(Int, Replicate)].self) { group in
            for thread in 0..<max(1, min(threads, count)) {
                group.addTask {
                    var own: [(Int, Replicate)] = []
                    for replicate in stride(from: thread, to: count, by: max(1, threads)) {
                        let result = try await analysed(
                            replicate, regions: regions, fromPeaks: fromPeaks, fromMaps: fromMaps)
                        own.append((replicate, result))
                        finished(replicate)
                    }
                    return own
                }
            }
            var all: [(Int, Replicate)] = []
            for try await own in group { all += own }
            return all.sorted { $0.0 < $1.0 }.map(\.1)
        }
        return RecoverySummary(regions: regions, replicates: replicates)
    }

    private func analysed(
        _ replicate: Int, regions: TruthRegions, fromPeaks: Bool, fromMaps: Bool
    ) async throws -> Replicate {
        let tMaps = (0..<studies.design.studies).map { studies.tMap(replicate: replicate, study: $0) }
        let experiments = tMaps.indices.map { studies.experiment(study: $0, tMap: tMaps[$0]) }
        var result = Replicate(reported: experiments.reduce(0) { $0 + $1.peaks.count })
        if fromPeaks {
            var settings = settings
            // Imputations differ between replicates too.
            settings.seed = settings.seed &+ UInt64(replicate)
            let maps = try await analysis(settings).run(.mean, experiments: experiments).maps
            result.peaks = ReplicateScore(maps, studies: studies, regions: regions)
        }
        if fromMaps {
            var settings = settings
            // Nothing is missing, all imputations are the same.
            settings.imputations = 2
            let maps = try await analysis(settings).pooled(
                ids: experiments.map(\.id), bounds: tMaps.map(studies.knownEffect),
                scales: tMaps.map { _ in studies.scale })
            result.maps = ReplicateScore(maps, studies: studies, regions: regions)
        }
        return result
    }

    private func analysis(_ settings: Settings) -> SeedBasedAnalysis {
        SeedBasedAnalysis(space: space, settings: settings, workers: Workers(threads: 1))
    }
}
