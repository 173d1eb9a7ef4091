import Evidence
import Imaging
public import Inference
import Statistics

extension ModelResult {
    /// Clusters of both signs at the settings' uncorrected threshold: exploratory, not corrected for the number of
    /// voxels.
    public func exploratoryClusters() -> [Cluster] {
        let finder = ClusterFinder(
            mask: maps.mask, connectivity: Connectivity(rawValue: settings.connectivity) ?? .edges)
        let threshold = -Normal.quantile(settings.thresholdP)
        return [1, -1].flatMap { sign in
            finder.clusters(
                in: maps.z, above: threshold, sign: sign, minimumExtent: settings.extent, minimumPeak: settings.peakZ)
        }
    }
}
