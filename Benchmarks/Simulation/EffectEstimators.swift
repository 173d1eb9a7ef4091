public import Evidence
import Imaging
import Inference
public import SeedBasedMapping
import Statistics

/// The methods whose effects are held against a truth, run on the same studies.
///
///     let estimators = EffectEstimators(space: space, settings: settings)
///     let found = try await estimators.estimate(studies, by: .posterior)
public struct EffectEstimators: Sendable {
    public enum Method: String, Sendable, CaseIterable {
        /// Imputation around the most likely effect.
        case imputation = "sdm-psi"
        /// The same as SDM-PSI 6.21 does it.
        case sdm621 = "sdm-psi, compat=sdm621"
        /// The posterior of the mean effect.
        case posterior
        /// The posterior under a prior learnt from the map.
        case shrunken
    }

    public let space: AnalysisSpace
    public let settings: Settings
    public let posteriorSettings: PosteriorSettings
    private let graph: KernelGraph
    private let builder: EffectReportBuilder

    public init(
        space: AnalysisSpace, settings: Settings, posteriorSettings: PosteriorSettings = PosteriorSettings()
    ) {
        self.space = space
        self.settings = settings
        self.posteriorSettings = posteriorSettings
        graph = KernelGraph(template: space.kernelTemplate, fwhm: settings.kernelFWHM)
        builder = EffectReportBuilder(
            kernel: PeakKernel(graph: graph, anisotropy: settings.kernelAnisotropy), mask: space.mask,
            leastFWHM: settings.leastKernelFWHM)
    }

    /// On one thread.
    /// - Parameter seed: of the imputations.
    @_optimize(none)
    public func estimate(
        _ studies: [ReportedStudy], by method: Method, seed: UInt64 = 1
    ) async throws -> EffectEstimate {
        let workers = Workers(threads: 1)
        switch method {
        case .imputation, .sdm621:
            var settings = settings
            settings.seed = seed
            settings.permutations = 0
            if method == .sdm621 { settings.compatibility = .sdm621 }
            let prepared = try studies.map { try PreparedExperiment($0.experiment, settings: settings) }
            let analysis = SeedBasedAnalysis(space: space, settings: settings, workers: workers)
            let bounds = try await analysis.bounds(of: prepared, maps: studies.map(\.map)).bounds
            let maps = try await analysis.pooled(
                ids: studies.map(\.experiment.id), bounds: bounds, scales: prepared.map(\.scale))
            return EffectEstimate(maps)
        case .posterior:
            let maps = try await posterior(studies).maps(workers: workers)
            return EffectEstimate(maps)
        case .shrunken:
            let shrinkage = try await Shrinkage(posterior(studies), workers: workers)
            let maps = try await shrinkage.maps(workers: workers)
            return EffectEstimate(maps)
        }
    }

    /// The posterior of these studies; sign-only peaks have their expected heights.
    public func posterior(_ studies: [ReportedStudy]) throws -> EffectPosterior {
        var paths = ShortestPaths(graph)
        let reports = studies.map { report($0, with: &paths) }
        return try EffectPosterior(reports, voxels: space.mask.count, settings: posteriorSettings)
    }

    private func report(_ study: ReportedStudy, with paths: inout ShortestPaths) -> EffectReport {
        let scale = study.experiment.scale
        if let map = study.map { return EffectReport(map: map, scale: scale) }
        let peaks = study.experiment.peaks.compactMap { peak -> EffectReportBuilder.Peak? in
            switch peak.height {
            case .t(let t): .init(coordinate: peak.mni, effect: .known(scale.g(fromT: t)))
            case .positive: .init(coordinate: peak.mni, effect: .sign(1))
            case .negative: .init(coordinate: peak.mni, effect: .sign(-1))
            case .unknown: nil
            }
        }
        return builder.report(
            peaks: peaks, thresholdT: study.experiment.tThreshold ?? 0, scale: scale, with: &paths
        ).report
    }
}
