import Foundation
public import Imaging
public import Statistics

/// From an experiment's peaks to its ``EffectReport``: the rules of ``BoundsBuilder``, with sign-only peaks kept apart, and
/// bounds that hold whatever the smoothness of the study's image was.
///
/// How fast an effect falls off around its peak depends on the smoothness of the image, which tables do not tell. So the far
/// bound follows the kernel of the smoothest images (height w), the near bound that of the roughest (v ≤ w, a Gaussian of the
/// Euclidean distance). For an increase g, with b the effect at the threshold,
///
///     upper = b + w(g − b)        lower = −b + v(g + b)
///
/// which with m = (w + v)/2 and d = (w − v)/2 is the interval of half-width b(1 − m) + d·|g| around m·g ∓ d·b; decreases are
/// mirrored. Only the voxels that a peak lies in take its effect itself. With v = w the bounds are those of ``BoundsBuilder``. See
/// Docs/posterior.md, "Bounds of unknown smoothness".
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
    /// Full width at half maximum (mm) of the kernel of the roughest images; nil where the kernel itself is taken to be right.
    public let leastFWHM: Double?
    private let sampled: SampledKernel

    /// - Parameter mask: on any grid.
    public init(kernel: PeakKernel, mask: Mask, leastFWHM: Double? = nil) {
        self.init(SampledKernel(kernel: kernel, mask: mask), leastFWHM: leastFWHM)
    }

    /// - Parameter leastFWHM: not below the kernel's own: then the kernel is taken to be right.
    public init(_ sampled: SampledKernel, leastFWHM: Double? = nil) {
        self.sampled = sampled
        self.leastFWHM = leastFWHM.flatMap { $0 < sampled.kernel.graph.fwhm ? $0 : nil }
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
        var sums = Sums(self, thresholdG: scale.g(fromT: thresholdT))
        var unused: [Int] = []
        for (index, peak) in peaks.enumerated() {
            sums.begin(peak)
            let isUsed = sampled.spread(from: peak.coordinate, with: &paths) { position, distance, isCore in
                sums.add(at: position, distance: distance, isCore: isCore)
            }
            if !isUsed { unused.append(index) }
        }
        return (sums.report(heights, thresholdT: thresholdT, scale: scale), unused)
    }

    /// The report together with the bounds of ``BoundsBuilder``, for which sign-only peaks are as high as they say there: both from
    /// one search per peak.
    ///
    /// - Parameter mapped: the same peaks as ``BoundsBuilder`` takes them.
    package func evidence(
        peaks: [Peak], mapped: [BoundsBuilder.MappedPeak], thresholdT: Double, thresholdG: Double, scale: EffectScale,
        heights: SignOnlyHeights, with paths: inout ShortestPaths
    ) -> (bounds: EffectBounds, report: EffectReport, unused: [Int]) {
        var bounds = BoundsBuilder.Sums(thresholdG: thresholdG, kernel: kernel, voxels: mask.count)
        var sums = Sums(self, thresholdG: scale.g(fromT: thresholdT))
        var unused: [Int] = []
        for (index, peak) in peaks.enumerated() {
            sums.begin(peak)
            let g = mapped[index].g
            let isUsed = sampled.spread(from: peak.coordinate, with: &paths) { position, distance, isCore in
                bounds.add(g, at: position, distance: distance, isCore: isCore)
                sums.add(at: position, distance: distance, isCore: isCore)
            }
            if !isUsed { unused.append(index) }
        }
        return (bounds.bounds, sums.report(heights, thresholdT: thresholdT, scale: scale), unused)
    }

    /// Sums over an experiment's peaks, by mask voxel.
    private struct Sums {
        let kernel: PeakKernel
        let mask: Mask
        let leastFWHM: Double?
        let b: Double
        /// Half of a voxel, and a trifle.
        private let half: SIMD3<Double>
        /// Σ D⁻², Σ D⁻² m, and Σ D⁻² of the centres: m·g ∓ d·b without what the height of signs adds, and that.
        private var centres: [SIMD4<Double>]
        /// Σ D⁻² d·|g| of known heights, Σ D⁻² d·b of signs.
        private var widths: [SIMD2<Double>]
        /// In the core: how many, Σ g, Σ s·b.
        private var cores: [SIMD4<Double>]

        // Of the peak that voxels are added of.
        private var g = 0.0
        private var slope = 0.0
        private var sign = 1.0
        private var point = SIMD3<Double>.zero

        init(_ builder: EffectReportBuilder, thresholdG: Double) {
            kernel = builder.kernel
            mask = builder.mask
            leastFWHM = builder.leastFWHM
            b = thresholdG
            half = 0.5 * builder.mask.grid.affine.voxelSize * (1 + 1e-9)
            centres = Array(repeating: .zero, count: builder.mask.count)
            widths = Array(repeating: .zero, count: builder.mask.count)
            cores = centres
        }

        /// The voxels added from here on are a peak's.
        mutating func begin(_ peak: Peak) {
            (g, slope) =
                switch peak.effect {
                case .known(let g): (g, 0)
                case .sign(let sign): (0, sign < 0 ? -b : b)
                }
            sign = g + slope < 0 ? -1 : 1
            // Kernels start at whole millimetres, as the peak's own distances do.
            point = peak.coordinate.rounded(.towardZero)
        }

        /// A voxel that the peak reaches.
        @inline(__always)
        mutating func add(at position: Int, distance: Double, isCore: Bool) {
            guard let leastFWHM else {
                if isCore {
                    addCore(at: position)
                } else {
                    add(at: position, distance: distance, middle: kernel.height(at: distance), half: 0)
                }
                return
            }
            let step = mask.world(at: position) - point
            if abs(step.x) <= half.x && abs(step.y) <= half.y && abs(step.z) <= half.z {
                addCore(at: position)
                return
            }
            let straight = (step * step).sum().squareRoot()
            let r = straight / leastFWHM
            let wide = kernel.height(at: distance)
            let narrow = min(wide, exp2(-4 * r * r))
            // Two peaks near a voxel count by their distances; a path through fast tissue is no reason to count as if at 0.
            add(
                at: position, distance: max(distance, kernel.core), middle: 0.5 * (wide + narrow),
                half: 0.5 * (wide - narrow))
        }

        @inline(__always)
        private mutating func addCore(at position: Int) { cores[position] += [1, g, slope, 0] }

        /// - Parameters:
        ///   - m: mean of the heights of both kernels.
        ///   - d: half of what they differ by.
        @inline(__always)
        private mutating func add(at position: Int, distance: Double, middle m: Double, half d: Double) {
            let q = 1 / (distance * distance)
            centres[position] += q * SIMD4(1, m, m * g - sign * d * b, m * slope)
            widths[position] += q * SIMD2(d * abs(g), d * abs(slope))
        }

        func report(_ heights: SignOnlyHeights, thresholdT: Double, scale: EffectScale) -> EffectReport {
            let touched = centres.indices.filter { centres[$0].x > 0 || cores[$0].x > 0 }
            var centre: [Float] = []
            var slope: [Float] = []
            var halfWidth: [Float] = []
            var growth: [Float] = []
            for position in touched {
                if cores[position].x > 0 {
                    centre.append(Float(cores[position].y / cores[position].x))
                    slope.append(Float(cores[position].z / cores[position].x))
                    halfWidth.append(0)
                    growth.append(0)
                } else {
                    let sum = centres[position] / centres[position].x
                    let width = widths[position] / centres[position].x
                    centre.append(Float(sum.z))
                    slope.append(Float(sum.w))
                    halfWidth.append(Float(b * (1 - sum.y) + width.x))
                    growth.append(Float(width.y))
                }
            }
            return EffectReport(
                thresholdG: b, voxels: touched.map(Int32.init), centre: centre, slope: slope, halfWidth: halfWidth,
                growth: growth, heights: heights.multiples(scale: scale, thresholdT: thresholdT),
                weights: heights.weights, scale: scale)
        }
    }
}
