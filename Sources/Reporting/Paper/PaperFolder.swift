import Evidence
import Figures
import Foundation
import Imaging

/// Writes what goes into a paper beside a run: `paper/` in its folder.
public struct PaperFolder: Sendable {
    /// Of the folder, within that of the run.
    static let name = "paper"

    public let run: StoredRun

    public init(_ run: StoredRun) { self.run = run }

    /// Where it is.
    public var path: String { "\(run.path)/\(Self.name)" }

    /// Writes all of it; files of the same names are replaced, others stay.
    ///
    /// - Returns: names of the files, relative to ``path``.
    /// - Throws: ``ReportingError`` where a table cannot be read or a file cannot be written.
    @discardableResult
    public func write() throws(ReportingError) -> [String] {
        let files = try contents()
        try OutputPlace.make(path)
        for (name, bytes) in files {
            do throws(AtomicFile.Failure) {
                try AtomicFile.write(bytes, to: "\(path)/\(name)")
            } catch {
                throw ReportingError(error)
            }
        }
        return files.map(\.name)
    }

    /// The files, by name.
    public func contents() throws(ReportingError) -> [(name: String, bytes: [UInt8])] {
        var files: [(name: String, bytes: [UInt8])] = []
        func add(_ name: String, _ text: String) { files.append((name, Array(text.utf8))) }
        let tables = try PaperTables(run).all() + [Checklist(run).table]
        for table in tables {
            add("\(table.name).tsv", table.tsv)
            add("\(table.name).md", table.markdown)
            add("\(table.name).tex", table.laTeX)
            add("\(table.name).html", table.page)
        }
        do throws(ZipArchive.TooLarge) {
            files.append(("tables.xlsx", try Workbook(tables).bytes()))
        } catch {
            throw ReportingError(path: "\(path)/tables.xlsx", reason: error.description)
        }
        add("text.md", try text())
        if let words = run.record.result.words {
            let references = Bibliography(words.references)
            add("references.txt", references.text)
            add("references.bib", references.bibTeX)
            add("references.ris", references.ris)
            if let flow = words.prisma {
                add("prisma.svg", PrismaDrawing(flow).svg)
                add("prisma.txt", PrismaDrawing(flow).text)
            }
        }
        return files
    }

    /// Results, methods, supplement and references under headings.
    private func text() throws(ReportingError) -> String {
        let words = run.record.result.words
        let sections: [(String, String)] = [
            ("Results", try ResultsParagraph(run).text()),
            ("Methods", words?.methods ?? "This run is of a version that kept no words: its report has them."),
            ("Supplement: details of the methods", words?.supplement ?? ""),
            ("References", words.map { Bibliography($0.references).text } ?? ""),
        ]
        let written = sections.filter { !$0.1.isEmpty }.map { "## \($0.0)\n\n\($0.1)\n" }
        return "# \(run.record.result.project)\n\n" + written.joined(separator: "\n")
    }
}
