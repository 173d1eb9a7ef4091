import Foundation
public import Imaging

/// From an experiment's peaks to the bounds of its effect at every voxel.
///
/// With b the effect at the experiment's threshold, w the kernel height and D the distance of each peak in reach,
///
///     upper = Σ D⁻² (b + w(g − b)) / Σ D⁻²        lower = Σ D⁻² (−b + w(g + b)) / Σ D⁻²
///
/// and ±b where no peak reaches. A voxel in a peak's core takes the peak's g itself (several: their mean).
/// (Albajes-Eizagirre et al. 2019, doi:10.1016/j.neuroimage.2018.10.077; the combination rule was established on
/// published bound maps, see `Docs/bounds.md`.)
public struct BoundsBuilder: Sendable {
    /// A peak ready for mapping: where, and how large an effect.
    public struct MappedPeak: Hashable, Sendable {
        /// MNI mm.
        public var coordinate: SIMD3<Double>
        /// Hedges' g, signed.
        public var g: Double

        public init(coordinate: SIMD3<Double>, g: Double) {
            self.coordinate = coordinate
            self.g = g
        }
    }

    public let kernel: PeakKernel
    public let mask: Mask
    private let sampled: SampledKernel

    /// - Parameter mask: on any grid.
    public init(kernel: PeakKernel, mask: Mask) {
        self.init(SampledKernel(kernel: kernel, mask: mask))
    }

    public init(_ sampled: SampledKernel) {
        self.sampled = sampled
        kernel = sampled.kernel
        mask = sampled.mask
    }

    /// - Parameters:
    ///   - peaks: any number; none says that nothing exceeded the threshold.
    ///   - thresholdG: b, the effect at the threshold, positive.
    ///   - paths: this worker's search memory.
    /// - Returns: the bounds, and the indices of peaks too far from the template to be used.
    public func bounds(
        peaks: [MappedPeak], thresholdG b: Double, with paths: inout ShortestPaths
    ) -> (bounds: EffectBounds, unused: [Int]) {
        var sums = Sums(thresholdG: b, kernel: kernel, voxels: mask.count)
        var unused: [Int] = []
        for (index, peak) in peaks.enumerated() {
            let g = peak.g
            let isUsed = sampled.spread(from: peak.coordinate, with: &paths) { position, distance, isCore in
                sums.add(g, at: position, distance: distance, isCore: isCore)
            }
            if !isUsed { unused.append(index) }
        }
        return (sums.bounds, unused)
    }

    /// Sums over an experiment's peaks, by mask voxel.
    struct Sums {
        let thresholdG: Double
        let kernel: PeakKernel
        private var weights: [Double]
        private var upper: [Double]
        private var lower: [Double]
        private var coreSum: [Double]
        private var coreCount: [Double]

        init(thresholdG: Double, kernel: PeakKernel, voxels: Int) {
            self.thresholdG = thresholdG
            self.kernel = kernel
            weights = Array(repeating: 0, count: voxels)
            upper = weights
            lower = weights
            coreSum = weights
            coreCount = weights
        }

        /// A voxel that a peak with effect g reaches.
        @inline(__always)
        mutating func add(_ g: Double, at position: Int, distance: Double, isCore: Bool) {
            if isCore {
                coreSum[position] += g
                coreCount[position] += 1
            } else {
                let b = thresholdG
                let q = 1 / (distance * distance)
                let w = kernel.height(at: distance)
                weights[position] += q
                upper[position] += q * (b + w * (g - b))
                lower[position] += q * (-b + w * (g + b))
            }
        }

        var bounds: EffectBounds {
            let b = thresholdG
            var bounds = EffectBounds(
                lower: Array(repeating: Float(-b), count: weights.count),
                upper: Array(repeating: Float(b), count: weights.count))
            for position in weights.indices {
                if coreCount[position] > 0 {
                    let g = Float(coreSum[position] / coreCount[position])
                    bounds.lower[position] = g
                    bounds.upper[position] = g
                } else if weights[position] > 0 {
                    bounds.lower[position] = Float(lower[position] / weights[position])
                    bounds.upper[position] = Float(upper[position] / weights[position])
                }
            }
            return bounds
        }
    }
}
