import Evidence
public import Imaging
public import Inference

/// `clusters_regions.tsv`: how many voxels of each cluster lie in each region of each atlas.
///
/// A voxel counts for the region it is in, never for one that is near; those in no region stand last, named
/// ``unnamed``. Without an atlas the table has no rows.
public struct ClusterRegionTable: Sendable {
    /// Where an atlas has no region.
    public static let unnamed = "(undefined)"

    public let clusters: [Cluster]
    public let mask: Mask
    public let places: PlaceNamer

    public init(_ clusters: [Cluster], mask: Mask, places: PlaceNamer) {
        self.clusters = clusters
        self.mask = mask
        self.places = places
    }

    /// Voxels of a cluster in the regions of an atlas.
    struct Share: Hashable {
        var region: String
        var voxels: Int
    }

    /// One row per cluster, atlas and region, the largest count first.
    public var table: TextTable {
        let header = ["cluster", "atlas", "region", "voxels", "mm3", "percent"]
        guard places.atlases != PlaceNamer.none.atlases else { return TextTable(header: header) }
        let volume = mask.grid.voxelVolume
        let rows = clusters.enumerated().flatMap { number, cluster in
            zip(places.atlases, shares(of: cluster)).flatMap { atlas, shares in
                shares.map { share -> [String] in
                    let percent = 100 * Double(share.voxels) / Double(cluster.voxels.count)
                    return [
                        String(number + 1), atlas, share.region, String(share.voxels),
                        NumberText.hundredths(Double(share.voxels) * volume), NumberText.fixed(percent, 1),
                    ]
                }
            }
        }
        return TextTable(header: header, rows: rows)
    }

    /// Per atlas, the regions of a cluster by size, those of equal size by name, ``unnamed`` last.
    func shares(of cluster: Cluster) -> [[Share]] {
        var counts = [[String: Int]](repeating: [:], count: places.atlases.count)
        for voxel in cluster.voxels {
            for (atlas, name) in places.regions(mask.world(at: Int(voxel))).enumerated() {
                counts[atlas][name.isEmpty ? Self.unnamed : name, default: 0] += 1
            }
        }
        return counts.map { regions in
            let shares = regions.map { Share(region: $0.key, voxels: $0.value) }
            return shares.sorted { a, b in
                let (first, second) = (a.region == Self.unnamed, b.region == Self.unnamed)
                if first != second { return second }
                return a.voxels == b.voxels ? a.region < b.region : a.voxels > b.voxels
            }
        }
    }
}
