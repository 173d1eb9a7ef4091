import Foundation
import Imaging

/// The files shipped with this module: outlines of letters, the cortical surface.
package struct FigureResources: Sendable {
    /// A file that is missing or damaged.
    package struct Missing: Error, Hashable, Sendable, CustomStringConvertible {
        package var name: String
        package var reason: String

        package var description: String {
            "\(name), which comes with cuneus, \(reason). Install cuneus anew, or set CUNEUS_RESOURCES to the folder that "
                + "holds its resources."
        }
    }

    /// Where they are looked for, first to last: as ``ResourceFolder`` does for the templates.
    private static func candidates(sourceFile: String = #filePath) -> [String] {
        func parent(_ path: String) -> String { URL(fileURLWithPath: path).deletingLastPathComponent().path }
        var folders: [String] = []
        if let folder = ProcessInfo.processInfo.environment["CUNEUS_RESOURCES"], !folder.isEmpty {
            folders.append(folder)
        }
        if let executable = ResourceFolder.runningExecutable {
            let beside = parent(executable)
            folders.append(beside + "/Cuneus_Figures.resources/Resources")
            folders.append(beside + "/Cuneus_Figures.bundle/Resources")
            folders.append(beside + "/Cuneus_Figures.bundle/Contents/Resources/Resources")
            folders.append(parent(beside) + "/share/cuneus")
        }
        // From Sources/Figures/Drawing up to Sources/Figures.
        return folders + [parent(parent(sourceFile)) + "/Resources"]
    }

    /// The content of a gzip-compressed file.
    package static func unpacked(_ name: String) throws(Missing) -> [UInt8] {
        let paths = candidates().map { "\($0)/\(name)" }
        guard let data = paths.lazy.compactMap({ FileManager.default.contents(atPath: $0) }).first else {
            throw Missing(name: name, reason: "is missing")
        }
        do throws(GzipError) {
            return try Gzip.decompress([UInt8](data), limit: 1 << 26)
        } catch {
            throw Missing(name: name, reason: "is damaged: \(error)")
        }
    }
}
