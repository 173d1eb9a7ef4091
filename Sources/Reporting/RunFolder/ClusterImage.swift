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
                    if let found = find(file, in: place) { return "\(place)/\(found)" }
                }
            }
        }
        throw InputError(
            at: SourceLocation(file: folder), "there is no image of clusters (label.nii.gz) of model \"\(model)\".",
            remedy: "Runs write one where they find a cluster. Name another image, or take --peaks.")
    }

    /// The file of that name, or with BIDS's entities of space and resolution in it.
    private static func find(_ name: String, in folder: String) -> String? {
        let files = FileManager.default
        if files.fileExists(atPath: "\(folder)/\(name)") { return name }
        let all = ((try? files.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        return all.first { $0.replacing(/_space-[A-Za-z0-9]+_res-[A-Za-z0-9]+/, with: "") == name }
    }
}
