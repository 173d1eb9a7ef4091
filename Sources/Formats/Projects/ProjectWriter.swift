public import Evidence
import Foundation
import Imaging

/// Writes a project in any of the formats that ``ProjectReader`` opens.
///
/// Reading what was written gives the same data. What a format cannot hold is listed in the returned notices; where
/// that would change an analysis unseen, writing is refused.
public enum ProjectWriter {
    /// Writes to `path`: a new (or empty) folder for native, SDM and Neurosynth; a new file for Sleuth; for NIMADS a new
    /// file, with its annotation beside it, when the name ends with `.json` or `.json.gz`, else a folder. Files whose
    /// name ends with `.gz` are gzip.
    ///
    /// Everything is written beside `path` first and then renamed, so `path` is whole or absent.
    /// - Returns: what could not be carried over.
    /// - Throws: ``InputError`` when the format cannot hold the project; ``OutputError`` when `path` is taken or the disk
    ///   refuses.
    @discardableResult
    public static func write(
        _ project: Project, as format: Project.Format, to path: String
    ) throws -> [Notice] {
        let output: Output
        switch format {
        case .native: output = try NativeWriter.output(project)
        case .sdm: output = try SDMWriter.output(project)
        case .sleuth: output = try SleuthWriter.output(project)
        case .nimads: output = StudysetWriter.output(project, to: path)
        case .neurosynth: output = try NeurosynthWriter.output(project)
        case .nimare:
            throw InputError(
                "NiMARE's old dataset is read, not written.", remedy: "NiMARE reads NIMADS: say --to nimads.")
        }
        let isFile = format == .sleuth || (format == .nimads && StudysetWriter.isFile(path))
        do {
            if isFile { try placeFiles(output, at: path) } else { try placeFolder(output, at: path) }
        } catch let error as OutputError {
            throw error
        } catch {
            throw OutputError(
                path: path, reason: "cannot be written: \(FileProblem.reason(error)).",
                remedy: "Check that the folder exists, may be written to, and has room.")
        }
        return output.notices
    }

    /// Files of a project in memory.
    struct Output {
        /// Text by relative path, in the order in which they are to appear. When the target is a file it has the path "",
        /// and others stand beside it.
        var texts: [(path: String, text: String)] = []
        /// Images to copy: from where, to which relative path.
        var copies: [(from: String, to: String)] = []
        var notices: [Notice] = []
    }

    private static func placeFolder(_ output: Output, at path: String) throws {
        let manager = FileManager.default
        let target = path.hasSuffix("/") ? String(path.dropLast()) : path
        if manager.fileExists(atPath: target) {
            guard (try? manager.contentsOfDirectory(atPath: target))?.isEmpty == true else {
                throw OutputError(path: path, reason: "exists already.", remedy: "Name a new folder.")
            }
        }
        let temporary = hidden(target, mark: Self.mark)
        do {
            try manager.createDirectory(atPath: temporary, withIntermediateDirectories: true)
            for (name, text) in output.texts {
                try content(text, of: name).write(to: URL(fileURLWithPath: Path.join(temporary, name)))
            }
            for (from, to) in output.copies {
                let file = Path.join(temporary, to)
                try manager.createDirectory(atPath: Path.folder(file), withIntermediateDirectories: true)
                try manager.copyItem(atPath: from, toPath: file)
            }
            if manager.fileExists(atPath: target) { try manager.removeItem(atPath: target) }
            try manager.moveItem(atPath: temporary, toPath: target)
        } catch {
            try? manager.removeItem(atPath: temporary)
            throw error
        }
    }

    /// All files are written under other names first; then they appear one after another, or none.
    private static func placeFiles(_ output: Output, at path: String) throws {
        let manager = FileManager.default
        let files = output.texts.map { name, text in
            (target: name.isEmpty ? path : Path.join(Path.folder(path), name), text: text)
        }
        for (target, _) in files where manager.fileExists(atPath: target) {
            throw OutputError(path: target, reason: "exists already.", remedy: "Name a new file.")
        }
        let mark = Self.mark
        var placed: [String] = []
        do {
            for (target, text) in files {
                try content(text, of: target).write(to: URL(fileURLWithPath: hidden(target, mark: mark)))
            }
            for (target, _) in files {
                try manager.moveItem(atPath: hidden(target, mark: mark), toPath: target)
                placed.append(target)
            }
        } catch {
            for target in files.map({ hidden($0.target, mark: mark) }) + placed {
                try? manager.removeItem(atPath: target)
            }
            throw error
        }
    }

    private static var mark: String { String(UUID().uuidString.prefix(8)) }

    /// The name of a file or folder until it is whole.
    private static func hidden(_ path: String, mark: String) -> String {
        Path.join(Path.folder(path), ".\(Path.name(path)).\(mark).tmp")
    }

    private static func content(_ text: String, of name: String) -> Data {
        // JSON can name U+0000 and hand it over; a text that holds one is no text to any reader.
        let bytes = text.utf8.filter { $0 != 0 }
        return Data(name.lowercased().hasSuffix(".gz") ? Gzip.compress(bytes) : bytes)
    }
}

extension Notice {
    /// Something a format cannot hold.
    static func notCarried(_ what: String, by format: String) -> Notice {
        Notice(.warning, code: "not-carried-over", "\(format) cannot hold \(what).")
    }
}
