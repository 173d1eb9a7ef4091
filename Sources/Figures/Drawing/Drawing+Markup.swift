import Foundation

extension Drawing {
    /// Markup that no figure of ours has.
    package struct MarkupError: Error, Hashable, Sendable, CustomStringConvertible {
        package var found: String
        package var description: String { "a figure's markup has \(found), which cannot be drawn" }
    }

    /// A plot as it stands in the report, read back from its SVG: ``Plot`` writes a small part of the language, and this
    /// reads just that part, so that every plot is a file without being drawn twice.
    package init(_ markup: HTML, style: StyleSheet) throws(MarkupError) {
        let tokens = Tokens(markup.source)
        guard let box = tokens.all.first(where: { $0.tag == "svg" })?.attributes["viewBox"]?.split(separator: " "),
            box.count == 4, let width = Double(box[2]), let height = Double(box[3])
        else { throw MarkupError(found: "no size") }
        self.init(width: width, height: height, description: "")
        paper = style.theme.paper
        for token in tokens.all {
            switch token.tag {
            case "svg", "g": continue
            case "title": description = token.content
            default: add(try Self.shape(token, style), try Self.paint(token, style))
            }
        }
    }

    private static func paint(_ token: Token, _ style: StyleSheet) throws(MarkupError) -> Paint {
        var paint = style.paint(tag: token.tag, classes: token.classes)
        if token.tag == "line" || token.tag == "path" { paint.fill = nil }
        return paint
    }

    private static func shape(_ token: Token, _ style: StyleSheet) throws(MarkupError) -> Shape {
        func value(_ name: String) -> Double { token.attributes[name].flatMap { Double($0) } ?? 0 }
        func points(_ text: String) -> [Point] {
            let numbers = text.split(whereSeparator: { " ,".contains($0) }).compactMap { Double($0) }
            return stride(from: 0, to: numbers.count - 1, by: 2).map { [numbers[$0], numbers[$0 + 1]] }
        }
        switch token.tag {
        case "line": return .curve([[value("x1"), value("y1")], [value("x2"), value("y2")]])
        case "rect":
            let (x, y, width, height) = (value("x"), value("y"), value("width"), value("height"))
            return .polygon([[x, y], [x + width, y], [x + width, y + height], [x, y + height]])
        case "circle": return .circle([value("cx"), value("cy")], radius: value("r"))
        case "polygon": return .polygon(points(token.attributes["points"] ?? ""))
        case "polyline": return .curve(points(token.attributes["points"] ?? ""))
        case "path":
            // `M x y h0` again and again: dots.
            let path = token.attributes["d"] ?? ""
            let marks = path.components(separatedBy: "M").filter { !$0.isEmpty }
            guard marks.allSatisfy({ $0.hasSuffix("h0") }) else {
                throw MarkupError(found: "the path \(path.prefix(40))")
            }
            return .dots(marks.flatMap { points(String($0.dropLast(2))) })
        case "text": return .text(text(token, style))
        default: throw MarkupError(found: "<\(token.tag)>")
        }
    }

    private static func text(_ token: Token, _ style: StyleSheet) -> Text {
        var text = Text(
            content: token.content,
            at: [Double(token.attributes["x"] ?? "") ?? 0, Double(token.attributes["y"] ?? "") ?? 0],
            size: style.letterSize(classes: token.classes), isBold: style.isBold(classes: token.classes),
            anchor: Text.Anchor(rawValue: token.attributes["text-anchor"] ?? "start") ?? .start)
        if let transform = token.attributes["transform"] {
            let numbers = transform.split(whereSeparator: { !"0123456789.-".contains($0) }).compactMap { Double($0) }
            if numbers.count >= 2 { text.at = [numbers[0], numbers[1]] }
            text.isUpright = transform.contains("rotate(-90)")
        }
        return text
    }

    /// An element with its attributes, and its text where it has some.
    private struct Token {
        var tag: String
        var attributes: [String: String]
        var content: String

        var classes: [String] { (attributes["class"] ?? "").split(separator: " ").map(String.init) }
    }

    private struct Tokens {
        var all: [Token] = []

        init(_ source: String) {
            // An element is `<tag attributes>` or `<tag attributes/>`, then text up to the next `<`.
            for piece in source.components(separatedBy: "<").dropFirst() where !piece.hasPrefix("/") {
                guard let end = piece.firstIndex(of: ">") else { continue }
                let head = piece[..<end]
                let tag = head.prefix { !$0.isWhitespace && $0 != "/" }
                let content = piece[piece.index(after: end)...]
                all.append(
                    Token(
                        tag: String(tag), attributes: Self.attributes(String(head.dropFirst(tag.count))),
                        content: Self.plain(String(content))))
            }
        }

        private static func attributes(_ text: String) -> [String: String] {
            let parts = text.components(separatedBy: "\"")
            var found: [String: String] = [:]
            for n in stride(from: 0, to: parts.count - 1, by: 2) {
                let name = parts[n].trimmingCharacters(in: CharacterSet(charactersIn: " \n\t=/"))
                found[name] = plain(parts[n + 1])
            }
            return found
        }

        /// The five characters that ``HTML/escape(_:)`` replaces.
        private static func plain(_ text: String) -> String {
            var text = text
            for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
            {
                text = text.replacingOccurrences(of: entity, with: character)
            }
            return text
        }
    }
}
