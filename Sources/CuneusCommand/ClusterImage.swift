import Cuneus
import Foundation

/// The image whose clusters `cuneus extract --clusters` takes: the file that is named, or the thresholded map of a run.
enum ClusterImage {
    /// - Parameters:
    ///   - named: an image, the folder of a run, or that of a model of it.
    ///   - model: whose map is wanted of a run.
    /// - Throws: where a folder holds no thresholded map of the model, or several.
    static func path(_ named: String, model: String, of project: Project) throws(InputError) -> String {
        guard isFolder(named) else { return named }
        let names = project.models.map(\.name)
        let folders = ModelFindings.folderNames(names)
        let own = names.firstIndex(of: model).map { "\(named)/\(folders[$0])" }
        let folder = own.flatMap { isFolder($0) ? $0 : nil } ?? named
        let found = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { $0.hasSuffix(".nii.gz") && $0.lowercased().contains("thresholded") }.sorted()
        guard let first = found.first else {
            throw InputError(
                at: SourceLocation(file: folder), "there is no thresholded map of model \"\(model)\".",
                remedy: "Runs write one where p is corrected. Name an image of clusters, or take --peaks.")
        }
        guard found.count == 1 else {
            throw InputError(
                at: SourceLocation(file: folder),
                "there are several thresholded maps of model \"\(model)\": \(found.joined(separator: ", ")).",
                remedy: "Name one of them.")
        }
        return "\(folder)/\(first)"
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
