import Foundation

/// The part of a page's style sheet that colours a kind of figure, so that a figure in a file looks as in the report.
///
/// Reads what our own style sheet uses: custom properties of `:root`, light and dark, and rules of the form
/// `svg.plot .mark.open { fill: …; }`. A later rule wins over an earlier one, as all of ours weigh the same.
package struct StyleSheet: Sendable {
    private struct Rule {
        /// A tag name; nil for all.
        var tag: String?
        var classes: Set<String>
        var declarations: [(name: String, value: String)]
    }

    private let rules: [Rule]
    private let variables: [String: String]
    package let theme: FigureTheme

    /// - Parameters:
    ///   - css: the page's style sheet.
    ///   - figure: class of the `svg` elements that the rules are for, such as `plot`.
    package init(css: String, figure: String, theme: FigureTheme) {
        var variables: [String: String] = [:]
        var rules: [Rule] = []
        // Of a media query: whether it is for dark screens; nil outside.
        var query: Bool?
        for block in css.components(separatedBy: "}") {
            guard let brace = block.lastIndex(of: "{") else {
                // A brace that closes nothing of its own ends the media query.
                query = nil
                continue
            }
            var head = String(block[..<brace])
            if let media = head.lastIndex(of: "{") {
                query = head.contains("prefers-color-scheme: dark")
                head = String(head[head.index(after: media)...])
            }
            let declarations = Self.declarations(String(block[block.index(after: brace)...]))
            for selector in head.components(separatedBy: ",") {
                let words = selector.split(whereSeparator: \.isWhitespace).map(String.init)
                if words == [":root"], query == nil || (query == true && theme == .dark) {
                    for (name, value) in declarations { variables[name] = value }
                } else if query == nil, words.count == 2, words[0] == "svg.\(figure)" {
                    let parts = words[1].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
                    rules.append(
                        Rule(
                            tag: parts[0].isEmpty ? nil : parts[0], classes: Set(parts.dropFirst()),
                            declarations: declarations))
                }
            }
        }
        self.variables = variables
        self.rules = rules
        self.theme = theme
    }

    private static func declarations(_ text: String) -> [(name: String, value: String)] {
        text.components(separatedBy: ";").compactMap { part in
            guard let colon = part.firstIndex(of: ":") else { return nil }
            let name = part[..<colon].trimmingCharacters(in: .whitespacesAndNewlines)
            return (name, part[part.index(after: colon)...].trimmingCharacters(in: .whitespacesAndNewlines))
        }
    }

    /// What the sheet says of an element, by property.
    package func properties(tag: String, classes: [String]) -> [String: String] {
        let present = Set(classes)
        var found: [String: String] = [:]
        for rule in rules where rule.tag == nil || rule.tag == tag {
            guard rule.classes.isSubset(of: present) else { continue }
            for (name, value) in rule.declarations { found[name] = value }
        }
        return found
    }

    /// How an element is painted: the defaults of SVG where the sheet says nothing.
    package func paint(tag: String, classes: [String]) -> Drawing.Paint {
        let said = properties(tag: tag, classes: classes)
        var paint = Drawing.Paint(fill: theme.ink)
        if let fill = said["fill"] { paint.fill = colour(fill) }
        if let stroke = said["stroke"] { paint.stroke = colour(stroke) }
        paint.strokeWidth = number(said["stroke-width"]) ?? 1
        paint.dash = (said["stroke-dasharray"] ?? "").split(whereSeparator: { " ,".contains($0) }).compactMap {
            Double($0)
        }
        let opacity = number(said["opacity"]) ?? 1
        paint.fillOpacity = opacity * (number(said["fill-opacity"]) ?? 1)
        paint.strokeOpacity = opacity * (number(said["stroke-opacity"]) ?? 1)
        return paint
    }

    package func letterSize(classes: [String]) -> Double {
        number(properties(tag: "text", classes: classes)["font-size"]) ?? 11
    }

    package func isBold(classes: [String]) -> Bool {
        (number(properties(tag: "text", classes: classes)["font-weight"]) ?? 400) >= 600
    }

    private func number(_ text: String?) -> Double? {
        text.flatMap { Double($0.hasSuffix("px") ? String($0.dropLast(2)) : $0) }
    }

    /// nil for `none`; what cannot be read is drawn in ink.
    private func colour(_ text: String) -> Drawing.Colour? {
        if text == "none" { return nil }
        if text.hasPrefix("var("), let value = variables[String(text.dropFirst(4).dropLast())] { return colour(value) }
        guard text.hasPrefix("#"), let hex = Int(text.dropFirst(), radix: 16) else { return theme.ink }
        let digits = text.count - 1
        func channel(_ shift: Int) -> Double {
            digits == 3
                ? Double((hex >> (shift / 2)) & 15) / 15 : Double((hex >> shift) & 255) / 255
        }
        return [channel(16), channel(8), channel(0)]
    }
}
