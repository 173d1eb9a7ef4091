public import Imaging

/// How many peaks lie in the mask of an analysis, and how many too far from it.
///
/// A peak counts as inside up to a small slip: 4 mm from the centre of the nearest voxel of the mask, or half the diagonal of
/// a voxel where voxels are large, since between them nothing is nearer.
public struct PeakPlacement: Hashable, Sendable, Codable {
    public var inMask = 0
    public var outsideMask = 0

    public var all: Int { inMask + outsideMask }

    public init(inMask: Int = 0, outsideMask: Int = 0) {
        self.inMask = inMask
        self.outsideMask = outsideMask
    }

    /// Of the peaks that methods of effect sizes take: those of experiments that are not given as maps.
    public init(_ experiments: [Experiment], mask: Mask) {
        self.init(peaks: experiments.flatMap(\.peaks), mask: mask)
    }

    /// Of the foci that coordinate methods take: those listed beside a map too.
    public init(foci experiments: [Experiment], mask: Mask) {
        self.init(peaks: experiments.flatMap(\.foci), mask: mask)
    }

    private init(peaks: [Peak], mask: Mask) {
        for peak in peaks {
            if Self.isInside(peak.mni, mask) { inMask += 1 } else { outsideMask += 1 }
        }
    }

    /// mm from the centre of a mask voxel.
    public static func tolerance(_ mask: Mask) -> Double {
        let size = mask.grid.affine.voxelSize
        return max(BrainCheck.tolerance, 0.5 * (size * size).sum().squareRoot())
    }

    /// Whether a voxel of the mask is near, looked for around the point only.
    ///
    /// - Parameter point: MNI mm.
    static func isInside(_ point: SIMD3<Double>, _ mask: Mask) -> Bool {
        let tolerance = tolerance(mask)
        let centre = mask.grid.voxel(at: point)
        guard (0..<3).allSatisfy({ abs(centre[$0]) < 1e6 }) else { return false }
        let size = mask.grid.affine.voxelSize
        let reach = (0..<3).map { Int((tolerance / size[$0]).rounded(.up)) }
        let middle = (0..<3).map { Int(centre[$0].rounded()) }
        for k in (middle[2] - reach[2])...(middle[2] + reach[2]) {
            for j in (middle[1] - reach[1])...(middle[1] + reach[1]) {
                for i in (middle[0] - reach[0])...(middle[0] + reach[0]) where mask.contains([i, j, k]) {
                    let d = mask.grid.world([i, j, k]) - point
                    if (d * d).sum() <= tolerance * tolerance { return true }
                }
            }
        }
        return false
    }
}
