/// A connected set of voxels above a threshold, with its peaks.
public struct Cluster: Sendable {
    /// +1 for effects above zero, −1 below.
    public var sign: Int
    /// Mask positions, ascending.
    public var voxels: [Int32]
    /// The highest |value| first; the first is the cluster's peak, the others are local maxima inside it.
    public var peaks: [ClusterPeak]

    public var peak: ClusterPeak { peaks[0] }

    public init(sign: Int, voxels: [Int32], peaks: [ClusterPeak]) {
        self.sign = sign
        self.voxels = voxels
        self.peaks = peaks
    }
}

/// A local maximum of a statistic map.
public struct ClusterPeak: Hashable, Sendable {
    /// Position in the mask.
    public var position: Int
    /// MNI mm.
    public var coordinate: SIMD3<Double>
    /// The statistic there, signed.
    public var value: Double

    public init(position: Int, coordinate: SIMD3<Double>, value: Double) {
        self.position = position
        self.coordinate = coordinate
        self.value = value
    }
}
