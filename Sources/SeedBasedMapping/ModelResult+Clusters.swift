import Evidence
import Imaging
public import Inference
import Statistics

extension ModelResult {
    /// By whose corrected p the tables are cut.
    public var correctedStatistic: NullDistribution.Statistic {
        if let chosen = NullDistribution.Statistic(rawValue: settings.correctedStatistic.rawValue) { return chosen }
        guard settings.mainMethod == .effects, let kind = familyWise?.kind, kind != .subjects else { return .voxel }
        let samples = Dictionary(grouping: experiments, by: \.sample).values
        return 4 * samples.count { $0.contains(where: \.hasMap) } > samples.count ? .voxel : .tfce
    }

    /// Connected voxels of both signs whose family-wise error corrected p is at or below the settings' level, where they are at
    /// least the settings' extent: one or two voxels on the edge of significance are not a place that a paper can name. The
    /// maps of corrected p and the thresholded z are not cut by extent.
    public func correctedClusters() -> [Cluster] {
        guard let familyWise else { return [] }
        let finder = ClusterFinder(
            mask: maps.mask, connectivity: Connectivity(rawValue: settings.connectivity) ?? .edges)
        let statistic = correctedStatistic
        return NullDistribution.Tail.allCases.flatMap { tail in
            let p = familyWise.map(statistic, tail).p
            let surviving = zip(maps.z, p).map { $1 <= Float(settings.correctedP) ? $0 : 0 }
            return finder.clusters(
                in: surviving, above: 0, sign: tail == .positive ? 1 : -1, minimumExtent: settings.extent)
        }
    }

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
