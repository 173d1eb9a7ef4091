import Evidence

/// A table as it goes into a paper, whatever it is written as.
public struct PaperTable: Hashable, Sendable {
    public struct Column: Hashable, Sendable {
        public var heading: String
        /// Set to the right; numbers in a workbook.
        public var isNumeric: Bool

        public init(_ heading: String, isNumeric: Bool = false) {
            self.heading = heading
            self.isNumeric = isNumeric
        }
    }

    /// Of its files, without ending; letters, digits, `-`, `_` and `.`.
    public var name: String
    public var title: String
    public var columns: [Column]
    /// As many cells as columns; "" where there is no value.
    public var rows: [[String]]
    /// Below the table.
    public var notes: [String]

    public init(name: String, title: String, columns: [Column], rows: [[String]], notes: [String] = []) {
        self.name = name
        self.title = title
        self.columns = columns
        self.rows = rows.map { row in columns.indices.map { $0 < row.count ? row[$0] : "" } }
        self.notes = notes
    }

    /// GitHub's dialect: pipes in cells are escaped, the title stands above in bold.
    public var markdown: String {
        func line(_ cells: [String]) -> String { "| " + cells.map(Self.inMarkdown).joined(separator: " | ") + " |\n" }
        var text = "**\(Self.inMarkdown(title))**\n\n" + line(columns.map(\.heading))
        text += "|" + columns.map { $0.isNumeric ? "---:|" : "---|" }.joined() + "\n"
        text += rows.map(line).joined()
        for note in notes { text += "\n\(Self.inMarkdown(note))\n" }
        return text
    }

    /// Characters that Markdown takes for marks, and `|` and line breaks, which would end a cell.
    static func inMarkdown(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "|", "\\", "*", "_", "`", "<", "[", "]": result += "\\\(scalar)"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A `table` with the rules of `booktabs`; longer than a page, a `longtable`.
    public var laTeX: String {
        let format = columns.indices.map(laTeXColumn).joined()
        let head = Self.laTeXRow(columns.map(\.heading))
        let body = rows.map(Self.laTeXRow).joined()
        let caption = "\\caption{\(LaTeXText.escaped(title))}\\label{tab:\(name)}"
        let below = notes.map { LaTeXText.escaped($0) }.joined(separator: " ")
        guard rows.count > Self.longest else {
            let note = below.isEmpty ? "" : "\n\\par\\smallskip\\footnotesize \(below)"
            return """
                % \\usepackage{booktabs,amssymb}
                \\begin{table}
                \\centering\\small
                \(caption)
                \\begin{tabular}{\(format)}
                \\toprule
                \(head)\\midrule
                \(body)\\bottomrule
                \\end{tabular}\(note)
                \\end{table}

                """
        }
        let note = below.isEmpty ? "" : "\n{\\footnotesize \(below)\\par}"
        return """
            % \\usepackage{booktabs,longtable,amssymb}
            {\\small
            \\begin{longtable}{\(format)}
            \(caption) \\\\
            \\toprule
            \(head)\\midrule
            \\endfirsthead
            \\toprule
            \(head)\\midrule
            \\endhead
            \\bottomrule
            \\endfoot
            \(body)\\end{longtable}}\(note)

            """
    }

    /// Long texts break over lines, or the table would not fit the page.
    private func laTeXColumn(_ index: Int) -> String {
        if columns[index].isNumeric { return "r" }
        let longest = rows.map(\.[index].count).max() ?? 0
        return longest > 60 ? "p{5cm}" : longest > 30 ? "p{3cm}" : "l"
    }

    private static func laTeXRow(_ cells: [String]) -> String {
        let text = cells.map(LaTeXText.escaped).joined(separator: " & ")
        // The end of the row above and the rules would take a star or a bracket for an argument of theirs.
        let isArgument = text.hasPrefix("[") || text.hasPrefix("*")
        return (isArgument ? "{}" : "") + text + " \\\\\n"
    }

    /// Rows that fit a page.
    private static let longest = 35

    /// Tab separated, as the tables of a run.
    public var tsv: String { TextTable(header: columns.map(\.heading), rows: rows).text }
}
