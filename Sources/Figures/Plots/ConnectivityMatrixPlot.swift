/// Pooled effects of pairs of regions as a matrix: colour by sign and size, a frame where the corrected test passes.
package struct ConnectivityMatrixPlot: Sendable {
    package struct Cell: Sendable {
        package var row: Int
        package var column: Int
        package var value: Double
        package var isSignificant: Bool

        package init(row: Int, column: Int, value: Double, isSignificant: Bool) {
            self.row = row
            self.column = column
            self.value = value
            self.isSignificant = isSignificant
        }
    }

    let regions: [String]
    let cells: [Cell]
    let unit: String
    let identifier: String

    /// - Parameters:
    ///   - cells: one for each pair that was measured; the matrix is symmetric.
    ///   - unit: of the values, such as `Fisher's z`.
    package init(regions: [String], cells: [Cell], unit: String, identifier: String) {
        self.regions = regions
        self.cells = cells.filter { regions.indices.contains($0.row) && regions.indices.contains($0.column) }
        self.unit = unit
        self.identifier = identifier
    }

    package var html: HTML {
        guard !regions.isEmpty, !cells.isEmpty else { return HTML() }
        let count = Double(regions.count)
        let size = max(14.0, min(48.0, 520 / count))
        let names = 170.0
        let top = 16.0
        let most = cells.map { abs($0.value) }.filter(\.isFinite).max() ?? 1
        var plot = Plot()
        for (n, region) in regions.enumerated() {
            plot.text(names - 6, top + size * (Double(n) + 0.5) + 4, Plot.shortened(region, to: 27), .end)
            plot.text(
                names + size * (Double(n) + 0.5), top + size * count + 14, "\(n + 1)", .middle, "soft")
            plot.text(names + size * count + 6, top + size * (Double(n) + 0.5) + 4, "\(n + 1)", .start, "soft")
        }
        plot.rectangle(names, top, size * count, size * count, "frame")
        for cell in cells {
            for (i, j) in cell.row == cell.column
                ? [(cell.row, cell.column)] : [(cell.row, cell.column), (cell.column, cell.row)]
            {
                let (x, y) = (names + size * Double(j), top + size * Double(i))
                let step = min(4, max(0, Int(exactly: (5 * abs(cell.value) / max(most, 1e-12)).rounded(.down)) ?? 0))
                plot.rectangle(x, y, size, size, "\(cell.value < 0 ? "cool" : "heat") h\(step)")
                if cell.isSignificant { plot.rectangle(x + 1, y + 1, size - 2, size - 2, "lost-frame") }
                if size >= 30 {
                    plot.text(x + size / 2, y + size / 2 + 4, PrettyNumber.fixed(cell.value, 2), .middle)
                }
            }
        }
        let height = top + size * count + 46
        plot.text(
            0, height - 8, "\(unit); orange above zero, blue below; framed: passes the corrected test", .start,
            "soft")
        return plot.svg(
            width: max(names + size * count + 40, 560), height: height, identifier: identifier, description: description
        )
    }

    private var description: String {
        "Matrix of \(PrettyNumber.plural(regions.count, "region")): \(PrettyNumber.plural(cells.count, "pair")) pooled, "
            + "\(cells.count { $0.isSignificant }) pass the corrected test."
    }
}
