import Foundation
public import Inference
import Statistics

/// The posterior of the mean effect at every voxel, given what the experiments report: estimates and intervals whose
/// uncertainty is that of the evidence, silence included.
///
/// At every voxel the likelihood of all experiments is tabulated over the mean effect μ and the between-study deviation τ,
///
///     posterior(μ, τ) ∝ exp(Σᵢ ℓᵢ(μ, τ) − μ²/2s² − τ²/2t²)
///
/// with ℓᵢ the normal density of a known effect, the normal probability of the interval in which a reported or silent
/// experiment leaves it (``IntervalLikelihood``), and weak priors s and t (``PosteriorSettings``). Reported are its mean, SD,
/// interval, (E τ)² and the probability of an effect above zero. There is no most likely effect, nothing is left out, and
/// nothing is imputed around a fixed mean, so the uncertainty of μ and τ enters (Rubin 1987 asks for that of an
/// imputation). Ours; the interval likelihood is MetaNSUE's (Albajes-Eizagirre, Solanes & Radua 2019,
/// doi:10.1177/0962280218811349), the bounds SDM-PSI's (doi:10.1016/j.neuroimage.2018.10.077), the random-effects model with
/// a half-normal τ is common practice (Röver 2020, doi:10.18637/jss.v093.i06).
///
/// ```swift
/// let scale = EffectScale(n1: 20)
/// let reports = [
///     EffectReport(map: [0.4, 0.1], scale: scale),                   // a map of two voxels
///     EffectReport(thresholdG: 0.75, scale: scale),                  // a table without peaks
///     EffectReport(                                                  // a sign-only peak reaches the first voxel
///         thresholdG: 0.75, voxels: [0], centre: [0], slope: [0.3], halfWidth: [0.45],
///         heights: SignOnlyHeights.expected.ratios, weights: SignOnlyHeights.expected.weights, scale: scale),
/// ]
/// let posterior = try EffectPosterior(reports, voxels: 2)
/// let maps = try await posterior.maps(workers: Workers(threads: 2))
/// let without = try await posterior.maps(without: [0], workers: Workers(threads: 2))
/// ```
///
/// **Samples.** Experiments of one sample are not independent. With m of them in a row and the correlation ρ, each
/// log-likelihood counts 1/(1 + (m − 1)ρ) times, and τ² in its variance m/(1 + (m − 1)ρ) times: m equal known effects then say
/// exactly what their mean says (``CompositeEffect``), and a silent one never says more. (A composite likelihood,
/// doi:10.1111/j.1467-985X.2011.00726.x.) Several known effects of a row are combined into their mean. A row's m counts
/// experiments even where their map has no value, which is cautious.
///
/// **Numbers.** Single precision in the vector kernel, nodes as of `MeanLattice` and `TauNodes`. In thirteen cases against
/// adaptive quadrature in double precision (`PosteriorReferenceTests`) g is off by at most 3e-5 SD, the SD by 7e-5 of itself,
/// τ by 1.2e-5, the probability by 5e-6, quantiles by 1e-3 SD. The same bits for any number of threads and any
/// instruction set.
public struct EffectPosterior: Sendable {
    public let reports: [EffectReport]
    /// Mask voxels.
    public let voxels: Int
    /// Experiments by sample: each on its own, or those that are combined.
    public let rows: [Range<Int>]
    public let correlation: Double
    public let settings: PosteriorSettings
    public var instructions = VectorInstructions.best

    public enum Problem: Error, Hashable, Sendable, CustomStringConvertible {
        case settings(String)
        case report(Int, String)
        case rows

        public var description: String {
            switch self {
            case .settings(let problem): "The posterior cannot be computed: \(problem)."
            case .report(let index, let problem): "The report of experiment \(index) \(problem)."
            case .rows: "The rows of samples are not the experiments in order, or their correlation is not from 0 to 1."
            }
        }
    }

    /// - Parameters:
    ///   - reports: one per experiment.
    ///   - voxels: mask voxels.
    ///   - rows: experiments of each sample, in order; nil where each stands for itself.
    ///   - correlation: assumed between the errors of a row's experiments, 0 to 1.
    /// - Throws: `Problem` for numbers that no posterior can be made from.
    public init(
        _ reports: [EffectReport], voxels: Int, rows: [Range<Int>]? = nil, correlation: Double = 0.5,
        settings: PosteriorSettings = PosteriorSettings()
    ) throws(Problem) {
        if let problem = settings.problem { throw .settings(problem) }
        let rows = rows ?? reports.indices.map { $0..<$0 + 1 }
        guard Array(rows.joined()) == Array(reports.indices), correlation >= 0, correlation <= 1 else { throw .rows }
        for (index, report) in reports.enumerated() {
            if let problem = Self.problem(of: report, voxels: voxels) { throw .report(index, problem) }
        }
        self.reports = reports
        self.voxels = voxels
        self.rows = rows
        self.correlation = correlation
        self.settings = settings
    }

    private static func problem(of report: EffectReport, voxels: Int) -> String? {
        guard report.scale.constantVariance > 0, report.scale.constantVariance.isFinite else {
            return "has no sampling variance"
        }
        switch report.content {
        case .map(let map):
            if map.count != voxels { return "has \(map.count) voxels where the mask has \(voxels)" }
            if map.contains(where: \.isInfinite) { return "has an infinite effect" }
        case .peaks(let peaks):
            guard peaks.thresholdG > 0, peaks.thresholdG.isFinite else {
                return "has the effect \(peaks.thresholdG) at its threshold; it must be positive"
            }
            guard zip(peaks.voxels, peaks.voxels.dropFirst()).allSatisfy({ $0 < $1 }),
                peaks.voxels.first.map({ $0 >= 0 }) ?? true, peaks.voxels.last.map({ $0 < voxels }) ?? true
            else { return "names voxels outside the mask, or not in ascending order" }
            guard peaks.centre.allSatisfy(\.isFinite), peaks.slope.allSatisfy(\.isFinite),
                peaks.halfWidth.allSatisfy({ $0.isFinite && $0 >= 0 }),
                peaks.growth.allSatisfy({ $0.isFinite && $0 >= 0 }), peaks.heights.allSatisfy(\.isFinite)
            else { return "has bounds that are no numbers" }
        }
        return nil
    }

    /// The posterior's maps.
    ///
    /// - Parameters:
    ///   - positions: mask positions, ascending; nil for all.
    ///   - omitted: positions of experiments to leave out. What remains is computed anew, from tables that cost as much as a
    ///     few voxels: the maps are those of an analysis without them, but not to the last bit.
    /// - Throws: `CancellationError`.
    public func maps(
        at positions: [Int32]? = nil, without omitted: Set<Int> = [], workers: Workers,
        progress: any ProgressObserver = SilentProgress()
    ) async throws -> PosteriorMaps {
        let scan = PosteriorScan(self, at: positions, without: omitted, progress: progress)
        progress.began("Posterior of the effect", units: scan.steps)
        defer { progress.ended() }
        let summary = PosteriorSummary(settings, rows: rows.count)
        let fields = PosteriorFields(count: scan.positions.count)
        try await scan.run(workers: workers) { index, tabulator, tables, twin in
            if let twin {
                fields.copy(from: twin, to: index)
                return
            }
            fields.set(measured: tabulator.measured, reached: tabulator.reached, at: index)
            if tabulator.rows == 0 { return }
            fields.set(summary(tabulator, tables.taus, rows: tabulator.rows), at: index)
        }
        return fields.maps
    }

    /// The maps without each experiment in turn.
    ///
    /// An experiment's part is taken off the table of all, which costs little more than the maps themselves. Where the nodes
    /// do not suit what is left, or the experiment shares its sample, the voxel is tabulated anew. Eight numbers a voxel
    /// and experiment: meant for places, not for whole brains.
    ///
    /// - Returns: one per report: what ``maps(at:without:workers:)`` gives, to about 1e-5.
    @_optimize(none)
    public func leaveOneOut(at positions: [Int32]? = nil, workers: Workers) async throws -> [PosteriorMaps] {
        let scan = PosteriorScan(self, at: positions, without: [], keepsLogarithms: true)
        let summary = PosteriorSummary(settings, rows: rows.count)
        let count = scan.positions.count
        let fields = reports.map { _ in PosteriorFields(count: count) }
        let isAlone = scan.model.members.map { $0.rowCount == 1 }
        let isOpen = reports.map { _ in SharedArray<Bool>(repeating: false, count: count) }
        try await scan.run(workers: workers) { index, tabulator, tables in
            let all = (measured: tabulator.measured, reached: tabulator.reached)
            for number in isAlone.indices {
                guard isAlone[number], tabulator.rows > 0 else {
                    isOpen[number].buffer[index] = true
                    continue
                }
                let left = tabulator.without(number)
                fields[number].set(
                    measured: all.measured - (left.wasMeasured ? 1 : 0),
                    reached: all.reached - (left.wasReached ? 1 : 0),
                    at: index)
                if left.rows == 0 { continue }
                tabulator.remove([number], tables)
                if PosteriorScan.suits(tabulator) {
                    fields[number].set(summary(tabulator, tables.taus, rows: left.rows), at: index)
                } else {
                    isOpen[number].buffer[index] = true
                }
            }
        }
        for number in reports.indices {
            let open = (0..<count).filter { isOpen[number].buffer[$0] }
            if open.isEmpty { continue }
            let anew = try await maps(at: open.map { scan.positions[$0] }, without: [number], workers: workers)
            for (from, to) in open.enumerated() { fields[number].copy(anew, from, to: to) }
        }
        return fields.map(\.maps)
    }

    /// The posterior at some voxels; nil where no experiment speaks.
    public func voxels(
        at positions: [Int32], without omitted: Set<Int> = [], workers: Workers
    ) async throws -> [VoxelPosterior?] {
        let scan = PosteriorScan(self, at: positions, without: omitted)
        let found = Slots<VoxelPosterior>(count: positions.count)
        try await scan.run(workers: workers) { index, tabulator, tables in
            if tabulator.rows > 0 { found[index] = VoxelPosterior(tabulator, taus: tables.taus) }
        }
        return found.inOrder
    }

    /// Draws of mean effect and τ² from the posterior, for imputations that carry its uncertainty.
    ///
    /// - Parameter uniforms: a pair in (0, 1) for each draw, used at every voxel (``VoxelPosterior/draw(_:)``).
    /// - Returns: for each draw the mean effect (g) and τ² per voxel; NaN where no experiment speaks.
    public func draws(
        _ uniforms: [(mean: Double, tau: Double)], at positions: [Int32]? = nil, without omitted: Set<Int> = [],
        workers: Workers
    ) async throws -> [(mean: [Float], tau2: [Float])] {
        let scan = PosteriorScan(self, at: positions, without: omitted)
        let count = scan.positions.count
        let means = uniforms.map { _ in SharedArray<Float>(repeating: .nan, count: count) }
        let tau2s = uniforms.map { _ in SharedArray<Float>(repeating: .nan, count: count) }
        try await scan.run(workers: workers) { index, tabulator, tables in
            if tabulator.rows == 0 { return }
            let posterior = VoxelPosterior(tabulator, taus: tables.taus)
            for (number, pair) in uniforms.enumerated() {
                let draw = posterior.draw(pair)
                means[number].buffer[index] = Float(draw.mean)
                tau2s[number].buffer[index] = Float(draw.tau * draw.tau)
            }
        }
        return uniforms.indices.map { (means[$0].array, tau2s[$0].array) }
    }

    /// Uniform numbers for ``draws(_:at:without:workers:)``: those of a seed, the same whatever else is drawn.
    public static func uniforms(draws count: Int, seed: UInt64) -> [(mean: Double, tau: Double)] {
        let random = Philox(seed: seed, name: "posterior", purpose: 5)
        return (0..<count).map { index in
            let words = random([UInt32(index), 0, 0, 0])
            return (Philox.uniform(words.x), Philox.uniform(words.y))
        }
    }
}
