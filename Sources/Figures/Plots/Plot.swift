import Evidence
import Foundation

/// A figure made of lines, marks and text, written as SVG.
///
/// Colours come from the page's style (`svg.plot` in ``ReportStyle``), so that it suits light and dark pages and paper.
struct Plot {
    private var parts: [String] = []

    mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) {
        parts.append(
            "<line x1=\"\(Self.number(x1))\" y1=\"\(Self.number(y1))\" x2=\"\(Self.number(x2))\" "
                + "y2=\"\(Self.number(y2))\" class=\"\(style)\"/>")
    }

    mutating func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String) {
        parts.append(
            "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(width))\" "
                + "height=\"\(Self.number(height))\" class=\"\(style)\"/>")
    }

    mutating func circle(_ x: Double, _ y: Double, radius: Double, _ style: String) {
        parts.append(
            "<circle cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"\(Self.number(radius))\" class=\"\(style)\"/>"
        )
    }

    mutating func polygon(_ points: [(Double, Double)], _ style: String) {
        let list = points.map { "\(Self.number($0.0)),\(Self.number($0.1))" }.joined(separator: " ")
        parts.append("<polygon points=\"\(list)\" class=\"\(style)\"/>")
    }

    mutating func curve(_ points: [(Double, Double)], _ style: String) {
        let list = points.map { "\(Self.number($0.0)),\(Self.number($0.1))" }.joined(separator: " ")
        parts.append("<polyline points=\"\(list)\" class=\"\(style)\"/>")
    }

    /// Many small dots in one element.
    mutating func dots(_ points: [(Double, Double)], _ style: String) {
        guard !points.isEmpty else { return }
        // A line of no length with round ends is a dot.
        let path = points.map { "M\(Self.number($0.0)) \(Self.number($0.1))h0" }.joined()
        parts.append("<path d=\"\(path)\" class=\"\(style)\"/>")
    }

    enum Anchor: String {
        case start, middle, end
    }

    mutating func text(_ x: Double, _ y: Double, _ content: String, _ anchor: Anchor = .start, _ style: String = "") {
        let attribute = style.isEmpty ? "" : " class=\"\(style)\""
        parts.append(
            "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" text-anchor=\"\(anchor.rawValue)\"\(attribute)>"
                + "\(HTML.escape(content))</text>")
    }

    /// Text that runs upwards, centred at a place.
    mutating func upright(_ x: Double, _ y: Double, _ content: String) {
        parts.append(
            "<text transform=\"translate(\(Self.number(x)) \(Self.number(y))) rotate(-90)\" text-anchor=\"middle\">"
                + "\(HTML.escape(content))</text>")
    }

    /// - Parameters:
    ///   - identifier: unique on the page.
    ///   - description: what the picture shows, for readers who do not see it.
    func svg(width: Double, height: Double, identifier: String, description: String) -> HTML {
        HTML(
            raw: """
                <svg class="plot" viewBox="0 0 \(Self.number(width)) \(Self.number(height))" role="img" \
                aria-labelledby="\(identifier)-alt" style="max-width:\(Self.number(width))px" \
                xmlns="http://www.w3.org/2000/svg">
                <title id="\(identifier)-alt">\(HTML.escape(description))</title>
                \(parts.joined(separator: "\n"))
                </svg>
                """)
    }

    private static func number(_ value: Double) -> String {
        value.isFinite ? NumberText.shortest((value * 100).rounded() / 100) : "0"
    }

    /// A name that fits into a column; about 6 units per letter.
    static func shortened(_ text: String, to letters: Int) -> String {
        text.count <= letters ? text : text.prefix(letters - 1) + "…"
    }
}

extension Plot {
    /// A horizontal axis with its ticks and its name below.
    mutating func axis(_ axis: PlotAxis, below y: Double, name: String, count: Int = 5) {
        line(min(axis.start, axis.end), y, max(axis.start, axis.end), y, "axis")
        for tick in axis.ticks(count) {
            line(axis(tick), y, axis(tick), y + 4, "axis")
            text(axis(tick), y + 15, axis.label(tick, count: count), .middle)
        }
        text((axis.start + axis.end) / 2, y + 31, name, .middle)
    }

    /// A vertical axis with its ticks and its name at the left.
    mutating func axis(_ axis: PlotAxis, leftOf x: Double, name: String, count: Int = 5) {
        line(x, min(axis.start, axis.end), x, max(axis.start, axis.end), "axis")
        for tick in axis.ticks(count) {
            line(x - 4, axis(tick), x, axis(tick), "axis")
            text(x - 7, axis(tick) + 3.5, axis.label(tick, count: count), .end)
        }
        upright(x - 46, (axis.start + axis.end) / 2, name)
    }
}
