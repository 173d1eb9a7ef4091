import Evidence
import Figures

/// A table of a page: caption, header cells with scope, the first cell of a row as its header.
struct HTMLTable {
    struct Column {
        var title: String
        var style: String?

        /// - Parameters:
        ///   - number: set to the right, in figures of equal width.
        ///   - unbroken: its cells stay on one line.
        ///   - wide: names of places, that would else break into many short lines.
        init(_ title: String, number: Bool = false, unbroken: Bool = false, wide: Bool = false) {
            self.title = title
            style = number ? "n" : unbroken ? "nowrap" : wide ? "wide" : nil
        }
    }

    var caption: String
    var columns: [Column]
    var rows: [[HTML]]
    /// Whether the page's script lets readers sort it. Without the script it stays as it is.
    var isSortable = true
    /// Where in the brain each row is, for the viewer; as many as rows, or none.
    var places: [Place] = []

    init(caption: String, columns: [Column], rows: [[HTML]], isSortable: Bool = true) {
        self.caption = caption
        self.columns = columns
        self.rows = rows
        self.isSortable = isSortable
    }

    /// A place of a model (folder name), MNI mm.
    struct Place {
        var model: String
        var coordinate: SIMD3<Double>

        var attributes: [(String, String?)] {
            zip(["x", "y", "z"], 0..<3).map { ("data-\($0)", NumberText.hundredths(coordinate[$1])) } + [
                ("data-model", model)
            ]
        }
    }

    var html: HTML {
        let head = columns.map { HTML.element("th", [("scope", "col"), ("class", $0.style)], $0.title) }
        let body = rows.enumerated().map { number, row in
            let cells = zip(columns, row).enumerated().map { n, pair in
                let attributes: [(String, String?)] = [("class", pair.0.style)]
                return n == 0
                    ? HTML.element("th", [("scope", "row")] + attributes, pair.1)
                    : HTML.element("td", attributes, pair.1)
            }
            let place = number < places.count ? places[number].attributes : []
            return HTML.element("tr", place, cells.joined(""))
        }
        let table = HTML.element(
            "table", isSortable && rows.count > 1 ? [("class", "sortable")] : [],
            HTML.element("caption", [], caption)
                + HTML.element("thead", [], HTML.element("tr", [], head.joined("")))
                + HTML.element("tbody", [], body.joined()))
        // A wide table scrolls by itself; the group is named (no landmark: there are many) and can be reached with the keyboard.
        return HTML.element(
            "div", [("class", "table"), ("role", "group"), ("aria-label", caption), ("tabindex", "0")], table)
    }
}
