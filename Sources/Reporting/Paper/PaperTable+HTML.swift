import Figures

extension PaperTable {
    /// A page of its own, to be opened and copied into a word processor: three rules, numbers to the right, no script.
    public var page: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <title>\(HTML.escape(title))</title>
        <style>
        body { font: 15px/1.4 serif; margin: 2em; color: #000; background: #fff; }
        table { border-collapse: collapse; border-top: 1.5px solid; border-bottom: 1.5px solid; }
        caption { text-align: left; padding-bottom: .5em; }
        th { border-bottom: 1px solid; text-align: left; vertical-align: bottom; }
        th, td { padding: .15em .7em; vertical-align: top; }
        .n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
        p { font-size: 13px; max-width: 60em; }
        </style>
        </head>
        <body>
        \(element.source)
        </body>
        </html>

        """
    }

    /// The table with its notes.
    var element: HTML {
        func cells(_ tag: String, _ texts: [String]) -> HTML {
            let all = zip(columns, texts).map { column, text in
                HTML.element(tag, [("class", column.isNumeric ? "n" : nil)], text)
            }
            return HTML.element("tr", [], all.joined(""))
        }
        let head = HTML.element("thead", [], cells("th", columns.map(\.heading)))
        let body = HTML.element("tbody", [], rows.map { cells("td", $0) }.joined())
        let table = HTML.element("table", [], HTML.element("caption", [], title) + head + body)
        return table + notes.map { HTML.element("p", [], $0) }.joined("")
    }
}
