import Foundation
public import Imaging
import Statistics

/// Imputes study images by a Gaussian copula: exact truncated normals at every voxel, joined by a smooth Gaussian
/// field.
///
/// The field is white noise averaged over each voxel and its 26 neighbours with weights 2^(−4 (D/h)²), D the virtual
/// length of the step, and scaled to unit variance; its value's rank picks the quantile of the voxel's truncated
/// normal. This departs from the SDM-PSI paper's threshold-and-smooth of uniform noise (``PaperSampler``), which has the same
/// mean and variance but neither normal margins nor one field for all voxels; see `Docs/imputation.md`.
public struct CopulaSampler: StudyImageSampler {
    private let mask: Mask
    private let table: NeighbourTable
    /// Weight of each neighbour, the voxel's own being 1, all times the voxel's normaliser.
    private let weights: [Float]
    private let ownWeight: [Float]

    /// - Parameters:
    ///   - noiseFWHM: h, full width at half maximum of the averaging, virtual mm.
    public init(mask: Mask, template: CorrelationTemplate, noiseFWHM: Double) {
        let table = NeighbourTable(mask, .corners)
        let slowness = template.slowness(on: mask)
        let lengths = Connectivity.corners.offsets.map { offset in
            let step = mask.grid.affine(SIMD3<Double>(offset)) - mask.grid.affine.origin
            return (step * step).sum().squareRoot()
        }
        var weights = [Float](repeating: 0, count: mask.count * table.width)
        var own = [Float](repeating: 1, count: mask.count)
        for voxel in 0..<mask.count {
            let row = voxel * table.width
            var squares = 1.0
            for n in 0..<table.width {
                let other = Int(table.neighbours[row + n])
                if other < 0 { continue }
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
    }

    public func draw(
        _ study: ImputedStudy, voxels: Range<Int>, batch: Int, lanes: Int,
        into images: UnsafeMutablePointer<SIMD16<Float>>, scratch: inout SamplerScratch
    ) {
        let halo = table.span(of: voxels)
        if scratch.noise.count < halo.count { scratch.noise = Array(repeating: .zero, count: halo.count) }
        scratch.noise.withUnsafeMutableBufferPointer { noise in
            for voxel in halo {
                whiteNoise(
                    study.stream, voxel: voxel, batch: batch, lanes: lanes,
                    into: UnsafeMutableRawPointer(noise.baseAddress! + (voxel - halo.lowerBound))
                        .assumingMemoryBound(to: Float.self))
            }
            for voxel in voxels {
                let lower = study.bounds.lower[voxel]
                let upper = study.bounds.upper[voxel]
                let image = images + (voxel - voxels.lowerBound)
                // Known, or missing (NaN compares false).
                guard Double(upper - lower) >= IntervalEffect.knownWidth else {
                    image.pointee = SIMD16(repeating: lower)
                    continue
                }
                image.pointee = smoothed(noise, at: voxel, from: halo.lowerBound)
                let distribution = study.truncatedNormal(at: voxel)
                // Lane by lane through memory: indexing a vector by a variable is far slower.
                let values = UnsafeMutableRawPointer(image).assumingMemoryBound(to: Float.self)
                for lane in 0..<lanes {
                    values[lane] = Float(distribution.value(ofRank: Double(values[lane])))
                }
            }
        }
    }

    public func patch(_ voxels: [Int32]) -> VoxelPatch {
        VoxelPatch(voxels, in: table.neighbours, width: table.width)
    }

    public func noise(
        _ study: ImputedStudy, of patch: VoxelPatch, batch: Int, lanes: Int,
        into noise: UnsafeMutablePointer<SIMD16<Float>>
    ) {
        for (index, voxel) in patch.halo.enumerated() {
            whiteNoise(
                study.stream, voxel: Int(voxel), batch: batch, lanes: lanes,
                into: UnsafeMutableRawPointer(noise + index).assumingMemoryBound(to: Float.self))
        }
    }

    public func draw(
        _ distributions: UnsafeBufferPointer<TruncatedNormal>, at index: Int, of patch: VoxelPatch,
        noise: UnsafePointer<SIMD16<Float>>, lanes: Int, into images: UnsafeMutablePointer<SIMD16<Float>>, stride: Int
    ) {
        let field = smoothed(noise, at: index, of: patch)
        // Ranks are the same for all distributions, but for their mirror images.
        var ranks = SIMD16<Double>.zero
        var mirrored = SIMD16<Double>.zero
        let isAnyMirrored = distributions.contains(where: \.isMirrored)
        let isAnyStraight = !distributions.allSatisfy(\.isMirrored)
        for lane in 0..<lanes {
            let z = Double(field[lane])
            if isAnyStraight { ranks[lane] = Normal.cdf(z) }
            if isAnyMirrored { mirrored[lane] = Normal.cdf(-z) }
        }
        withUnsafeBytes(of: &ranks) { ranks in
            withUnsafeBytes(of: &mirrored) { mirrored in
                for (n, distribution) in distributions.enumerated() {
                    let image = images + n * stride
                    image.pointee = field
                    let values = UnsafeMutableRawPointer(image).assumingMemoryBound(to: Float.self)
                    let p = (distribution.isMirrored ? mirrored : ranks).assumingMemoryBound(to: Double.self)
                    for lane in 0..<lanes {
                        values[lane] = Float(distribution.value(ofMirroredProbability: p[lane]))
                    }
                }
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

    /// Independent standard normals, one per imputation; lanes beyond are left as they were.
    @inline(__always)
    private func whiteNoise(
        _ stream: Philox, voxel: Int, batch: Int, lanes: Int, into values: UnsafeMutablePointer<Float>
    ) {
        let counter = UInt32(truncatingIfNeeded: mask.voxels[voxel])
        for quad in 0..<(lanes + 3) / 4 {
            let words = stream([counter, UInt32(truncatingIfNeeded: batch * 4 + quad), 0, 0])
            let row = values + quad * 4
            row[0] = Float(Normal.quantile(Philox.uniform(words.x)))
            row[1] = Float(Normal.quantile(Philox.uniform(words.y)))
            row[2] = Float(Normal.quantile(Philox.uniform(words.z)))
            row[3] = Float(Normal.quantile(Philox.uniform(words.w)))
        }
    }

    @inline(__always)
    private func smoothed(
        _ noise: UnsafeMutableBufferPointer<SIMD16<Float>>, at voxel: Int, from start: Int
    ) -> SIMD16<Float> {
        var sum = noise[voxel - start] * ownWeight[voxel]
        let row = voxel * table.width
        table.neighbours.withUnsafeBufferPointer { neighbours in
            weights.withUnsafeBufferPointer { weights in
                for n in 0..<table.width {
                    let other = Int(neighbours[row + n])
                    if other >= 0 { sum += noise[other - start] * weights[row + n] }
                }
            }
        }
        return sum
    }
}
