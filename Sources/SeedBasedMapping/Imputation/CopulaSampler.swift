import Foundation
public import Imaging
public import Inference
import Statistics
import VoxelKernels

/// Imputes study images by a Gaussian copula: exact truncated normals at every voxel, joined by a smooth Gaussian
/// field.
///
/// The field is white noise averaged over each voxel and its 26 neighbours with weights 2^(−4 (D/h)²), D the virtual
/// length of the step, and scaled to unit variance; its value's rank picks the quantile of the voxel's truncated
/// normal. This departs from the SDM-PSI paper's threshold-and-smooth of uniform noise (``PaperSampler``), which has the same
/// mean and variance but neither normal margins nor one field for all voxels; see `Docs/imputation.md`.
public struct CopulaSampler: StudyImageSampler {
    let mask: Mask
    let table: NeighbourTable
    /// Weight of each neighbour (0 where there is none), the voxel's own being 1, all times the voxel's normaliser.
    let weights: [Float]
    let ownWeight: [Float]
    /// First and last neighbour of each voxel, or the voxel itself.
    private let ends: [SIMD2<Int32>]
    private let instructions: VectorInstructions

    /// - Parameters:
    ///   - noiseFWHM: h, full width at half maximum of the averaging, virtual mm.
    ///   - instructions: of the kernel; draws are the same to the bit with any.
    public init(
        mask: Mask, template: CorrelationTemplate, noiseFWHM: Double, instructions: VectorInstructions = .best
    ) {
        let table = NeighbourTable(mask, .corners)
        let slowness = template.slowness(on: mask)
        let lengths = Connectivity.corners.offsets.map { offset in
            let step = mask.grid.affine(SIMD3<Double>(offset)) - mask.grid.affine.origin
            return (step * step).sum().squareRoot()
        }
        var weights = [Float](repeating: 0, count: mask.count * table.width)
        var own = [Float](repeating: 1, count: mask.count)
        var ends = (0..<mask.count).map { SIMD2(repeating: Int32($0)) }
        for voxel in 0..<mask.count {
            let row = voxel * table.width
            var squares = 1.0
            for n in 0..<table.width {
                let other = Int(table.neighbours[row + n])
                if other < 0 { continue }
                ends[voxel] = [min(ends[voxel].x, Int32(other)), max(ends[voxel].y, Int32(other))]
                let distance = lengths[n] * 0.5 * Double(slowness[voxel] + slowness[other])
                let r = distance / noiseFWHM
                let weight = exp2(-4 * r * r)
                weights[row + n] = Float(weight)
                squares += weight * weight
            }
            let scale = Float(1 / squares.squareRoot())
            own[voxel] = scale
            for n in 0..<table.width { weights[row + n] *= scale }
        }
        self.mask = mask
        self.table = table
        self.weights = weights
        ownWeight = own
        self.ends = ends
        self.instructions = instructions
    }

    public func draw(
        _ study: ImputedStudy, voxels: Range<Int>, batch: Int, lanes: Int,
        into images: UnsafeMutablePointer<SIMD16<Float>>, scratch: inout SamplerScratch
    ) {
        let window = SamplerScratch.Window(
            stream: study.stream, batch: batch, lanes: lanes, span: span(of: voxels))
        let missing = scratch.move(to: window)
        scratch.noise.withUnsafeMutableBufferPointer { noise in
            let floats = UnsafeMutableRawPointer(noise.baseAddress!).assumingMemoryBound(to: Float.self)
            mask.voxels.withUnsafeBufferPointer { counters in
                cuneus_white_noise(
                    instructions.code, study.stream.keyBits, counters.baseAddress! + missing.lowerBound, missing.count,
                    UInt32(truncatingIfNeeded: batch), Int32((lanes + 3) / 4),
                    floats + 16 * (missing.lowerBound - window.span.lowerBound))
            }
            // Swift lends arrays as pointers for the length of a call.
            func impute(
                _ neighbours: UnsafePointer<Int32>, _ weights: UnsafePointer<Float>, _ own: UnsafePointer<Float>,
                _ lower: UnsafePointer<Float>, _ upper: UnsafePointer<Float>, _ mean: UnsafePointer<Float>,
                _ tau2: UnsafePointer<Float>
            ) {
                var imputation = cuneus_imputation(
                    noise: floats, noise_start: window.span.lowerBound, neighbours: neighbours, weights: weights,
                    own_weights: own, width: Int32(table.width), lower: lower, upper: upper, mean: mean, tau2: tau2,
                    constant_variance: study.scale.constantVariance,
                    quadratic_variance: study.scale.quadraticVariance, known_width: IntervalEffect.knownWidth)
                cuneus_imputed_values(
                    instructions.code, &imputation, voxels.lowerBound, voxels.count, Int32(lanes),
                    UnsafeMutableRawPointer(images).assumingMemoryBound(to: Float.self))
            }
            impute(
                table.neighbours, weights, ownWeight, study.bounds.lower, study.bounds.upper, study.mean, study.tau2)
        }
    }

    /// The smallest range of mask positions that holds the voxels and all their neighbours.
    private func span(of voxels: Range<Int>) -> Range<Int> {
        var lowest = Int32(voxels.lowerBound)
        var highest = Int32(voxels.upperBound - 1)
        for ends in ends[voxels] {
            lowest = min(lowest, ends.x)
            highest = max(highest, ends.y)
        }
        return Int(lowest)..<Int(highest) + 1
    }

    public func patch(_ voxels: [Int32]) -> VoxelPatch {
        VoxelPatch(voxels, in: table.neighbours, width: table.width)
    }

    public func noise(
        _ study: ImputedStudy, of patch: VoxelPatch, batch: Int, lanes: Int,
        into noise: UnsafeMutablePointer<SIMD16<Float>>
    ) {
        let counters = patch.halo.map { mask.voxels[Int($0)] }
        cuneus_white_noise(
            instructions.code, study.stream.keyBits, counters, counters.count, UInt32(truncatingIfNeeded: batch),
            Int32((lanes + 3) / 4), UnsafeMutableRawPointer(noise).assumingMemoryBound(to: Float.self))
    }

    public func draw(
        _ distributions: UnsafeBufferPointer<TruncatedNormal>, at index: Int, of patch: VoxelPatch,
        noise: UnsafePointer<SIMD16<Float>>, lanes: Int, into images: UnsafeMutablePointer<SIMD16<Float>>, stride: Int
    ) {
        var field = smoothed(noise, at: index, of: patch)
        withUnsafeMutableBytes(of: &field) { field in
            let ranks = field.assumingMemoryBound(to: Float.self)
            for (n, distribution) in distributions.enumerated() {
                let image = UnsafeMutableRawPointer(images + n * stride).assumingMemoryBound(to: Float.self)
                image.update(from: ranks.baseAddress!, count: 16)
                cuneus_truncated_values(
                    instructions.code, distribution.mean, distribution.deviation, distribution.lower,
                    distribution.upper, ranks.baseAddress!, Int32(lanes), image)
            }
        }
    }

    /// The same sum in the same order as for consecutive voxels.
    @inline(__always)
    private func smoothed(
        _ noise: UnsafePointer<SIMD16<Float>>, at index: Int, of patch: VoxelPatch
    ) -> SIMD16<Float> {
        let voxel = Int(patch.voxels[index])
        var sum = noise[Int(patch.own[index])] * ownWeight[voxel]
        patch.neighbours.withUnsafeBufferPointer { neighbours in
            weights.withUnsafeBufferPointer { weights in
                for n in 0..<table.width {
                    let other = Int(neighbours[index * table.width + n])
                    if other >= 0 { sum += noise[other] * weights[voxel * table.width + n] }
                }
            }
        }
        return sum
    }
}
