import Foundation

/// Writes a project in any of the formats that ``ProjectReader`` opens.
///
/// Reading what was written gives the same data. What a format cannot hold is listed in the returned notices; where
/// that would change an analysis unseen, writing is refused.
public enum ProjectWriter {
    /// Writes to `path`: a new (or empty) folder for native and SDM, a new file for Sleuth.
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
        }
        do {
            try place(output, at: path, isFolder: format != .sleuth)
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
        /// Text by relative path; a single file has the path "".
        var texts: [(path: String, text: String)] = []
        /// Images to copy: from where, to which relative path.
        var copies: [(from: String, to: String)] = []
        var notices: [Notice] = []
    }

    private static func place(_ output: Output, at path: String, isFolder: Bool) throws {
        let manager = FileManager.default
        let target = path.hasSuffix("/") ? String(path.dropLast()) : path
        if manager.fileExists(atPath: target) {
            let isEmptyFolder = isFolder && (try? manager.contentsOfDirectory(atPath: target))?.isEmpty == true
            guard isEmptyFolder else {
                throw OutputError(
                    path: path, reason: "exists already.",
                    remedy: "Name a new \(isFolder ? "folder" : "file").")
            }
        }
        let temporary = "\(target).\(UUID().uuidString.prefix(8)).tmp"
        do {
            if isFolder { try manager.createDirectory(atPath: temporary, withIntermediateDirectories: true) }
            for (name, text) in output.texts {
                try Data(text.utf8).write(to: URL(fileURLWithPath: isFolder ? Path.join(temporary, name) : temporary))
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
}

/// Rows of a tab-separated table.
struct TSV {
    private(set) var text = ""

    mutating func append(_ fields: [String]) {
        text += fields.map(Self.quoted).joined(separator: "\t")
        text += "\n"
    }

    private static func quoted(_ field: String) -> String {
        let field = field.split(whereSeparator: \.isNewline).joined(separator: " ")
        let needsQuotes = field.contains("\t") || field.contains("\"") || field.hasPrefix("#")
        return needsQuotes ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
    }
}

extension Experiment.Covariate {
    /// As in a table; missing is `NA`.
    var cell: String {
        switch self {
        case .number(let value): NumberText.text(value)
        case .text(let text): text
        case .missing: "NA"
        }
    }
}

extension Notice {
    /// Something a format cannot hold.
    static func notCarried(_ what: String, by format: String) -> Notice {
        Notice(.warning, code: "not-carried-over", "\(format) cannot hold \(what).")
    }
}
