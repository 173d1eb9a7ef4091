import Evidence
import Imaging
import Inference

/// The look-up table beside the image of clusters: what each number of the image is.
///
/// Columns `index` and `name` as BIDS has them for segmentations, so that viewers show names.
struct ClusterLabelTable {
    let clusters: [Cluster]
    let places: PlaceNamer

    var table: TextTable {
        let rows = clusters.enumerated().compactMap { number, cluster -> [String]? in
            guard let peak = cluster.peaks.first else { return nil }
            let direction = cluster.sign < 0 ? "negative" : "positive"
            let place = places.line(peak.coordinate)
            let name = place.isEmpty ? "cluster \(number + 1)" : place
            return [
                String(number + 1), name, direction, String(cluster.voxels.count),
                NumberText.hundredths(peak.coordinate.x), NumberText.hundredths(peak.coordinate.y),
                NumberText.hundredths(peak.coordinate.z),
            ]
        }
        return TextTable(header: ["index", "name", "direction", "voxels", "x_mm", "y_mm", "z_mm"], rows: rows)
    }
}
