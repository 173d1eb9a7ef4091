import Evidence
import Formats
import Foundation
import Imaging

/// A run as one ZIP archive for a repository such as OSF: everything in its folder, a README, and `SHA256SUMS`.
///
/// The same folder gives the same bytes. Left out are hidden files, ledgers of interrupted tests, records of earlier runs and
/// what was set aside of them.
public struct RunBundle: Sendable {
    public let run: StoredRun

    public init(_ run: StoredRun) { self.run = run }

    /// `psychotherapy`: the folder within the archive, so that it unpacks into one place.
    var root: String { ModelFindings.folderName(run.record.result.project) }

    /// Files of the run, relative to its folder, sorted.
    public var files: [String] {
        guard let names = FileManager.default.enumerator(atPath: run.path) else { return [] }
        var files: [String] = []
        for case let name as String in names where Self.belongs(name) {
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: "\(run.path)/\(name)", isDirectory: &isFolder)
            if exists, !isFolder.boolValue { files.append(name) }
        }
        return files.sorted()
    }

    private static func belongs(_ name: String) -> Bool {
        let parts = name.split(separator: "/")
        if parts.contains(where: { $0.hasPrefix(".") }) { return false }
        guard let first = parts.first else { return false }
        if first.hasPrefix("previous-") || first.hasSuffix(".permutations.tsv") { return false }
        return !["run.partial.json", "run.previous.json"].contains(String(first))
    }

    /// Writes the archive.
    ///
    /// - Returns: how many files of the run are in it.
    /// - Throws: ``ReportingError`` where a file cannot be read, the archive would be too large, or it cannot be written.
    @discardableResult
    public func write(to path: String) throws(ReportingError) -> Int {
        var archive = ZipArchive()
        var sums = ""
        let files = files
        for name in files {
            let content = try StoredRun.read("\(run.path)/\(name)")
            sums += "\(ContentDigest.sha256(content))  \(name)\n"
            archive.add("\(root)/\(name)", content)
        }
        archive.add("\(root)/SHA256SUMS", Array(sums.utf8))
        archive.add("\(root)/README.txt", Array(readme.utf8))
        let bytes = try packed(archive, at: path)
        do throws(AtomicFile.Failure) {
            try AtomicFile.write(bytes, to: path)
        } catch {
            throw ReportingError(error)
        }
        return files.count
    }

    private func packed(_ archive: ZipArchive, at path: String) throws(ReportingError) -> [UInt8] {
        do throws(ZipArchive.TooLarge) {
            return try archive.bytes()
        } catch {
            throw ReportingError(
                path: path, reason: error.description, remedy: "Run with --lean, or without --bounds, for fewer files.")
        }
    }

    private var readme: String {
        let result = run.record.result
        let models = result.models.map { "  \($0.folder)/  \($0.question.isEmpty ? $0.name : $0.question)\n" }
        return """
            \(result.project)
            \(result.question)

            Results of a meta-analysis with Cuneus \(run.record.version).

            report.html   everything to look at, in a browser
            run.json      settings, seed, versions, SHA-256 of every input and output: what is needed to repeat it
            paper/        tables, text and references, where they were written
            \(models.joined(separator: ""))
            SHA256SUMS lists the files as they are here; check them with: sha256sum -c SHA256SUMS

            """
    }
}
