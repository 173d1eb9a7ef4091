import Imaging
import Statistics

/// Draws one by one, in the words of the method: what the vector kernel is held against, and timed beside.
extension CopulaSampler {
    /// - Parameters: as of ``draw(_:voxels:batch:lanes:into:scratch:)``.
    package func drawPlainly(
        _ study: ImputedStudy, voxels: Range<Int>, batch: Int, lanes: Int,
        into images: UnsafeMutablePointer<SIMD16<Float>>
    ) {
        let halo = table.span(of: voxels)
        var field = [SIMD16<Float>](repeating: .zero, count: halo.count)
        field.withUnsafeMutableBufferPointer { noise in
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
