import ArgumentParser
import Cuneus
import Foundation

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Tables and text for a paper from a run, an archive of it, or what changed between two.",
        discussion: """
            Works from the folder that cuneus run wrote; nothing is computed again.

            --tables writes RUN/paper/: clusters, studies and methods side by side as .tsv, .md, .tex (booktabs), .html and
            tables.xlsx; text.md with results, methods and a supplement; references as .txt, .bib and .ris; the checklist
            of neuroimaging meta-analyses; and the PRISMA flow where the plan has counts (prisma.svg, prisma.txt).

            --bundle writes one ZIP with the whole run, a README and SHA256SUMS, for a repository such as OSF. The same
            folder gives the same bytes.

            Two runs print what changed: program, input, settings, experiments, clusters and their numbers; --out writes it
            as a page.

            Examples:
              cuneus report cuneus-out/psychotherapy --tables
              cuneus report cuneus-out/psychotherapy --tables \\
                --bundle --out psychotherapy.zip
              cuneus report cuneus-out/before cuneus-out/after --out changes.html
            """)

    @Argument(
        help: ArgumentHelp("Folder of a run; two to compare them.", valueName: "run"), completion: .directory)
    var runs: [String]

    @Flag(help: "Write tables, text and references into RUN/paper.")
    var tables = false

    @Flag(help: "Write the run as a ZIP archive with checksums.")
    var bundle = false

    @Option(
        help: ArgumentHelp(
            "File of the archive (default: RUN.zip), or of the page with what changed.", valueName: "file"))
    var out: String?

    func validate() throws {
        guard (1...2).contains(runs.count) else { throw ValidationError("Name one run, or two to compare them.") }
        if runs.count == 2, tables || bundle {
            throw ValidationError("--tables and --bundle are of one run; two runs are compared.")
        }
        if runs.count == 1, !tables, !bundle {
            throw ValidationError("Say what to make of the run: --tables or --bundle; or name a second run.")
        }
        if runs.count == 1, out != nil, !bundle {
            throw ValidationError("--out names an archive or a page; --tables writes into RUN/paper.")
        }
    }

    func run() throws {
        let opened = try runs.map { try StoredRun($0) }
        guard let first = opened.first else { return }
        if opened.count == 2 { return try compare(first, opened[1]) }
        if tables {
            let folder = PaperFolder(first)
            let files = try folder.write()
            if first.record.result.words == nil {
                Failure.complain(
                    "note: this run is of a version that kept no words; methods and references are in its report only.")
            }
            try StandardOutput.print("Wrote \(files.count) files to \(folder.path)")
        }
        if bundle {
            let path = out ?? "\(first.path).zip"
            let count = try RunBundle(first).write(to: path)
            try StandardOutput.print("Wrote \(path): \(count) files of the run, README.txt and SHA256SUMS")
        }
    }

    private func compare(_ first: StoredRun, _ second: StoredRun) throws {
        let difference = try RunDifference(first, second)
        try StandardOutput.print(difference.text)
        guard let out else { return }
        try AtomicFile.write(Array(difference.page.utf8), to: out)
        try StandardOutput.print("\nPage: \(out)")
    }
}
