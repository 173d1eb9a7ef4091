import Evidence
import Figures
import Foundation
public import Synthesis

/// The folders of outcomes in a run: `outcomes/<name>/` with tables and `figures/`.
extension ResultFolder {
    static let outcomesName = "outcomes"

    /// One folder per outcome, below ``outcomesName``.
    public static func outcomeFolders(_ names: [String]) -> [String] {
        ModelFindings.folderNames(names).map { "\(outcomesName)/\($0)" }
    }

    /// Writes an outcome's tables and figures.
    ///
    /// - Parameter folder: from ``outcomeFolders(_:)``.
    public func write(_ finding: OutcomeFinding, folder: String) throws -> RunRecord.Outcome {
        try Self.makeFolder("\(path)/\(folder)/figures")
        var files: [ContentHash] = []
        for (name, table) in OutcomeTables(finding).all {
            try Task.checkCancellation()
            try write(text: table.text, to: "\(folder)/\(name)")
            files.append(try ContentHash(of: "\(folder)/\(name)", at: "\(path)/\(folder)/\(name)"))
        }
        let style = StyleSheet(css: ReportStyle.css, figure: "plot", theme: .light)
        for (name, plot) in OutcomeFigures(finding, identifier: "figure").all {
            try Task.checkCancellation()
            let drawing = try Drawing(plot, style: style)
            let file = "\(folder)/figures/\(name).svg"
            let bytes = try FigureFile(drawing, software: "Cuneus \(CuneusVersion.text)").bytes(.svg)
            try write(content: bytes, to: file)
            files.append(try ContentHash(of: file, at: "\(path)/\(file)"))
        }
        return RunRecord.Outcome(finding, folder: folder, files: files)
    }

    /// Writes the tables of outcomes in one model.
    func write(_ together: OutcomesTogether, folder: String) throws -> RunRecord.Together {
        try Self.makeFolder("\(path)/\(folder)")
        var files: [ContentHash] = []
        for (name, table) in TogetherTables(together).all {
            try write(text: table.text, to: "\(folder)/\(name)")
            files.append(try ContentHash(of: "\(folder)/\(name)", at: "\(path)/\(folder)/\(name)"))
        }
        return RunRecord.Together(together, folder: folder, files: files)
    }

    /// Outcomes that were written, and sets of them.
    struct WrittenOutcomes {
        var outcomes: [RunRecord.Outcome] = []
        var together: [RunRecord.Together] = []

        var files: [ContentHash] { outcomes.flatMap(\.files) + together.flatMap(\.files) }
        var folders: [String] { outcomes.map(\.folder) + together.map(\.folder) }

        /// Into the record of a run; nothing where there are none.
        func add(to result: inout RunRecord.Result) {
            if !outcomes.isEmpty { result.outcomes = outcomes }
            if !together.isEmpty { result.together = together }
        }
    }

    /// Writes a folder for each outcome and for each set, the same for `cuneus pool` and `cuneus run`.
    func write(_ findings: [OutcomeFinding], together sets: [OutcomesTogether]) throws -> WrittenOutcomes {
        let folders = Self.outcomeFolders(findings.map(\.name) + sets.map(\.name))
        var written = WrittenOutcomes()
        for (finding, folder) in zip(findings, folders) {
            written.outcomes.append(try write(finding, folder: folder))
        }
        for (together, folder) in zip(sets, folders.dropFirst(findings.count)) {
            written.together.append(try write(together, folder: folder))
        }
        return written
    }

    /// Writes everything that `cuneus pool` makes: a folder per outcome, the page, and `run.json` last.
    ///
    /// - Throws: ``ReportingError``; `CancellationError` when the task is cancelled, which leaves whole files and no
    ///   `run.json`.
    public func write(_ run: OutcomeRun) throws -> RunRecord {
        try begin(run.machine)
        let written = try write(run.findings, together: run.together)
        if let moved = try setAside(except: written.files.map(\.path), folders: written.folders) {
            tell(
                "note: \(PrettyNumber.plural(moved.count, "file")) of an earlier run, which this one did not write, "
                    + "\(moved.count == 1 ? "is" : "are") now in \(path)/\(moved.folder).")
        }
        var record = RunRecord(
            result: RunRecord.Result(
                project: run.name, question: run.question, inputFormat: "outcomes", inputs: run.inputs, planSHA256: nil,
                commandLineSettings: run.options, models: [], notices: run.notices),
            machine: run.machine)
        written.add(to: &record.result)
        record.result.words = PaperWords(run)
        record.machine.finish()
        try Task.checkCancellation()
        try finish(reportHTML: OutcomePage(run, record: record).html, record: record)
        return record
    }
}
