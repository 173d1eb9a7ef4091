import Foundation
import Imaging

/// Paths as text, joined the way the user gave them.
package enum Path {
    package static func join(_ folder: String, _ name: String) -> String {
        folder.isEmpty || folder == "." ? name : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }

    package static func name(_ path: String) -> String { PathParts.name(path) }

    /// "." for a bare file name.
    package static func folder(_ path: String) -> String {
        let folder = PathParts.folder(path)
        return folder.isEmpty ? "." : folder
    }

    /// Name of the folder itself, also for "." and "..".
    package static func projectName(_ folder: String) -> String {
        let name = URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent
        return name.isEmpty || name == "/" ? "project" : name
    }

    package static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// Visible names in a folder, sorted; empty when it cannot be read.
    package static func contents(_ folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted()
    }
}
