import Comparison
import Imaging
import Inference
import SeedBasedMapping

extension ResultMap {
    /// The clusters of a model's tables: at each voxel the number that `clusters.tsv` gives the cluster it is in, else 0; of
    /// `clusters_corr-FWE.tsv` where the model has corrected p; and z inside the clusters of `clusters.tsv`, as ``corrected(_:)`` has it of
    /// what survives. None where there are no clusters.
    static func labels(_ findings: ModelFindings) -> [ResultMap] {
        let maps = findings.result.maps
        var images = [label(findings.clusters, maps.mask, name: "label", of: "clusters.tsv")]
        if !findings.clusters.isEmpty {
            images.append(
                thresholded(maps.z, to: findings.clusters, description: "z inside the clusters of clusters.tsv, else 0")
            )
        }
        if findings.result.familyWise != nil {
            let corrected = findings.corrected
            images.append(label(corrected.clusters, maps.mask, name: correctedLabel, of: "clusters_corr-FWE.tsv"))
        }
        return images.compactMap { $0 }
    }

    /// The same of a method's table.
    static func labels(_ result: MethodResult) -> [ResultMap] {
        let clusters = result.findings.map(\.cluster)
        guard !clusters.isEmpty else { return [] }
        let kept = thresholded(
            result.z, to: clusters, description: "z inside the clusters of clusters.tsv (\(result.criterion)), else 0")
        return [label(clusters, result.mask, name: "label", of: "clusters.tsv"), kept].compactMap { $0 }
    }

    /// As the map is called before ``MapNaming``; so is `label`.
    static let correctedLabel = "label_corr-FWE"

    /// z inside the clusters of `clusters.tsv`, likewise.
    static let thresholdedName = "z_desc-thresholded"

    /// What the numbers of those images are, by the name of the image.
    static func labelTables(_ findings: ModelFindings, places: PlaceNamer) -> [(name: String, table: TextTable)] {
        var tables = [("label", findings.clusters)]
        if findings.result.familyWise != nil {
            let corrected = findings.corrected
            tables.append((correctedLabel, corrected.clusters))
        }
        return tables.filter { !$0.1.isEmpty }.map { name, clusters in
            (name, ClusterLabelTable(clusters: clusters, places: places).table)
        }
    }

    private static func label(_ clusters: [Cluster], _ mask: Mask, name: String, of table: String) -> ResultMap? {
        guard !clusters.isEmpty else { return nil }
        var values = [Float](repeating: 0, count: mask.count)
        for (number, cluster) in clusters.enumerated() {
            for voxel in cluster.voxels { values[Int(voxel)] = Float(number + 1) }
        }
        return ResultMap(
            name: name, description: "Number of the cluster in \(table); 0 in none", units: "number", intent: .label(),
            background: 0, values: values)
    }

    private static func thresholded(_ z: [Float], to clusters: [Cluster], description: String) -> ResultMap {
        // A voxel without a value is below no threshold: it has none here, too.
        var values = z.map { $0.isNaN ? $0 : 0 }
        for voxel in clusters.flatMap(\.voxels) { values[Int(voxel)] = z[Int(voxel)] }
        return ResultMap(
            name: thresholdedName, description: description, units: "z", intent: .zScore, background: 0, values: values)
    }
}
