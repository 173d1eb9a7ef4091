import Foundation
public import Inference
import Statistics

/// How large the effect is at our best guess: posterior maps under a prior learnt from the map itself.
///
/// Of 200 000 voxels most have next to no effect; a prior that knows shrinks them, and leaves large effects large. Half of it
/// is learnt by empirical Bayes: a point at 0 and normals around 0 with SD from .05 to 1.4, their weights, and those of
/// the values of τ, by EM over voxels (adaptive shrinkage: Stephens 2017, doi:10.1093/biostatistics/kxw041, with a
/// likelihood of intervals). Half is the weak prior of ``EffectPosterior``, so that no map is shrunk without end. The prior is
/// symmetric: one with a mean learnt off centre fitted peaks better and its intervals failed (coverage .02 to .74).
///
/// Tests do not use these maps: they say how large, not whether.
///
/// ```swift
/// let shrinkage = try await Shrinkage(posterior, workers: workers)
/// let maps = try await shrinkage.maps(workers: workers)
/// ```
public struct Shrinkage: Sendable {
    /// The learnt half of the prior.
    public struct Prior: Hashable, Sendable {
        /// SD of each component; the first is 0: a point.
        public var deviations: [Double]
        /// Of each; they sum to 1.
        public var weights: [Double]
        /// Values of τ and their weights, which sum to 1.
        public var taus: [Double]
        public var tauWeights: [Double]
        /// Log-likelihood per voxel, in every step of EM.
        public var logLikelihood: [Double]
    }

    public let posterior: EffectPosterior
    public let prior: Prior

    /// SD of the components.
    public static let deviations: [Double] = [0, 0.05, 0.1, 0.2, 0.35, 0.6, 0.95, 1.4]
    /// Voxels that the prior is learnt from, evenly spread over the mask.
    static let learners = 6000
    /// No step of a likelihood is coarser.
    static let mostStep = 0.1
    /// Half of the narrowest SD: there likelihood and prior meet.
    static let fineStep = 0.025

    private init(posterior: EffectPosterior, prior: Prior) {
        self.posterior = posterior
        self.prior = prior
    }

    /// Learns the prior.
    @_optimize(none)
    public init(
        _ posterior: EffectPosterior, workers: Workers, progress: any ProgressObserver = SilentProgress()
    ) async throws {
        let stride = max(1, posterior.voxels / Self.learners)
        let positions = Swift.stride(from: 0, to: posterior.voxels, by: stride).map(Int32.init)
        let scan = ShrinkageScan(posterior, at: positions, progress: progress)
        progress.began("What the map teaches of effects", units: scan.steps)
        defer { progress.ended() }
        let found = Slots<[Float]>(count: positions.count)
        try await scan.run(workers: workers, prior: { LikelihoodView.masses(Self.deviations, $0) }) {
            index, view, masses, twin in
            found[index] = twin.map { found[$0] } ?? view.likelihoods(masses)
        }
        let taus = scan.taus
        self.init(
            posterior: posterior,
            prior: Self.learnt(found.all, deviations: Self.deviations, taus: taus.deviations))
    }

    /// EM for the weights of components and of τ, taken as independent.
    ///
    /// - Parameters:
    ///   - likelihoods: per voxel [component][tau], up to a factor per voxel.
    ///   - steps: at most; it ends sooner when the log-likelihood per voxel rises by less than 1e-6.
    static func learnt(_ likelihoods: [[Float]], deviations: [Double], taus: [Double], steps: Int = 200) -> Prior {
        var weights = [Double](repeating: 1 / Double(deviations.count), count: deviations.count)
        var tauWeights = [Double](repeating: 1 / Double(taus.count), count: taus.count)
        var history: [Double] = []
        if likelihoods.isEmpty {
            return Prior(
                deviations: deviations, weights: weights, taus: taus, tauWeights: tauWeights, logLikelihood: [])
        }
        let count = Double(likelihoods.count)
        for _ in 0..<steps {
            var sums = [Double](repeating: 0, count: deviations.count)
            var tauSums = [Double](repeating: 0, count: taus.count)
            var log = 0.0
            var byTau = [Double](repeating: 0, count: taus.count)
            var byComponent = [Double](repeating: 0, count: deviations.count)
            for likelihood in likelihoods {
                likelihood.withUnsafeBufferPointer { likelihood in
                    var total = 0.0
                    for tau in byTau.indices { byTau[tau] = 0 }
                    for component in byComponent.indices {
                        var sum = 0.0
                        let row = component * byTau.count
                        for tau in byTau.indices {
                            let value = Double(likelihood[row + tau]) * tauWeights[tau]
                            sum += value
                            byTau[tau] += weights[component] * value
                        }
                        byComponent[component] = weights[component] * sum
                        total += weights[component] * sum
                    }
                    for component in byComponent.indices { sums[component] += byComponent[component] / total }
                    for tau in byTau.indices { tauSums[tau] += byTau[tau] / total }
                    log += Foundation.log(total)
                }
            }
            weights = sums.map { $0 / count }
            tauWeights = tauSums.map { $0 / count }
            history.append(log / count)
            if history.count > 1, history[history.count - 1] - history[history.count - 2] < 1e-6 { break }
        }
        return Prior(
            deviations: deviations, weights: weights, taus: taus, tauWeights: tauWeights, logLikelihood: history)
    }

    /// The shrunken maps.
    /// - Parameter positions: mask positions, ascending; nil for all.
    public func maps(
        at positions: [Int32]? = nil, workers: Workers, progress: any ProgressObserver = SilentProgress()
    ) async throws -> ShrunkenMaps {
        let scan = ShrinkageScan(posterior, at: positions, progress: progress)
        progress.began("Shrunken maps", units: scan.steps)
        defer { progress.ended() }
        let count = scan.count
        let fields = (0..<6).map { _ in SharedArray<Float>(repeating: .nan, count: count) }
        let tail = 0.5 * (1 - posterior.settings.level)
        let (prior, settings, taus) = (prior, posterior.settings, scan.taus)
        try await scan.run(
            workers: workers,
            prior: { LikelihoodView.PriorHalves(prior, weak: settings, taus: taus, at: $0) }
        ) { index, view, prior, twin in
            if let twin {
                for field in fields { field.buffer[index] = field.buffer[twin] }
                return
            }
            let found = view.shrunken(prior, tail: tail)
            fields[0].buffer[index] = Float(found.mean)
            fields[1].buffer[index] = Float(found.deviation)
            fields[2].buffer[index] = Float(found.lower)
            fields[3].buffer[index] = Float(found.upper)
            fields[4].buffer[index] = Float(found.above)
            fields[5].buffer[index] = Float(found.below)
        }
        return ShrunkenMaps(
            g: fields[0].array, se: fields[1].array, lower: fields[2].array, upper: fields[3].array,
            probabilityAbove: fields[4].array, probabilityBelow: fields[5].array)
    }
}

/// The posterior under a learnt prior, per voxel asked for; NaN where no experiment speaks.
public struct ShrunkenMaps: Sendable {
    /// Posterior mean: Hedges' g, or Fisher's z of correlations.
    public var g: [Float]
    /// Posterior standard deviation.
    public var se: [Float]
    /// Quantiles at the settings' level.
    public var lower: [Float]
    public var upper: [Float]
    /// Posterior probabilities of an effect above and below 0; what they lack to 1 is that of none at all.
    public var probabilityAbove: [Float]
    public var probabilityBelow: [Float]

    /// The larger of the two.
    public var probabilityOfDirection: [Float] { zip(probabilityAbove, probabilityBelow).map { max($0, $1) } }
}
