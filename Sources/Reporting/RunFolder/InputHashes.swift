public import Evidence

extension Project {
    /// With the contents, as they are now, of those input files that are opened when they are needed: images.
    ///
    /// Called when the project has been read, and before any of them is opened.
    public func recordingContents() -> Project {
        var project = self
        for file in inputFiles where contents[file] == nil {
            // What cannot be read is told by whoever needs it.
            guard let hash = try? ContentHash(of: file) else { continue }
            project.contents[file] = InputContent(sha256: hash.sha256, bytes: hash.bytes, isParsed: false)
        }
        return project
    }
}

/// The hashes of a project's inputs for the record of a run.
struct InputHashes {
    private(set) var hashes: [ContentHash] = []
    /// Files that are no longer what they were. The results are written all the same.
    private(set) var notices: [Notice] = []

    init(_ project: Project) {
        for file in project.inputFiles {
            let known = project.contents[file]
            if let known { hashes.append(ContentHash(path: file, sha256: known.sha256, bytes: known.bytes)) }
            if let known, known.isParsed { continue }
            let now = try? ContentHash(of: file)
            if let now, known == nil {
                hashes.append(now)
            } else if now == nil || now?.sha256 != known?.sha256 {
                notices.append(
                    Notice(
                        .warning, code: "input-changed", at: SourceLocation(file: file),
                        now == nil
                            ? "cannot be read any more at the end of the run; the hash is that of its start."
                            : "was changed while the run was under way; the hash is that of its start, and what was analysed may be either.",
                        remedy: "Run again with files that stay as they are."))
            }
        }
    }
}
