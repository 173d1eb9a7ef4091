public import Imaging
import Statistics

/// Imputes study images in two lumps, as SDM-PSI 6.21 does; otherwise as ``CopulaSampler``, with its ranks.
///
/// For comparison with the program (`compat: sdm621`) only: it brings Q to the program's size (Docs/imputation.md). Each value has
/// the mean and the variance of the voxel's truncated normal (``TwoLumps``) and the rank that the copula's field gives it, so means,
/// imputation variances and correlations between neighbours stay about the same.
public struct TwoLumpSampler: StudyImageSampler {
    private let copula: CopulaSampler
    /// A study whose imputed image is the copula's field itself: standard normal, bounded only beyond any draw.
    private let standardBounds: EffectBounds
    private let zeros: [Float]

    private static let bound = 40.0

    /// - Parameter noiseFWHM: as of ``CopulaSampler``.
    public init(mask: Mask, template: CorrelationTemplate, noiseFWHM: Double) {
        copula = CopulaSampler(mask: mask, template: template, noiseFWHM: noiseFWHM)
        standardBounds = EffectBounds(
            lower: Array(repeating: Float(-Self.bound), count: mask.count),
            upper: Array(repeating: Float(Self.bound), count: mask.count))
        zeros = Array(repeating: 0, count: mask.count)
    }

    public func draw(
        _ study: ImputedStudy, voxels: Range<Int>, batch: Int, lanes: Int,
        into images: UnsafeMutablePointer<SIMD16<Float>>, scratch: inout SamplerScratch
    ) {
        var field = study
        field.bounds = standardBounds
        field.mean = zeros
        field.tau2 = zeros
        // Of a Fisher's z over four people the sampling variance is 1.
        field.scale = EffectScale(correlationOf: 4)
        copula.draw(field, voxels: voxels, batch: batch, lanes: lanes, into: images, scratch: &scratch)
        for voxel in voxels {
            let image = images + (voxel - voxels.lowerBound)
            if let value = study.fixedValue(at: voxel) {
                image.pointee = SIMD16(repeating: value)
                continue
            }
            Self.transform(image, to: TwoLumps(study.truncatedNormal(at: voxel)), lanes: lanes)
        }
    }

    public func patch(_ voxels: [Int32]) -> VoxelPatch { copula.patch(voxels) }

    public func noise(
        _ study: ImputedStudy, of patch: VoxelPatch, batch: Int, lanes: Int,
        into noise: UnsafeMutablePointer<SIMD16<Float>>
    ) {
        copula.noise(study, of: patch, batch: batch, lanes: lanes, into: noise)
    }

    public func draw(
        _ distributions: UnsafeBufferPointer<TruncatedNormal>, at index: Int, of patch: VoxelPatch,
        noise: UnsafePointer<SIMD16<Float>>, lanes: Int, into images: UnsafeMutablePointer<SIMD16<Float>>, stride: Int
    ) {
        let standard = TruncatedNormal(mean: 0, deviation: 1, lower: -Self.bound, upper: Self.bound)
        var field = SIMD16<Float>.zero
        withUnsafePointer(to: standard) { standard in
            copula.draw(
                UnsafeBufferPointer(start: standard, count: 1), at: index, of: patch, noise: noise, lanes: lanes,
                into: &field, stride: 1)
        }
        for (number, distribution) in distributions.enumerated() {
            let image = images + number * stride
            image.pointee = field
            Self.transform(image, to: TwoLumps(distribution), lanes: lanes)
        }
    }

    /// Ranks of a standard normal to values of two lumps.
    @inline(__always)
    private static func transform(_ image: UnsafeMutablePointer<SIMD16<Float>>, to lumps: TwoLumps, lanes: Int) {
        let values = UnsafeMutableRawPointer(image).assumingMemoryBound(to: Float.self)
        for lane in 0..<lanes { values[lane] = Float(lumps.value(ofRank: Double(values[lane]))) }
    }
}
