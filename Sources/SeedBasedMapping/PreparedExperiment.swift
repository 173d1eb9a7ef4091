public import Evidence
public import Statistics

/// An experiment with everything its bounds need: heights and threshold turned into effects.
public struct PreparedExperiment: Sendable {
    public var experiment: Experiment
    public var scale: EffectScale
    /// Effect at the threshold, positive; nil for an experiment given as a map.
    public var thresholdG: Double?
    public var peaks: [BoundsBuilder.MappedPeak]

    /// The same peaks, with sign-only ones kept apart.
    var reportedPeaks: [EffectReportBuilder.Peak] {
        zip(experiment.peaks, peaks).map { reported, mapped in
            let effect: EffectReportBuilder.Peak.Effect =
                if case .t = reported.height { .known(mapped.g) } else { .sign(mapped.g < 0 ? -1 : 1) }
            return EffectReportBuilder.Peak(coordinate: mapped.coordinate, effect: effect)
        }
    }

    /// - Throws: `InputError` for numbers that no effect can be made from.
    public init(_ experiment: Experiment, settings: Settings) throws(InputError) {
        let df = experiment.degreesOfFreedom
        guard experiment.n1 >= 2, experiment.n2 >= 0, df >= 2 else {
            throw InputError(
                at: experiment.source,
                "experiment '\(experiment.id)' has n1 = \(experiment.n1), n2 = \(experiment.n2): an effect needs at least 2 degrees of freedom.",
                remedy: "Check the sample sizes, or leave the experiment out with a filter.")
        }
        guard experiment.measure == .change || experiment.n >= 4 else {
            throw InputError(
                at: experiment.source,
                "experiment '\(experiment.id)' is a correlation over n1 = \(experiment.n): its variance, 1/(n - 3), needs at least 4 participants.",
                remedy: "Check the sample size, or leave the experiment out with a filter.")
        }
        self.experiment = experiment
        let scale = experiment.scale
        self.scale = scale

        guard case .peaks(let reported) = experiment.report else {
            thresholdG = nil
            peaks = []
            return
        }
        guard let threshold = experiment.tThreshold, threshold.isFinite, threshold > 0 else {
            throw InputError(
                at: experiment.source,
                "experiment '\(experiment.id)' has the t threshold \(experiment.tThreshold.map { "\($0)" } ?? "none").",
                remedy: "Give the positive t a voxel had to exceed, or leave the cell empty to have it assumed.")
        }
        peaks = try reported.map { peak throws(InputError) in
            let g: Double
            switch peak.height {
            case .t(let t): g = scale.g(fromT: t)
            case .positive: g = Self.signOnly(threshold, scale, settings.compatibility)
            case .negative: g = -Self.signOnly(threshold, scale, settings.compatibility)
            case .unknown:
                throw InputError(
                    at: peak.source, "a peak of '\(experiment.id)' has neither a statistic nor a sign.",
                    remedy: "Say the sign of the effects, e.g. with --sign positive.")
            }
            guard g.isFinite else {
                throw InputError(at: peak.source, "a peak of '\(experiment.id)' has no finite effect.")
            }
            return BoundsBuilder.MappedPeak(coordinate: peak.mni, g: g)
        }
        thresholdG = scale.g(fromT: threshold)
    }

    /// The effect of a peak of which only the sign is known: that of the threshold it must have exceeded.
    ///
    /// SDM-PSI 6.21 takes the threshold's t value itself as g (seen in all 50 studies of a published project). What it does
    /// with correlations is not known; a t is no Fisher's z, so these keep to the method.
    private static func signOnly(
        _ threshold: Double, _ scale: EffectScale, _ compatibility: Settings.Compatibility
    ) -> Double {
        switch compatibility {
        case .sdm621 where !scale.isCorrelation: threshold
        case .none, .sdm621: scale.g(fromT: threshold)
        }
    }
}
