import Imaging
import Inference
import SeedBasedMapping

extension ResultMap {
    /// The clusters of a model's tables: at each voxel the number that `clusters.tsv` gives the cluster it is in, else 0; of
    /// `clusters_corr-FWE.tsv` where the model has corrected p. None where there are no clusters.
    static func labels(_ findings: ModelFindings) -> [ResultMap] {
        var maps = [label(findings, name: "label", of: "clusters.tsv")]
        if findings.result.familyWise != nil {
            let corrected = ModelFindings(result: findings.result, clusters: findings.result.correctedClusters())
            maps.append(label(corrected, name: correctedLabel, of: "clusters_corr-FWE.tsv"))
        }
        return maps.compactMap { $0 }
    }

    /// As the map is called before ``MapNaming``; so is `label`.
    static let correctedLabel = "label_corr-FWE"

    /// What the numbers of those images are, by the name of the image.
    static func labelTables(_ findings: ModelFindings, places: PlaceNamer) -> [(name: String, table: TextTable)] {
        var tables = [("label", findings.clusters)]
        if findings.result.familyWise != nil {
            let corrected = ModelFindings(result: findings.result, clusters: findings.result.correctedClusters())
            tables.append((correctedLabel, corrected.clusters))
        }
        return tables.filter { !$0.1.isEmpty }.map { name, clusters in
            (name, ClusterLabelTable(clusters: clusters, places: places).table)
        }
    }

    private static func label(_ findings: ModelFindings, name: String, of table: String) -> ResultMap? {
        guard !findings.clusters.isEmpty else { return nil }
        var values = [Float](repeating: 0, count: findings.result.maps.mask.count)
        for (number, cluster) in findings.clusters.enumerated() {
            for voxel in cluster.voxels { values[Int(voxel)] = Float(number + 1) }
        }
        return ResultMap(
            name: name, description: "Number of the cluster in \(table); 0 in none", units: "number", intent: .label(),
            background: 0, values: values)
    }
}
