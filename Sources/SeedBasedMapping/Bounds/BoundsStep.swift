import Evidence
import Formats
import Imaging
import Inference

/// Step 2: what each experiment reported becomes the bounds of its effect at every voxel.
///
/// Peaks spread by ``BoundsBuilder``; a statistic map is its own lower and upper bound. See Docs/bounds.md.
struct BoundsStep: AnalysisStep {
    let context: AnalysisContext

    /// Bounds of every experiment, in order.
    /// - Parameters:
    ///   - maps: effects per mask voxel of the experiments given as maps (nil for the others).
    ///   - searched: mask voxels that experiments looked at; nil for all. Elsewhere the bounds are NaN, as in the gaps of a map.
    /// - Returns: the bounds, and notices of peaks that could not be used.
    func bounds(
        of experiments: [PreparedExperiment], maps: [[Float]?], searched: [[Bool]?]
    ) async throws -> (bounds: [EffectBounds], notices: [Notice]) {
        progress.began("Bounds from peaks", units: experiments.count)
        defer { progress.ended() }
        let builder = BoundsBuilder(space.kernel(settings))
        let results = Slots<(EffectBounds, [Int])>(count: experiments.count)
        try await workers.forEach(experiments.count) { index in
            if let map = maps[index] {
                results[index] = (EffectBounds(lower: map, upper: map), [])
            } else {
                var paths = ShortestPaths(builder.kernel.graph)
                let experiment = experiments[index]
                var (bounds, unused) = builder.bounds(
                    peaks: experiment.peaks, thresholdG: experiment.thresholdG ?? 0, with: &paths)
                bounds.limit(to: searched[index])
                results[index] = (bounds, unused)
            }
            progress.advanced(by: 1)
        }
        return (
            results.all.map(\.0),
            zip(experiments, results.all).flatMap { Self.notices(of: $0, unused: $1.1) }
        )
    }

    /// What to say of an experiment's peaks that could not be used.
    static func notices(of prepared: PreparedExperiment, unused: [Int]) -> [Notice] {
        unused.map { peak in
            Notice(
                .warning, code: "peak-not-used", at: prepared.experiment.peaks[peak].source,
                "peak of '\(prepared.experiment.id)' lies more than \(PeakKernel.snapDistance) mm from the template's tissue and was not used.",
                remedy: "Check its coordinates and space.")
        }
    }

    /// Effects of the experiments given as images, nil for those given as peaks; and what is odd about the images.
    func statisticMaps(of experiments: [Experiment]) async throws -> (maps: [[Float]?], warnings: [Notice]) {
        let count = experiments.count { $0.hasMap }
        guard count > 0 else { return (experiments.map { _ in nil }, []) }
        progress.began("Statistic maps", units: count)
        defer { progress.ended() }
        let slots = Slots<StatisticMapLoader.Loaded>(count: experiments.count)
        try await workers.forEach(experiments.count) { index in
            guard case .map(let map) = experiments[index].report else { return }
            slots[index] = try StatisticMapLoader.read(map, of: experiments[index], mask: space.mask)
            progress.advanced(by: 1)
        }
        let loaded = experiments.indices.map { slots[$0] }
        // Notes on how an image was understood are told where the input is checked.
        let notices = loaded.flatMap { $0?.notices ?? [] }.filter { $0.severity != .note }
        return (loaded.map { $0?.effects }, notices)
    }
}
