/// A piece of a page. Text from outside enters only through ``text(_:)`` or an attribute, which escape it.
struct HTML: Hashable, Sendable {
    private(set) var source: String

    /// Trusted markup, written by us.
    init(raw: String) { source = raw }

    init() { source = "" }

    static func text(_ text: String) -> HTML { HTML(raw: escape(text)) }

    /// The five characters that could end a text or an attribute; control characters that XML forbids are dropped.
    static func escape(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: continue
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// `<tag name="value">…</tag>`; attributes in the order given, nil ones left out.
    static func element(_ tag: String, _ attributes: [(String, String?)] = [], _ content: HTML) -> HTML {
        HTML(raw: "\(open(tag, attributes))\(content.source)</\(tag)>")
    }

    static func element(_ tag: String, _ attributes: [(String, String?)] = [], _ text: String) -> HTML {
        element(tag, attributes, HTML.text(text))
    }

    static func open(_ tag: String, _ attributes: [(String, String?)]) -> String {
        let written = attributes.compactMap { name, value in value.map { " \(name)=\"\(escape($0))\"" } }
        return "<\(tag)\(written.joined())>"
    }

    static func link(_ address: String, _ text: String) -> HTML {
        element("a", [("href", address)], text)
    }

    static func + (a: HTML, b: HTML) -> HTML { HTML(raw: a.source + b.source) }

    static func += (a: inout HTML, b: HTML) { a.source += b.source }
}

extension Sequence<HTML> {
    func joined(_ separator: String = "\n") -> HTML { HTML(raw: map(\.source).joined(separator: separator)) }
}

/// A table of a page: caption, header cells with scope, the first cell of a row as its header.
struct HTMLTable {
    struct Column {
        var title: String
        var isNumber = false

        init(_ title: String, number: Bool = false) {
            self.title = title
            isNumber = number
        }
    }

    var caption: String
    var columns: [Column]
    var rows: [[HTML]]

    var html: HTML {
        let head = columns.map { HTML.element("th", [("scope", "col"), ("class", $0.isNumber ? "n" : nil)], $0.title) }
        let body = rows.map { row in
            let cells = zip(columns, row).enumerated().map { n, pair in
                let attributes: [(String, String?)] = [("class", pair.0.isNumber ? "n" : nil)]
                return n == 0
                    ? HTML.element("th", [("scope", "row")] + attributes, pair.1)
                    : HTML.element("td", attributes, pair.1)
            }
            return HTML.element("tr", [], cells.joined(""))
        }
        let table = HTML.element(
            "table", [],
            HTML.element("caption", [], caption)
                + HTML.element("thead", [], HTML.element("tr", [], head.joined("")))
                + HTML.element("tbody", [], body.joined()))
        // A wide table scrolls by itself; the region is named and can be reached with the keyboard.
        return HTML.element(
            "div", [("class", "table"), ("role", "region"), ("aria-label", caption), ("tabindex", "0")], table)
    }
}
