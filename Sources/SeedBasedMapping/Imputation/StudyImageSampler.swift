public import Statistics

/// Draws plausible completions of a study's image: its *imputations*.
///
/// Where an experiment only bounds the effect, an imputed value is a draw from the normal with the voxel's most likely
/// mean and variance (sampling variance at that mean plus τ²), truncated to the bounds; neighbours are correlated as the
/// template says. Known voxels keep their value, missing ones stay NaN.
///
/// Sixteen imputations are drawn at a time, one per lane. A draw depends only on the seed, the experiment's id, the
/// voxel and the imputation's number.
public protocol StudyImageSampler: Sendable {
    /// - Parameters:
    ///   - study: the experiment.
    ///   - voxels: mask positions to draw, consecutive.
    ///   - batch: lane l holds imputation 16 · batch + l.
    ///   - lanes: how many lanes are wanted (the first ones); the others hold anything finite.
    ///   - images: one vector per voxel of `voxels`.
    ///   - scratch: memory reused between calls by one worker.
    func draw(
        _ study: ImputedStudy, voxels: Range<Int>, batch: Int, lanes: Int,
        into images: UnsafeMutablePointer<SIMD16<Float>>, scratch: inout SamplerScratch)

    /// Voxels from anywhere in the mask, ready for ``noise(_:of:batch:lanes:into:)``.
    func patch(_ voxels: [Int32]) -> VoxelPatch

    /// A study's noise at a patch's halo: what its draws there are made of, whatever the distributions.
    /// - Parameter noise: one vector per voxel of the halo.
    func noise(
        _ study: ImputedStudy, of patch: VoxelPatch, batch: Int, lanes: Int,
        into noise: UnsafeMutablePointer<SIMD16<Float>>)

    /// The draws at one voxel of a patch under each of several distributions with the same bounds: for each what
    /// ``draw(_:voxels:batch:lanes:into:scratch:)`` gives, to the bit.
    ///
    /// - Parameters:
    ///   - distributions: of a voxel that is neither known nor missing.
    ///   - index: of the voxel in the patch.
    ///   - noise: from ``noise(_:of:batch:lanes:into:)``.
    ///   - images: one vector per distribution, `stride` apart.
    func draw(
        _ distributions: UnsafeBufferPointer<TruncatedNormal>, at index: Int, of patch: VoxelPatch,
        noise: UnsafePointer<SIMD16<Float>>, lanes: Int, into images: UnsafeMutablePointer<SIMD16<Float>>, stride: Int)
}

extension StudyImageSampler {
    /// The same of several experiments, one behind the other.
    ///
    /// - Parameter images: one vector per experiment and voxel.
    /// - Throws: `CancellationError`.
    func draw(
        _ studies: [ImputedStudy], voxels: Range<Int>, batch: Int, lanes: Int,
        into images: UnsafeMutablePointer<SIMD16<Float>>, scratch: inout SamplerScratch
    ) throws {
        for (index, study) in studies.enumerated() {
            try Task.checkCancellation()
            draw(
                study, voxels: voxels, batch: batch, lanes: lanes, into: images + index * voxels.count,
                scratch: &scratch)
        }
    }
}

/// What a sampler needs to know of an experiment.
public struct ImputedStudy: Sendable {
    /// The experiment's id.
    public var id: String
    public var bounds: EffectBounds
    public var scale: EffectScale
    /// The experiment's own streams of random numbers: for its imputed images, and for its subjects' noise.
    public var stream: Philox
    public var noiseStream: Philox
    /// The group of people, and what their subjects' noise has in common with that of their other experiments.
    public var sample: String
    public var sampleNoiseStream: Philox
    /// Most likely mean (g) and between-study variance of the model, per mask voxel.
    public var mean: [Float]
    public var tau2: [Float]

    /// - Parameters:
    ///   - id: the experiment's id: draws stay the same when other experiments come or go.
    ///   - sample: the group of people; the experiment's own where nil.
    public init(
        id: String, sample: String? = nil, seed: UInt64, scale: EffectScale, bounds: EffectBounds, mean: [Float],
        tau2: [Float]
    ) {
        self.id = id
        self.bounds = bounds
        self.scale = scale
        self.mean = mean
        self.tau2 = tau2
        stream = Philox(seed: seed, name: id, purpose: 1)
        noiseStream = Philox(seed: seed, name: id, purpose: 2)
        self.sample = sample ?? id
        sampleNoiseStream = Philox(seed: seed, name: self.sample, purpose: 4)
    }

    /// The truncated normal a voxel's effect is drawn from.
    func truncatedNormal(at voxel: Int) -> TruncatedNormal {
        truncatedNormal(at: voxel, mean: mean[voxel], tau2: tau2[voxel])
    }

    /// The same for another most likely mean and τ².
    @inline(__always)
    func truncatedNormal(at voxel: Int, mean: Float, tau2: Float) -> TruncatedNormal {
        let mean = Double(mean)
        let variance = scale.variance(ofG: mean) + Double(tau2)
        return TruncatedNormal(
            mean: mean, deviation: variance.squareRoot(), lower: Double(bounds.lower[voxel]),
            upper: Double(bounds.upper[voxel]))
    }
}

extension ImputedStudy {
    /// The voxel's value in every imputation if it is known, NaN if it is missing; nil where it is drawn.
    @inline(__always)
    func fixedValue(at voxel: Int) -> Float? {
        let lower = bounds.lower[voxel]
        // NaN compares false.
        return Double(bounds.upper[voxel] - lower) >= IntervalEffect.knownWidth ? nil : lower
    }
}
