import Foundation
package import Imaging

/// The files that the viewer in `report.html` is made of: NiiVue (BSD-2-Clause), and our script, style and markup around it.
///
/// `Scripts/viewer.py` makes NiiVue's file from a pinned wheel; `PROVENANCE.md` beside the files tells the rest.
public struct ViewerResources: Hashable, Sendable {
    /// NiiVue's script, gzip.
    public let library: [UInt8]
    public let script: String
    public let style: String
    /// The section's markup.
    public let markup: String
    /// NiiVue's, which goes with it into every page.
    public let licence: String

    /// Finds the files beside the program, as `Templates` finds its own.
    /// - Throws: ``ViewerError`` where one is nowhere or cannot be read; a report can do without the viewer.
    public init() throws(ViewerError) { try self.init(from: ResourceFolder(module: "Reporting")) }

    package init(from folder: ResourceFolder) throws(ViewerError) {
        library = try Self.bytes("niivue.umd.js.gz", in: folder)
        script = try Self.text("viewer.js", in: folder)
        style = try Self.text("viewer.css", in: folder)
        markup = try Self.text("viewer.html", in: folder)
        licence = try Self.text("LICENSE-niivue.txt", in: folder)
    }

    private static func bytes(_ name: String, in folder: ResourceFolder) throws(ViewerError) -> [UInt8] {
        guard let path = folder.path(of: name) else { throw .absent(file: name, lookedIn: folder.candidates) }
        guard let data = FileManager.default.contents(atPath: path), !data.isEmpty else {
            throw .unreadable(path: path)
        }
        return Array(data)
    }

    private static func text(_ name: String, in folder: ResourceFolder) throws(ViewerError) -> String {
        let bytes = try bytes(name, in: folder)
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .unreadable(path: name) }
        return text
    }
}

/// Why a report has no viewer.
public enum ViewerError: Error, Hashable, Sendable, CustomStringConvertible {
    case absent(file: String, lookedIn: [String])
    case unreadable(path: String)

    public var description: String {
        switch self {
        case .absent(let file, let folders):
            "The report has no interactive viewer: \(file) was not found in \(folders.joined(separator: ", ")). "
                + "If CUNEUS_RESOURCES is set, put the files of Sources/Reporting/Resources there too."
        case .unreadable(let path):
            "The report has no interactive viewer: \(path) cannot be read."
        }
    }
}
