/// A piece of a page. Text from outside enters only through ``text(_:)`` or an attribute, which escape it.
package struct HTML: Hashable, Sendable {
    package private(set) var source: String

    /// Trusted markup, written by us.
    package init(raw: String) { source = raw }

    package init() { source = "" }

    package static func text(_ text: String) -> HTML { HTML(raw: escape(text)) }

    /// The five characters that could end a text or an attribute; control characters that XML forbids are dropped.
    package static func escape(_ text: String) -> String {
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
    package static func element(_ tag: String, _ attributes: [(String, String?)] = [], _ content: HTML) -> HTML {
        HTML(raw: "\(open(tag, attributes))\(content.source)</\(tag)>")
    }

    package static func element(_ tag: String, _ attributes: [(String, String?)] = [], _ text: String) -> HTML {
        element(tag, attributes, HTML.text(text))
    }

    package static func open(_ tag: String, _ attributes: [(String, String?)]) -> String {
        let written = attributes.compactMap { name, value in value.map { " \(name)=\"\(escape($0))\"" } }
        return "<\(tag)\(written.joined())>"
    }

    package static func link(_ address: String, _ text: String) -> HTML {
        element("a", [("href", address)], text)
    }

    package static func + (a: HTML, b: HTML) -> HTML { HTML(raw: a.source + b.source) }

    package static func += (a: inout HTML, b: HTML) { a.source += b.source }
}

extension Sequence<HTML> {
    package func joined(_ separator: String = "\n") -> HTML { HTML(raw: map(\.source).joined(separator: separator)) }
}
