import Evidence
import Imaging
import Inference
import Statistics

/// Step 3 of the method `effects`: what every experiment reported, and the posterior of the mean effect given all of it. See
/// Docs/posterior.md.
struct PosteriorStep: AnalysisStep {
    let context: AnalysisContext

    /// What every experiment reported, in both forms.
    struct Reported {
        /// For those who draw what was not reported (``BoundsBuilder``).
        var bounds: [EffectBounds]
        var posterior: EffectPosterior
        /// Of peaks that could not be used.
        var notices: [Notice]
    }

    /// Bounds of every experiment and the posterior's evidence, from one search of each peak's kernel.
    ///
    /// - Parameters:
    ///   - maps: effects per mask voxel of the experiments given as maps (nil for the others).
    ///   - searched: mask voxels that experiments looked at; nil for all.
    func reported(
        _ experiments: [PreparedExperiment], maps: [[Float]?], searched: [[Bool]?], rows: SampleRows
    ) async throws -> Reported {
        let heights = SignOnlyHeights.of(settings, experiments.map(\.experiment)).heights
        progress.began("What was reported", units: experiments.count)
        defer { progress.ended() }
        let builder = EffectReportBuilder(space.kernel(settings), leastFWHM: settings.leastKernelFWHM)
        let slots = Slots<(bounds: EffectBounds, report: EffectReport, unused: [Int])>(count: experiments.count)
        try await workers.forEach(experiments.count) { index in
            let experiment = experiments[index]
            if let map = maps[index] {
                let report = EffectReport(map: map, scale: experiment.scale)
                slots[index] = (EffectBounds(lower: map, upper: map), report, [])
            } else {
                var paths = ShortestPaths(builder.kernel.graph)
                var found = builder.evidence(
                    peaks: experiment.reportedPeaks, mapped: experiment.peaks,
                    thresholdT: experiment.experiment.tThreshold ?? 0, thresholdG: experiment.thresholdG ?? 0,
                    scale: experiment.scale, heights: heights, with: &paths)
                found.bounds.limit(to: searched[index])
                found.report = found.report.searching(searched[index])
                slots[index] = found
            }
            progress.advanced(by: 1)
        }
        let found = slots.all
        let posterior = try EffectPosterior(
            found.map(\.report), voxels: space.mask.count, rows: rows.rows, correlation: rows.correlation,
            settings: PosteriorSettings(
                meanDeviation: settings.priorMeanSD, tauDeviation: settings.priorTauSD))
        return Reported(
            bounds: found.map(\.bounds), posterior: posterior,
            notices: zip(experiments, found).flatMap { BoundsStep.notices(of: $0, unused: $1.unused) })
    }

    /// Maps of the mean effect, with those a model has of its pooling.
    ///
    /// I² and H² are those of the typical sampling variance at the posterior mean (Higgins & Thompson 2002,
    /// doi:10.1002/sim.1186); the missing information compares the posterior's variance with that of whole maps of all
    /// experiments. Q is of pooled study effects, of which there are none here.
    func pooled(_ posterior: EffectPosterior, _ found: PosteriorMaps) -> PooledMaps {
        let count = found.g.count
        var (i2, h2, fmi, df) = (found.g, found.g, found.g, found.g)
        for voxel in 0..<count where !found.g[voxel].isNaN {
            let g = Double(found.g[voxel])
            let tau2 = Double(found.tau2[voxel])
            var (complete, speaking) = (0.0, 0)
            for report in posterior.reports where report.speaks(at: voxel) {
                complete += 1 / (report.scale.variance(ofG: g) + tau2)
                speaking += 1
            }
            let share = posterior.heterogeneityShare(at: voxel, mean: g, tau2: tau2)
            i2[voxel] = Float(100 * share)
            h2[voxel] = Float(1 / (1 - share))
            df[voxel] = Float(speaking - 1)
            let error = Double(found.se[voxel])
            fmi[voxel] = Float(min(max(1 - 1 / (complete * error * error), 0), 1))
        }
        return PooledMaps(
            mask: space.mask, g: found.g, se: found.se, z: found.z, tau2: found.tau2, i2: i2, h2: h2,
            q: Array(repeating: .nan, count: count), df: df, fmi: fmi)
    }

    /// The experiments around the posterior mean and τ², for those who draw what was not reported.
    func studies(
        _ experiments: [Experiment], scales: [EffectScale], bounds: [EffectBounds], _ found: PosteriorMaps
    ) -> [ImputedStudy] {
        experiments.indices.map { index in
            ImputedStudy(
                id: experiments[index].id, sample: experiments[index].sample, seed: settings.seed,
                scale: scales[index], bounds: bounds[index], mean: found.g, tau2: found.tau2)
        }
    }
}

extension EffectPosterior {
    /// Rows (experiments, or samples where they are combined) that say anything at each voxel: what is silent among them
    /// is what neither measured nor reached.
    package var speaking: [Int32] {
        (0..<voxels).map { voxel in
            Int32(rows.count { row in row.contains { reports[$0].speaks(at: voxel) } })
        }
    }
}

extension EffectReport {
    /// Whether the experiment says anything of a mask position: silence does, a gap in a map or a place where it did not look
    /// does not.
    func speaks(at voxel: Int) -> Bool {
        switch content {
        case .map(let map): !map[voxel].isNaN
        case .peaks(let peaks): peaks.isSearched(voxel)
        }
    }
}
