import Evidence
import Foundation
import Imaging

/// The files of a project, copied once to where many machines read them, with a list of their SHA-256.
///
/// The copy keeps the files' places relative to each other, so that a plan that names `../maps/t.nii.gz` finds it. Results are those
/// of the original: the folder of a project keeps its name.
package struct StagedInput: Hashable, Sendable {
    package struct File: Hashable, Sendable {
        /// Absolute.
        package var source: String
        /// Relative to the folder that input is staged in.
        package var name: String
        /// Of the bytes as they are stored, 64 hexadecimal digits.
        package var sha256: String
    }

    /// By name.
    package let files: [File]
    /// Name of the folder of the copy.
    package static let folder = "input"

    /// The deepest folder that all files are under.
    private let root: String

    /// Reads and hashes files.
    ///
    /// - Parameters:
    ///   - paths: of files, absolute or as seen from the working folder; those given twice count once.
    ///   - folder: one that is to have a place in the copy too: paths as seen from it are then seen from there.
    /// - Throws: ``OutputError`` where one cannot be read.
    package init(_ paths: [String], seenFrom folder: String? = nil) throws(OutputError) {
        let paths = Set(paths.map(Self.absolute)).sorted()
        root = Self.root(of: paths + [folder.map { PathParts.join(Self.absolute($0), "file") }].compactMap { $0 })
        var files: [File] = []
        for path in paths {
            let bytes = try Self.read(path)
            // The root's own name stays, because a project is called by its folder.
            let name = path.dropFirst(PathParts.folder(root).count).drop { $0 == "/" }
            files.append(File(source: path, name: String(name), sha256: ContentDigest.sha256(bytes)))
        }
        self.files = files.sorted { $0.name < $1.name }
    }

    private static func root(of paths: [String]) -> String {
        var common = paths.first.map { PathParts.folder($0).split(separator: "/") } ?? []
        for path in paths.dropFirst() {
            let parts = PathParts.folder(path).split(separator: "/")
            common = zip(common, parts).prefix { $0 == $1 }.map(\.0)
        }
        return "/" + common.joined(separator: "/")
    }

    /// As seen from everywhere.
    package static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path
    }

    /// Of names and contents: that of `input.sha256`.
    package var sha256: String { ContentDigest.sha256(Array(checksums.utf8)) }

    /// The text of `input.sha256`, for `sha256sum --check` in the folder above the copy.
    package var checksums: String {
        files.map { file in
            let name = "\(Self.folder)/\(file.name)"
            let escaped = name.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
            return (escaped == name ? "" : "\\") + "\(file.sha256)  \(escaped)\n"
        }.joined()
    }

    /// Copies the files into `folder/input`.
    ///
    /// - Throws: ``OutputError`` where one cannot be written, or has changed since it was hashed.
    package func copy(into folder: String) throws(OutputError) {
        for file in files {
            let bytes = try Self.read(file.source)
            guard ContentDigest.sha256(bytes) == file.sha256 else {
                throw OutputError(
                    path: file.source, reason: "it was changed while it was being copied.", remedy: "Begin again.")
            }
            let target = "\(folder)/\(Self.folder)/\(file.name)"
            do {
                try FileManager.default.createDirectory(
                    atPath: PathParts.folder(target), withIntermediateDirectories: true)
                try AtomicFile.write(bytes, to: target)
            } catch {
                throw OutputError(
                    path: target,
                    reason:
                        "it cannot be written: \((error as? AtomicFile.Failure)?.reason ?? FileProblem.reason(error)).",
                    remedy: "Make room or change the permissions, or name another place.")
            }
        }
    }

    /// Where a file, or a folder that files are under, is in the copy; nil for what is not in it.
    package func place(of path: String, in folder: String) -> String? {
        let path = Self.absolute(path)
        for file in files {
            if file.source == path { return "\(folder)/\(Self.folder)/\(file.name)" }
            guard file.source.hasPrefix(path + "/") else { continue }
            let inside = file.source.count - path.count
            guard inside < file.name.count else { continue }
            return "\(folder)/\(Self.folder)/\(file.name.dropLast(inside))"
        }
        return nil
    }

    /// Where a folder is in the copy that input was said to be seen from.
    package func counterpart(of folder: String, in place: String) -> String {
        let name = Self.absolute(folder).dropFirst(PathParts.folder(root).count).drop { $0 == "/" }
        return "\(place)/\(Self.folder)/\(name)"
    }

    private static func read(_ path: String) throws(OutputError) -> [UInt8] {
        do {
            return try AtomicFile.read(path, count: try AtomicFile.size(of: path))
        } catch {
            throw OutputError(path: path, reason: "it cannot be read: \(error.reason).", remedy: error.remedy)
        }
    }
}
