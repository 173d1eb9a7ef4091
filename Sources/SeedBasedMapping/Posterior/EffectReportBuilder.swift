public import Imaging
public import Statistics

/// From an experiment's peaks to its ``EffectReport``: the rules of ``BoundsBuilder``, with sign-only peaks kept apart.
public struct EffectReportBuilder: Sendable {
    /// A peak ready for mapping.
    public struct Peak: Hashable, Sendable {
        public enum Effect: Hashable, Sendable {
            /// Hedges' g, signed.
            case known(Double)
            /// Only the sign, +1 or −1; the height is a multiple of the threshold's effect.
            case sign(Double)
        }

        /// MNI mm.
        public var coordinate: SIMD3<Double>
        public var effect: Effect

        public init(coordinate: SIMD3<Double>, effect: Effect) {
            self.coordinate = coordinate
            self.effect = effect
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
    ///   - thresholdT: the t a voxel had to exceed, positive.
    ///   - heights: of sign-only peaks.
    ///   - paths: this worker's search memory.
    /// - Returns: the report, and the indices of peaks too far from the template to be used.
    public func report(
        peaks: [Peak], thresholdT: Double, scale: EffectScale, heights: SignOnlyHeights = .expected,
        with paths: inout ShortestPaths
    ) -> (report: EffectReport, unused: [Int]) {
        let b = scale.g(fromT: thresholdT)
        // Per mask voxel: Σ D⁻², Σ D⁻² w, Σ D⁻² w g of known heights, Σ D⁻² w s·b of signs.
        var sums = [SIMD4<Double>](repeating: .zero, count: mask.count)
        // In the core: how many, Σ g, Σ s·b.
        var cores = [SIMD4<Double>](repeating: .zero, count: mask.count)
        var unused: [Int] = []
        for (index, peak) in peaks.enumerated() {
            let (g, slope): (Double, Double) =
                switch peak.effect {
                case .known(let g): (g, 0)
                case .sign(let sign): (0, sign < 0 ? -b : b)
                }
            let isUsed = sampled.spread(from: peak.coordinate, with: &paths) { position, distance, isCore in
                if isCore {
                    cores[position] += [1, g, slope, 0]
                } else {
                    let q = 1 / (distance * distance)
                    let w = q * kernel.height(at: distance)
                    sums[position] += [q, w, w * g, w * slope]
                }
            }
            if !isUsed { unused.append(index) }
        }
        let touched = sums.indices.filter { sums[$0].x > 0 || cores[$0].x > 0 }
        var centre: [Float] = []
        var slope: [Float] = []
        var halfWidth: [Float] = []
        for position in touched {
            if cores[position].x > 0 {
                centre.append(Float(cores[position].y / cores[position].x))
                slope.append(Float(cores[position].z / cores[position].x))
                halfWidth.append(0)
            } else {
                let sum = sums[position] / sums[position].x
                centre.append(Float(sum.z))
                slope.append(Float(sum.w))
                halfWidth.append(Float(b * (1 - sum.y)))
            }
        }
        let report = EffectReport(
            thresholdG: b, voxels: touched.map(Int32.init), centre: centre, slope: slope, halfWidth: halfWidth,
            heights: heights.multiples(scale: scale, thresholdT: thresholdT), weights: heights.weights, scale: scale)
        return (report, unused)
    }
}
