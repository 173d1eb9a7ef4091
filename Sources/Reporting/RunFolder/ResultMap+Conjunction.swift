import Comparison
import Imaging

extension ResultMap {
    /// The maps of a conjunction, in the order they are written.
    static func all(_ conjunction: ModelConjunction) -> [ResultMap] {
        let models = conjunction.parts.map(\.name).joined(separator: ", ")
        var thresholded = [Float](repeating: 0, count: conjunction.z.count)
        for voxel in conjunction.clusters.flatMap(\.voxels) { thresholded[Int(voxel)] = conjunction.z[Int(voxel)] }
        var maps = [
            ResultMap(
                name: "z_desc-conjunction",
                description: "z nearest to 0 of the models, 0 where their signs differ (minimum statistic)", units: "z",
                intent: .zScore, background: 0, values: conjunction.z),
            ResultMap(
                name: "z_desc-conjunctionThresholded", description: "The same in the clusters of the table", units: "z",
                intent: .zScore, background: 0, values: thresholded),
        ]
        if let p = conjunction.correctedP {
            maps.append(
                ResultMap(
                    name: "p_desc-conjunction_corr-FWE",
                    description:
                        "Largest corrected p of the models in the direction they share, 1 where they share none",
                    units: "probability", intent: .pValue, background: 1, values: p))
        }
        maps.append(
            ResultMap(
                name: "z_desc-union",
                description: "z of the joint p of the models (Radua 2013), uncorrected, 0 where their signs differ",
                units: "z", intent: .zScore, background: 0, values: conjunction.union))
        for map in maps.indices { maps[map].details = ["Models": models, "Criterion": conjunction.criterion] }
        return maps
    }
}
