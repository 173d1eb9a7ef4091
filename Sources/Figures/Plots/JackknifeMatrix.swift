package import Appraisal

/// z of every finding without every experiment: who holds what up. A row per experiment, a column per finding; the darker a
/// cell, the more of the finding's z goes. Where the finding is lost its z is bold, in a frame.
package struct JackknifeMatrix {
    /// A finding: its number in the table, and its jackknife.
    package struct Column {
        let name: String
        let runs: JackknifeRuns

        package init(name: String, runs: JackknifeRuns) {
            self.name = name
            self.runs = runs
        }
    }

    let columns: [Column]
    let names: [String: String]
    let identifier: String

    /// - Parameters:
    ///   - columns: of one model, so that the same were left out of all.
    ///   - names: what is left out is called, by id; the id itself where there is none.
    package init(_ columns: [Column], names: [String: String] = [:], identifier: String) {
        self.columns = columns.filter { $0.runs.done > 0 }
        self.names = names
        self.identifier = identifier
    }

    private static let row = 17.0
    private static let cell = 54.0
    private static let left = 232.0
    private static let top = 46.0
    /// Rows beyond these are summed up in a line: they change least.
    package static let mostRows = 60
    /// Shares of |z| lost from which a cell is one step darker.
    private static let levels = [0.025, 0.1, 0.2, 0.35]

    /// Share of a finding's |z| that goes with a run: below zero where it grows.
    private static func loss(_ runs: JackknifeRuns, _ run: JackknifeRuns.Run) -> Double {
        let sign = runs.z < 0 ? -1.0 : 1.0
        return runs.z == 0 ? 0 : (abs(runs.z) - sign * run.z) / abs(runs.z)
    }

    private struct Row {
        var name: String
        /// One per column; nil where the finding's jackknife has none of that name.
        var runs: [JackknifeRuns.Run?]
        var worst: Double
    }

    /// What takes most from any finding comes first.
    private var rows: [Row] {
        var order: [String] = []
        var runs: [String: [JackknifeRuns.Run?]] = [:]
        for (n, column) in columns.enumerated() {
            for run in column.runs.runs {
                if runs[run.leftOut] == nil {
                    order.append(run.leftOut)
                    runs[run.leftOut] = columns.map { _ in nil }
                }
                runs[run.leftOut]?[n] = run
            }
        }
        let rows = order.map { name -> Row in
            let found = runs[name] ?? []
            let losses = zip(columns, found).compactMap { column, run -> Double? in
                guard let run, run.isEstimable else { return run == nil ? nil : .infinity }
                return Self.loss(column.runs, run)
            }
            return Row(name: name, runs: found, worst: losses.max() ?? 0)
        }
        return rows.sorted { ($1.worst, $0.name) < ($0.worst, $1.name) }
    }

    /// Nothing without a jackknife.
    package var html: HTML {
        guard !columns.isEmpty else { return HTML() }
        let rows = rows
        let shown = rows.prefix(Self.mostRows)
        let width = Self.left + Self.cell * Double(columns.count) + 8
        var plot = Plot()
        plot.text(0, 14, "Left out", .start, "head")
        plot.text(0, 33, "nothing", .start, "soft")
        for (n, column) in columns.enumerated() {
            plot.text(x(n) + Self.cell / 2, 14, Plot.shortened(column.name, to: 8), .middle, "head")
            plot.text(x(n) + Self.cell / 2, 33, EffectWords.fixed(column.runs.z), .middle, "soft")
        }
        plot.line(0, 20, width, 20, "axis")
        for (m, row) in shown.enumerated() {
            let y = Self.top + Self.row * Double(m)
            plot.text(0, y + 12, Plot.shortened(names[row.name] ?? row.name, to: 36))
            for (n, run) in row.runs.enumerated() { draw(run, columns[n].runs, x(n), y, &plot) }
        }
        var bottom = Self.top + Self.row * Double(shown.count) + 4
        if rows.count > shown.count {
            plot.text(0, bottom + 12, "and \(rows.count - shown.count) others, which take less", .start, "soft")
            bottom += 18
        }
        return plot.svg(width: max(width, 420), height: bottom, identifier: identifier, description: description)
    }

    private func x(_ column: Int) -> Double { Self.left + Self.cell * Double(column) }

    private func draw(_ run: JackknifeRuns.Run?, _ runs: JackknifeRuns, _ x: Double, _ y: Double, _ plot: inout Plot) {
        guard let run else { return }
        guard run.isEstimable else {
            plot.text(x + Self.cell / 2, y + 12, "–", .middle, "soft")
            return
        }
        let loss = Self.loss(runs, run)
        let level = Self.levels.count { loss >= $0 }
        plot.rectangle(x + 1, y + 1, Self.cell - 2, Self.row - 2, "heat h\(level)")
        if !run.isSignificant { plot.rectangle(x + 1, y + 1, Self.cell - 2, Self.row - 2, "lost-frame") }
        plot.text(
            x + Self.cell / 2, y + 12, EffectWords.fixed(run.z), .middle, run.isSignificant ? "" : "head")
    }

    private var description: String {
        let parts = columns.map { "\($0.name) stays in \($0.runs.kept) of \($0.runs.done) runs" }
        return "z of each finding when each \(columns.first?.runs.unit ?? "experiment") is left out: "
            + parts.joined(separator: ", ") + "."
    }
}
