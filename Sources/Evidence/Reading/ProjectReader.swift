import Foundation
public import Imaging

/// Opens a meta-analysis in any format we know: a native folder (`cuneus.yaml`, `studies.tsv`, `peaks.tsv`, `maps/`),
/// an SDM folder (`sdm_table.txt` and peak files, and a `cuneus.yaml` if there is one) or a Sleuth/GingerALE text.
public enum ProjectReader {
    /// What the user says about data that do not say it themselves.
    public struct Assumptions: Hashable, Sendable {
        /// Space of coordinates whose source names none.
        public var space: CoordinateSpace?
        /// Direction of peaks with neither sign nor statistic (`--sign`).
        public var sign: AssumedSign?

        public init(space: CoordinateSpace? = nil, sign: AssumedSign? = nil) {
            self.space = space
            self.sign = sign
        }
    }

    /// Reads the project at `path`: a folder, or the file that stands for it.
    ///
    /// - Throws: ``InputError`` for what cannot be read. What can be read but may be wrong is in
    ///   ``Project/notices`` and found by ``ProjectCheck``.
    public static func read(_ path: String, assuming assumptions: Assumptions = Assumptions()) throws(InputError)
        -> Project
    {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw InputError(at: SourceLocation(file: path), "no such file or folder.")
        }
        if isFolder.boolValue { return try readFolder(path, assumptions) }
        switch Path.name(path).lowercased() {
        case NativeReader.planName, NativeReader.studiesName: return try readFolder(Path.folder(path), assumptions)
        case SDMReader.tableName: return try SDMReader.read(folder: Path.folder(path), assuming: assumptions)
        default: return try readFile(path, assumptions)
        }
    }

    private static func readFolder(_ path: String, _ assumptions: Assumptions) throws(InputError) -> Project {
        let names = Path.contents(path)
        let hasSDMTable = names.contains { $0.lowercased() == SDMReader.tableName }
        if names.contains(NativeReader.studiesName) || names.contains(NativeReader.planName) && !hasSDMTable {
            return try NativeReader.read(folder: path, assuming: assumptions)
        }
        if hasSDMTable { return try SDMReader.read(folder: path, assuming: assumptions) }
        let near = names.lazy.compactMap { Nearest.match($0, among: [NativeReader.planName, SDMReader.tableName]) }
        throw InputError(
            at: SourceLocation(file: path),
            "is not a project: it has neither \(NativeReader.planName) (native) nor \(SDMReader.tableName) (SDM).",
            remedy: near.first.map { "A file there looks like \($0); check its name." }
                ?? "Point to a native folder, an SDM folder or a Sleuth text file.")
    }

    private static func readFile(_ path: String, _ assumptions: Assumptions) throws(InputError) -> Project {
        let name = Path.name(path).lowercased()
        if name.hasSuffix(".json") || name.hasSuffix(".json.gz") {
            throw InputError(
                at: SourceLocation(file: path), "NIMADS and other JSON files are not read yet.",
                remedy: "Export the studyset as Sleuth text.")
        }
        if name.hasSuffix(".nii") || name.hasSuffix(".nii.gz") {
            throw InputError(
                at: SourceLocation(file: path), "is an image, not a project.",
                remedy: "Put it in the maps/ folder of a project whose studies.tsv names the experiment.")
        }
        let file = try TextFile(path: path)
        guard SleuthReader.recognises(file) else {
            throw InputError(
                at: SourceLocation(file: path),
                "is not a Sleuth text: no line starts with //.",
                remedy: "A Sleuth text starts with //Reference=MNI or //Reference=Talairach. "
                    + "For SDM or native projects, point to the folder.")
        }
        return try SleuthReader.read(file, assuming: assumptions)
    }
}

/// Paths as text, joined the way the user gave them.
enum Path {
    static func join(_ folder: String, _ name: String) -> String {
        folder.isEmpty || folder == "." ? name : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }

    static func name(_ path: String) -> String { (path as NSString).lastPathComponent }

    /// "." for a bare file name.
    static func folder(_ path: String) -> String {
        let folder = (path as NSString).deletingLastPathComponent
        return folder.isEmpty ? "." : folder
    }

    /// Name of the folder itself, also for "." and "..".
    static func projectName(_ folder: String) -> String {
        let name = URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent
        return name.isEmpty || name == "/" ? "project" : name
    }

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// Visible names in a folder, sorted; empty when it cannot be read.
    static func contents(_ folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted()
    }
}
