import Evidence
import Foundation

/// A drawing as an SVG file (W3C SVG 1.1) that needs no style sheet: paint stands on every element, text stays text.
package struct SVGWriter {
    let drawing: Drawing
    /// Of the whole figure, in mm.
    let millimetres: Double

    package init(_ drawing: Drawing, millimetres: Double) {
        self.drawing = drawing
        self.millimetres = millimetres
    }

    package var text: String {
        let tall = millimetres * drawing.height / drawing.width
        let name = "font-family=\"Helvetica, Arial, 'Liberation Sans', sans-serif\""
        let paper = "<rect width=\"100%\" height=\"100%\" fill=\"\(ColourMap.hex(drawing.paper))\"/>"
        let head =
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" "
            + "width=\"\(number(millimetres))mm\" height=\"\(number(tall))mm\" "
            + "viewBox=\"0 0 \(number(drawing.width)) \(number(drawing.height))\" role=\"img\" \(name)>"
        let body = drawing.elements.map(element).joined(separator: "\n")
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            \(head)
            <title>\(HTML.escape(drawing.description))</title>
            \(paper)
            \(body)
            </svg>

            """
    }

    /// An element of a page: as wide as its place there, without paper, and in the page's colours. What is drawn in the light theme's ink
    /// takes `currentColor`, what is in its softer tone the page's `--soft`; other colours stay.
    ///
    /// - Parameters:
    ///   - identifier: unique on the page.
    ///   - style: class of the element.
    package func inPage(identifier: String, style: String) -> HTML {
        var writer = self
        writer.isInPage = true
        let body = drawing.elements.map(writer.element).joined(separator: "\n")
        return HTML(
            raw: """
                <svg class="\(style)" viewBox="0 0 \(number(drawing.width)) \(number(drawing.height))" role="img" \
                aria-labelledby="\(identifier)-alt"><title id="\(identifier)-alt">\(HTML.escape(drawing.description))</title>
                \(body)
                </svg>
                """)
    }

    private var isInPage = false

    private func colour(_ colour: Drawing.Colour) -> String {
        guard isInPage else { return ColourMap.hex(colour) }
        if colour == FigureTheme.light.ink { return "currentColor" }
        return colour == FigureTheme.light.soft ? "var(--soft)" : ColourMap.hex(colour)
    }

    private func number(_ value: Double) -> String {
        value.isFinite ? NumberText.shortest((value * 1000).rounded() / 1000) : "0"
    }

    private func element(_ element: Drawing.Element) -> String {
        let paint = element.paint
        func points(_ list: [Drawing.Point]) -> String {
            list.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
        }
        switch element.shape {
        case .polygon(let list): return "<polygon points=\"\(points(list))\"\(attributes(paint))/>"
        case .curve(let list): return "<polyline points=\"\(points(list))\"\(attributes(paint))/>"
        case .circle(let centre, let radius):
            return
                "<circle cx=\"\(number(centre.x))\" cy=\"\(number(centre.y))\" r=\"\(number(radius))\"\(attributes(paint))/>"
        case .dots(let list):
            let path = list.map { "M\(number($0.x)) \(number($0.y))h0" }.joined()
            return "<path d=\"\(path)\" stroke-linecap=\"round\"\(attributes(paint))/>"
        case .image(let image, let at, let size):
            let data = Data(PNG.encode(image)).base64EncodedString()
            let place =
                "x=\"\(number(at.x))\" y=\"\(number(at.y))\" width=\"\(number(size.x))\" height=\"\(number(size.y))\""
            // Pages know no prefixes of XML; files are read by programs that know only these.
            let link = isInPage ? "href" : "xlink:href"
            return "<image \(place) preserveAspectRatio=\"none\" \(link)=\"data:image/png;base64,\(data)\"/>"
        case .text(let text): return self.text(text, paint)
        }
    }

    private func text(_ text: Drawing.Text, _ paint: Drawing.Paint) -> String {
        let (x, y) = (number(text.at.x), number(text.at.y))
        let place = text.isUpright ? "transform=\"translate(\(x) \(y)) rotate(-90)\"" : "x=\"\(x)\" y=\"\(y)\""
        let weight = text.isBold ? " font-weight=\"bold\"" : ""
        let opacity = paint.fillOpacity < 1 ? " fill-opacity=\"\(number(paint.fillOpacity))\"" : ""
        let fill = colour(paint.fill ?? .zero)
        let anchor = "text-anchor=\"\(text.anchor.rawValue)\""
        return "<text \(place) \(anchor) font-size=\"\(number(text.size))\"\(weight) fill=\"\(fill)\"\(opacity)>"
            + "\(HTML.escape(text.content))</text>"
    }

    private func attributes(_ paint: Drawing.Paint) -> String {
        var parts = ["fill=\"\(paint.fill.map(colour) ?? "none")\""]
        if paint.fill != nil, paint.fillOpacity < 1 { parts.append("fill-opacity=\"\(number(paint.fillOpacity))\"") }
        if let stroke = paint.stroke {
            parts.append("stroke=\"\(colour(stroke))\" stroke-width=\"\(number(paint.strokeWidth))\"")
            if paint.strokeOpacity < 1 { parts.append("stroke-opacity=\"\(number(paint.strokeOpacity))\"") }
            if !paint.dash.isEmpty {
                parts.append("stroke-dasharray=\"\(paint.dash.map(number).joined(separator: " "))\"")
            }
        }
        return " " + parts.joined(separator: " ")
    }
}
