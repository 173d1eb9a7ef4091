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

    /// Writes everything that `cuneus pool` makes: a folder per outcome, the page, and `run.json` last.
    ///
    /// - Throws: ``ReportingError``; `CancellationError` when the task is cancelled, which leaves whole files and no
    ///   `run.json`.
    public func write(_ run: OutcomeRun) throws -> RunRecord {
        try begin(run.machine)
        var outcomes: [RunRecord.Outcome] = []
        let names = run.findings.map(\.name) + (run.together == nil ? [] : ["together"])
        let folders = Self.outcomeFolders(names)
        for (finding, folder) in zip(run.findings, folders) {
            outcomes.append(try write(finding, folder: folder))
        }
        let together = try run.together.map { try write($0, folder: folders[folders.count - 1]) }
        let files = outcomes.flatMap(\.files) + (together?.files ?? [])
        if let moved = try setAside(except: files.map(\.path), folders: folders) {
            tell(
                "note: \(PrettyNumber.plural(moved.count, "file")) of an earlier run, which this one did not write, "
                    + "\(moved.count == 1 ? "is" : "are") now in \(path)/\(moved.folder).")
        }
        var record = RunRecord(
            result: RunRecord.Result(
                project: run.name, question: run.question, inputFormat: "outcomes", inputs: run.inputs, planSHA256: nil,
                commandLineSettings: run.options, models: [], notices: run.notices),
            machine: run.machine)
        record.result.outcomes = outcomes
        record.result.together = together
        record.machine.finish()
        try Task.checkCancellation()
        try finish(reportHTML: OutcomePage(run, record: record).html, record: record)
        return record
    }
}
