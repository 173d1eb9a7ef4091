public import Imaging
public import Inference
import Statistics

/// Local maxima of a statistic image, as a paper would report them: both tails, so many millimetres apart.
public struct ImagePeaks: Hashable, Sendable {
    /// Height that |statistic| exceeds.
    public var threshold: Double
    /// Smallest cluster that is reported, mm³.
    public var minimumVolume: Double
    /// Between peaks of one cluster, mm.
    public var separation: Double
    /// Most peaks of a cluster; nil for all.
    public var mostPerCluster: Int?
    public var connectivity: Connectivity

    public init(
        threshold: Double, minimumVolume: Double = 0, separation: Double = 8, mostPerCluster: Int? = nil,
        connectivity: Connectivity = .faces
    ) {
        self.threshold = threshold
        self.minimumVolume = minimumVolume
        self.separation = separation
        self.mostPerCluster = mostPerCluster
        self.connectivity = connectivity
    }

    /// The clusters, largest first, positive before negative: each with its peaks (MNI mm, signed height), highest first.
    ///
    /// - Parameter values: one per mask voxel; NaN is below every threshold.
    public func clusters(of values: [Float], mask: Mask) throws(ImageError) -> [Cluster] {
        guard values.count == mask.count else {
            throw .mismatch("\(values.count) values for \(mask.count) voxels of the mask.")
        }
        guard threshold >= 0, threshold.isFinite else {
            throw .setting(name: "threshold", value: threshold, allowed: "0 or more")
        }
        let finder = ClusterFinder(mask: mask, connectivity: connectivity)
        let extent = max(1, Int(saturating: (minimumVolume / mask.grid.voxelVolume).rounded(.up)))
        return [1, -1].flatMap { sign in
            finder.clusters(
                in: values, above: threshold, sign: sign, minimumExtent: extent, peakSeparation: separation
            ).map { cluster in
                guard let most = mostPerCluster else { return cluster }
                return Cluster(
                    sign: cluster.sign, voxels: cluster.voxels, peaks: Array(cluster.peaks.prefix(max(1, most))))
            }
        }
    }

    /// All peaks, cluster by cluster.
    public func peaks(of values: [Float], mask: Mask) throws(ImageError) -> [ClusterPeak] {
        try clusters(of: values, mask: mask).flatMap(\.peaks)
    }
}
