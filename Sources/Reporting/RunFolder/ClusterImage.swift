public import Evidence
import Foundation

/// The image of clusters that a run wrote of a model.
public enum ClusterImage {
    /// - Parameters:
    ///   - folder: of a run, or of a model of it.
    ///   - model: its name in the plan.
    /// - Returns: `label_corr-FWE` where the run corrected p and something survived, else `label`; whatever naming it had.
    /// - Throws: where the folder has neither.
    public static func path(in folder: String, of model: String) throws(InputError) -> String {
        let name = ModelFindings.folderName(model)
        for place in ["\(folder)/\(name)", folder] {
            for map in [ResultMap.correctedLabel, "label"] {
                for naming in MapNaming.allCases {
                    let file = "\(naming(map, model: name)).nii.gz"
                    if let found = MapNaming.find(file, in: place) { return "\(place)/\(found)" }
                }
            }
        }
        throw InputError(
            at: SourceLocation(file: folder), "there is no image of clusters (label.nii.gz) of model \"\(model)\".",
            remedy: "Runs write one where they find a cluster. Name another image, or take --peaks.")
    }
}
