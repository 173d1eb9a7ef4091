import Foundation

/// Where the files shipped with the program are.
///
/// Looked for in this order:
/// 1. the folder named by the environment variable `CUNEUS_RESOURCES`; when it is set, nowhere else, so that a mistake
///    there is seen and not papered over;
/// 2. beside the running program, where SwiftPM puts them: `Cuneus_Imaging.resources/Resources` (Linux) or
///    `Cuneus_Imaging.bundle` (macOS), named after the module whose files they are;
/// 3. `../share/cuneus` from the running program, for an installed copy;
/// 4. the source tree this was compiled from.
///
/// SwiftPM's own `Bundle.module` is not used because it ends the process when the folder is absent.
package struct ResourceFolder: Sendable {
    /// The folders to look in, first to last.
    package let candidates: [String]

    /// - Parameters:
    ///   - module: whose resources they are.
    ///   - sourceFile: a file of the module, in its folder or in one within.
    package init(
        module: String = "Imaging",
        environment: [String: String]? = nil,
        executable: String? = Self.runningExecutable,
        sourceFile: String = #filePath
    ) {
        let environment = environment ?? ProcessInfo.processInfo.environment
        if let folder = environment["CUNEUS_RESOURCES"], !folder.isEmpty {
            candidates = [folder]
            return
        }
        var folders: [String] = []
        if let executable {
            let beside = Self.parent(of: executable)
            folders.append(beside + "/Cuneus_\(module).resources/Resources")
            folders.append(beside + "/Cuneus_\(module).bundle/Resources")
            folders.append(beside + "/Cuneus_\(module).bundle/Contents/Resources/Resources")
            folders.append(Self.parent(of: beside) + "/share/cuneus")
        }
        let source = Self.parent(of: sourceFile)
        folders += [source + "/Resources", Self.parent(of: source) + "/Resources"]
        candidates = folders
    }

    /// The first candidate's file of this name that exists.
    package func path(of name: String) -> String? {
        candidates.lazy.map { "\($0)/\(name)" }.first { FileManager.default.fileExists(atPath: $0) }
    }

    /// The program that is running, links resolved.
    package static var runningExecutable: String? {
        if let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") { return path }
        return Bundle.main.executableURL?.resolvingSymlinksInPath().path
    }

    private static func parent(of path: String) -> String {
        URL(fileURLWithPath: path).deletingLastPathComponent().path
    }
}
