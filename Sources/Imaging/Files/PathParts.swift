/// The parts of a path, as text.
///
/// In place of `NSString.deletingLastPathComponent`, which ends the process for a path of one character (Foundation of Swift 6.3 on
/// Linux): `cuneus convert p --out s`.
package enum PathParts {
    /// What stands after the last slash; trailing slashes do not count. `/` for the root.
    package static func name(_ path: String) -> String {
        let path = withoutTrailingSlashes(path)
        guard path != "/", let slash = path.lastIndex(of: "/") else { return path }
        return String(path[path.index(after: slash)...])
    }

    /// What stands before it; empty for a bare name, `/` for what lies in the root.
    package static func folder(_ path: String) -> String {
        let path = withoutTrailingSlashes(path)
        guard path != "/", let slash = path.lastIndex(of: "/") else { return path == "/" ? "/" : "" }
        let folder = withoutTrailingSlashes(String(path[..<slash]))
        return folder.isEmpty ? "/" : folder
    }

    /// The path of a file in a folder; an empty folder is the current one.
    package static func join(_ folder: String, _ name: String) -> String {
        folder.isEmpty ? name : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }

    private static func withoutTrailingSlashes(_ path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }
}
