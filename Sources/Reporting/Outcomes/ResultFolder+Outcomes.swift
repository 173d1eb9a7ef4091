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

    /// Writes everything that `cuneus pool` makes: a folder per outcome, the page, and `run.json` last.
    ///
    /// - Throws: ``ReportingError``; `CancellationError` when the task is cancelled, which leaves whole files and no
    ///   `run.json`.
    public func write(_ run: OutcomeRun) throws -> RunRecord {
        try begin(run.machine)
        var outcomes: [RunRecord.Outcome] = []
        for (finding, folder) in zip(run.findings, Self.outcomeFolders(run.findings.map(\.name))) {
            outcomes.append(try write(finding, folder: folder))
        }
        if let moved = try setAside(except: outcomes.flatMap { $0.files.map(\.path) }, folders: outcomes.map(\.folder))
        {
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
        record.machine.finish()
        try Task.checkCancellation()
        try finish(reportHTML: OutcomePage(run, record: record).html, record: record)
        return record
    }
}
