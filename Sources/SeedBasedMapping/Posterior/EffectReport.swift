public import Statistics

/// What an experiment reports of the effect at every voxel, in little memory: a map, or peaks and silence.
///
/// Where no peak reaches, the effect of an experiment given as peaks lies between −b and b, b the effect at its threshold.
/// Elsewhere it lies within `halfWidth` of a centre. Both bounds of `BoundsBuilder` are
///
///     ±b(1 − W) + A,    W = Σ D⁻² w / Σ D⁻²,    A = Σ D⁻² w g / Σ D⁻²
///
/// so that the height of peaks of which only the sign is known moves the centre: it is `centre + slope · height`, height in
/// multiples of b, one of several with weights (``SignOnlyHeights``). Where the smoothness of the images is not known, W
/// lies between two kernels (``EffectReportBuilder``), and the interval widens with the height as well: its half-width is
/// `halfWidth + growth · height`. A half-width below half of ``IntervalEffect/knownWidth``, without growth, says that the
/// effect is the centre.
///
/// Units: Hedges' g (Fisher's z of correlations). Lower bounds of −∞ (increases only) have no form here: without the
/// bound −b the mean is not identified.
public struct EffectReport: Sendable {
    public enum Content: Sendable {
        /// An effect per mask voxel, NaN where the map has no value.
        case map([Float])
        case peaks(Peaks)
    }

    /// Where peaks reach, and what they say there.
    public struct Peaks: Sendable {
        /// b: effect at the threshold, positive.
        public let thresholdG: Double
        /// Mask positions where a peak reaches, ascending.
        public let voxels: [Int32]
        /// Of each of `voxels`.
        public let centre: [Float]
        public let slope: [Float]
        public let halfWidth: [Float]
        /// What the half-width gains per multiple of b of a sign-only peak's height.
        public let growth: [Float]
        /// Heights of sign-only peaks in multiples of b, and their weights.
        public let heights: [Float]
        public let weights: [Float]
        /// By mask voxel, whether the experiment looked there; nil where it looked everywhere. Elsewhere it says nothing.
        public fileprivate(set) var searched: [Bool]?
    }

    public let scale: EffectScale
    public private(set) var content: Content

    /// Of an experiment given as a map.
    public init(map: [Float], scale: EffectScale) {
        self.scale = scale
        content = .map(map)
    }

    /// Of an experiment given as peaks.
    ///
    /// - Parameters:
    ///   - thresholdG: b, positive.
    ///   - voxels: mask positions where a peak reaches, ascending.
    ///   - centre: middle of the bounds at each, without what sign-only peaks add.
    ///   - slope: what they add per multiple of b; empty where there are none.
    ///   - growth: what they add to the half-width per multiple of b; empty where they add nothing.
    ///   - heights: in multiples of b (``SignOnlyHeights/multiples(scale:thresholdT:)``), with their weights, which sum to 1.
    public init(
        thresholdG: Double, voxels: [Int32] = [], centre: [Float] = [], slope: [Float] = [], halfWidth: [Float] = [],
        growth: [Float] = [], heights: [Double] = [1], weights: [Double] = [1], scale: EffectScale
    ) {
        precondition(voxels.count == centre.count && voxels.count == halfWidth.count, "one value per voxel")
        precondition(slope.isEmpty || slope.count == voxels.count, "one slope per voxel, or none")
        precondition(growth.isEmpty || growth.count == voxels.count, "one growth per voxel, or none")
        precondition(
            !heights.isEmpty && heights.count == weights.count && heights.count <= SignOnlyHeights.most,
            "one to eight heights, each with a weight")
        self.scale = scale
        content = .peaks(
            Peaks(
                thresholdG: thresholdG, voxels: voxels, centre: centre,
                slope: slope.isEmpty ? Array(repeating: 0, count: voxels.count) : slope, halfWidth: halfWidth,
                growth: growth.isEmpty ? Array(repeating: 0, count: voxels.count) : growth,
                heights: heights.map(Float.init), weights: weights.map(Float.init), searched: nil))
    }

    /// The same of an experiment that looked only at a part of the brain; a map says so itself.
    package func searching(_ searched: [Bool]?) -> EffectReport {
        guard case .peaks(var peaks) = content else { return self }
        peaks.searched = searched
        var report = self
        report.content = .peaks(peaks)
        return report
    }

    /// From bounds at every voxel, as other programs publish them; NaN (which only a map has) makes it a map.
    /// - Parameter thresholdG: b; nil for an experiment given as a map, whose bounds are equal.
    public init(_ bounds: EffectBounds, thresholdG: Double?, scale: EffectScale) {
        guard let thresholdG else {
            self.init(map: bounds.lower, scale: scale)
            return
        }
        let b = Float(thresholdG)
        let touched = bounds.lower.indices.filter {
            !(bounds.lower[$0] == -b && bounds.upper[$0] == b) && !bounds.lower[$0].isNaN
        }
        self.init(
            thresholdG: thresholdG, voxels: touched.map(Int32.init),
            centre: touched.map { 0.5 * (bounds.lower[$0] + bounds.upper[$0]) },
            halfWidth: touched.map { 0.5 * (bounds.upper[$0] - bounds.lower[$0]) }, scale: scale)
    }

    /// The bounds at a mask position for a height in multiples of b: nil where a map has no value, or nobody looked.
    public func bounds(at voxel: Int, height: Double = 1) -> (lower: Double, upper: Double)? {
        switch content {
        case .map(let map):
            let g = Double(map[voxel])
            return g.isNaN ? nil : (g, g)
        case .peaks(let peaks):
            guard peaks.isSearched(voxel) else { return nil }
            guard let index = peaks.index(of: voxel) else { return (-peaks.thresholdG, peaks.thresholdG) }
            let centre = Double(peaks.centre[index]) + height * Double(peaks.slope[index])
            let half = Double(peaks.halfWidth[index]) + height * Double(peaks.growth[index])
            return (centre - half, centre + half)
        }
    }

    /// The farthest from zero that an effect or a bound is.
    var extreme: Double {
        switch content {
        case .map(let map):
            Double(map.reduce(into: Float(0)) { if abs($1) > $0 { $0 = abs($1) } })
        case .peaks(let peaks):
            peaks.voxels.indices.reduce(peaks.thresholdG) { extreme, index in
                let height = Double(peaks.variesWithHeight(index) ? peaks.heights.max() ?? 1 : 0)
                return max(
                    extreme,
                    abs(Double(peaks.centre[index])) + height * Double(abs(peaks.slope[index]) + peaks.growth[index])
                        + Double(peaks.halfWidth[index]))
            }
        }
    }
}

extension EffectReport.Peaks {
    /// Where a mask position stands in ``voxels``; nil where no peak reaches.
    func index(of voxel: Int) -> Int? {
        let index = firstIndex(from: Int32(voxel))
        return index < voxels.count && voxels[index] == Int32(voxel) ? index : nil
    }

    /// The first index whose voxel is not below `voxel`.
    func firstIndex(from voxel: Int32) -> Int {
        var low = 0
        var high = voxels.count
        while low < high {
            let middle = (low + high) / 2
            if voxels[middle] < voxel { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func isSearched(_ voxel: Int) -> Bool { searched.map { $0[voxel] } ?? true }

    /// Whether the effect is the centre.
    func isKnown(_ index: Int) -> Bool { 2 * halfWidth[index] < Float(IntervalEffect.knownWidth) && growth[index] == 0 }

    /// Whether what is said depends on how high a sign-only peak is.
    func variesWithHeight(_ index: Int) -> Bool { slope[index] != 0 || growth[index] != 0 }
}
