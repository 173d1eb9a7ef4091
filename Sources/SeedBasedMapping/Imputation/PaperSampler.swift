import Foundation
public import Imaging
import Statistics

/// Imputes study images as the SDM-PSI paper describes it: threshold uniform noise, smooth, rescale.
///
/// At a voxel with bounds l, u and truncated-normal mean M and variance T, the noise images' share of values below
/// p = (M − l)/(u − l) is averaged over the voxel's surroundings with weights k ∝ 2^(−4 (D/h)²), Σk = 1, and the imputed
/// value is l + (u − l)·Σ k·1[U < p]. Mean and range are those of the truncated normal; so is the variance, as h is chosen
/// to make p(1 − p)·Σk² = T/(u − l)² (Albajes-Eizagirre et al. 2019, as paraphrased in NiMARE PR 591).
///
/// Departures: h is interpolated from a table of Σk²(h) per voxel instead of iterated; surroundings reach two voxels,
/// and D is the straight virtual length (mean slowness of the two ends), not a path.
public struct PaperSampler: StudyImageSampler {
    private static let reach = 2
    /// Widths (virtual mm) at which Σk² is tabulated.
    private static let widths: [Double] = (0..<20).map { 0.8 * pow(1.2, Double($0)) }

    private let mask: Mask
    /// Positions of the surroundings, the voxel itself first; −1 outside the mask.
    private let neighbours: [Int32]
    /// Squared virtual distance of each.
    private let squaredDistances: [Float]
    private let surround: Int
    /// Σk² at each of ``widths``, falling.
    private let concentration: [Float]

    public init(mask: Mask, template: CorrelationTemplate) {
        let slowness = template.slowness(on: mask)
        let range = -Self.reach...Self.reach
        var offsets: [SIMD3<Int>] = [.zero]
        for k in range { for j in range { for i in range where (i, j, k) != (0, 0, 0) { offsets.append([i, j, k]) } } }
        let lengths = offsets.map { offset in
            let step = mask.grid.affine(SIMD3<Double>(offset)) - mask.grid.affine.origin
            return (step * step).sum().squareRoot()
        }
        let surround = offsets.count
        var neighbours = [Int32](repeating: -1, count: mask.count * surround)
        var squared = [Float](repeating: .infinity, count: mask.count * surround)
        var concentration = [Float](repeating: 0, count: mask.count * Self.widths.count)
        for voxel in 0..<mask.count {
            let centre = mask.grid.voxel(atIndex: Int(mask.voxels[voxel]))
            for (n, offset) in offsets.enumerated() {
                let other = centre &+ offset
                guard mask.grid.contains(other) else { continue }
                let position = mask.position[mask.grid.index(other)]
                guard position >= 0 else { continue }
                let distance = lengths[n] * 0.5 * Double(slowness[voxel] + slowness[Int(position)])
                neighbours[voxel * surround + n] = position
                squared[voxel * surround + n] = Float(distance * distance)
            }
            for (w, width) in Self.widths.enumerated() {
                let scale = Float(-4 / (width * width))
                var sum: Float = 0
                var squares: Float = 0
                for n in 0..<surround {
                    let k = exp2(scale * squared[voxel * surround + n])
                    sum += k
                    squares += k * k
                }
                concentration[voxel * Self.widths.count + w] = squares / (sum * sum)
            }
        }
        self.mask = mask
        self.neighbours = neighbours
        squaredDistances = squared
        self.surround = surround
        self.concentration = concentration
    }

    public func draw(
        _ study: ImputedStudy, voxels: Range<Int>, batch: Int, lanes: Int,
        into images: UnsafeMutablePointer<SIMD16<Float>>, scratch: inout SamplerScratch
    ) {
        let halo = NeighbourTable.span(of: voxels, in: neighbours, width: surround)
        if scratch.noise.count < halo.count { scratch.noise = Array(repeating: .zero, count: halo.count) }
        for voxel in halo {
            scratch.noise[voxel - halo.lowerBound] = uniform(study.stream, voxel: voxel, batch: batch, lanes: lanes)
        }
        var weights = [Float](repeating: 0, count: surround)
        for voxel in voxels {
            let lower = study.bounds.lower[voxel]
            let width = study.bounds.upper[voxel] - lower
            guard Double(width) >= IntervalEffect.knownWidth else {
                images[voxel - voxels.lowerBound] = SIMD16(repeating: lower)
                continue
            }
            let moments = study.truncatedNormal(at: voxel).moments
            let p = min(max(Float((moments.mean - Double(lower)) / Double(width)), 1e-6), 1 - 1e-6)
            let wanted = Float(moments.variance / Double(width * width)) / (p * (1 - p))
            kernel(at: voxel, concentration: wanted, into: &weights)
            var share = SIMD16<Float>.zero
            for n in 0..<surround where weights[n] > 0 {
                let noise = scratch.noise[Int(neighbours[voxel * surround + n]) - halo.lowerBound]
                share.replace(with: share + weights[n], where: noise .< p)
            }
            images[voxel - voxels.lowerBound] = lower + width * share
        }
    }

    public func patch(_ voxels: [Int32]) -> VoxelPatch { VoxelPatch(voxels, in: neighbours, width: surround) }

    public func noise(
        _ study: ImputedStudy, of patch: VoxelPatch, batch: Int, lanes: Int,
        into noise: UnsafeMutablePointer<SIMD16<Float>>
    ) {
        for (index, voxel) in patch.halo.enumerated() {
            noise[index] = uniform(study.stream, voxel: Int(voxel), batch: batch, lanes: lanes)
        }
    }

    public func draw(
        _ distributions: UnsafeBufferPointer<TruncatedNormal>, at index: Int, of patch: VoxelPatch,
        noise: UnsafePointer<SIMD16<Float>>, lanes: Int, into images: UnsafeMutablePointer<SIMD16<Float>>, stride: Int
    ) {
        var weights = [Float](repeating: 0, count: surround)
        for (n, distribution) in distributions.enumerated() {
            let lower = Float(distribution.lower)
            let width = Float(distribution.upper) - lower
            let moments = distribution.moments
            let p = min(max(Float((moments.mean - Double(lower)) / Double(width)), 1e-6), 1 - 1e-6)
            let wanted = Float(moments.variance / Double(width * width)) / (p * (1 - p))
            kernel(at: Int(patch.voxels[index]), concentration: wanted, into: &weights)
            var share = SIMD16<Float>.zero
            for other in 0..<surround where weights[other] > 0 {
                let noise = noise[Int(patch.neighbours[index * surround + other])]
                share.replace(with: share + weights[other], where: noise .< p)
            }
            images[n * stride] = lower + width * share
        }
    }

    /// Independent uniform numbers, one per imputation.
    @inline(__always)
    private func uniform(_ stream: Philox, voxel: Int, batch: Int, lanes: Int) -> SIMD16<Float> {
        var noise = SIMD16<Float>.zero
        let counter = UInt32(truncatingIfNeeded: mask.voxels[voxel])
        for quad in 0..<(lanes + 3) / 4 {
            let words = stream([counter, UInt32(batch * 4 + quad), 1, 0])
            for lane in 0..<4 { noise[quad * 4 + lane] = Float(Philox.uniform(words[lane])) }
        }
        return noise
    }

    /// Weights that sum to 1 and whose squares sum to about `concentration`.
    private func kernel(at voxel: Int, concentration wanted: Float, into weights: inout [Float]) {
        let row = voxel * Self.widths.count
        var width = Self.widths[Self.widths.count - 1]
        for w in 0..<Self.widths.count where concentration[row + w] <= wanted {
            if w == 0 {
                width = Self.widths[0]
            } else {
                // Σk² falls nearly as a power of h: interpolate on logarithms.
                let (before, after) = (log(concentration[row + w - 1]), log(concentration[row + w]))
                let share = before > after ? (before - log(wanted)) / (before - after) : 1
                width = Self.widths[w - 1] * pow(Self.widths[w] / Self.widths[w - 1], Double(share))
            }
            break
        }
        let scale = Float(-4 / (width * width))
        var sum: Float = 0
        for n in 0..<surround {
            let k = exp2(scale * squaredDistances[voxel * surround + n])
            weights[n] = k
            sum += k
        }
        for n in 0..<surround { weights[n] /= sum }
    }
}
