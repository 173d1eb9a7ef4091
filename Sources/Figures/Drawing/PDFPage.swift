import Evidence
import Foundation

/// The operators that paint a drawing on a page whose y axis has been turned downwards.
struct PDFPage {
    let lettering: Lettering
    private(set) var content = ""
    /// Opacities in use, by number of their graphics state.
    private(set) var opacities: [Double] = [1]
    private(set) var images: [RasterImage] = []

    init(lettering: Lettering) { self.lettering = lettering }

    static func number(_ value: Double) -> String {
        // PDF knows no exponents.
        value.isFinite ? NumberText.shortest((value * 10000).rounded() / 10000) : "0"
    }

    mutating func say(_ operators: String) { content += operators + "\n" }

    mutating func rectangle(_ width: Double, _ height: Double, colour: Drawing.Colour) {
        say("\(fill(colour)) 0 0 \(Self.number(width)) \(Self.number(height)) re f")
    }

    mutating func draw(_ element: Drawing.Element) {
        let paint = element.paint
        switch element.shape {
        case .polygon(let points): paintPath(path(points) + " h", paint)
        case .curve(let points): paintPath(path(points), paint)
        case .circle(let centre, let radius): paintPath(circle(centre, radius), paint)
        case .dots(let points):
            var dot = Drawing.Paint(fill: paint.stroke)
            dot.fillOpacity = paint.strokeOpacity
            let circles = points.map { circle($0, paint.strokeWidth / 2) }
            paintPath(circles.joined(separator: "\n"), dot)
        case .image(let image, let at, let size):
            say(
                "q \(Self.number(size.x)) 0 0 \(Self.number(-size.y)) \(Self.number(at.x)) \(Self.number(at.y + size.y)) cm "
                    + "/I\(images.count) Do Q")
            images.append(image)
        case .text(let text): show(text, paint)
        }
    }

    private func fill(_ c: Drawing.Colour) -> String {
        "\(Self.number(c.x)) \(Self.number(c.y)) \(Self.number(c.z)) rg"
    }

    private mutating func opacity(_ value: Double) -> String {
        let rounded = (min(max(value, 0), 1) * 1000).rounded() / 1000
        if !opacities.contains(rounded) { opacities.append(rounded) }
        return "/S\(opacities.firstIndex(of: rounded) ?? 0) gs"
    }

    private func path(_ points: [Drawing.Point]) -> String {
        points.enumerated().map { n, p in "\(Self.number(p.x)) \(Self.number(p.y)) \(n == 0 ? "m" : "l")" }
            .joined(separator: " ")
    }

    /// Four Bézier curves; the constant keeps within 0.03 % of the radius.
    private func circle(_ c: Drawing.Point, _ r: Double) -> String {
        let k = 0.5522847498 * r
        func point(_ x: Double, _ y: Double) -> String { "\(Self.number(c.x + x)) \(Self.number(c.y + y))" }
        return "\(point(r, 0)) m \(point(r, k)) \(point(k, r)) \(point(0, r)) c "
            + "\(point(-k, r)) \(point(-r, k)) \(point(-r, 0)) c \(point(-r, -k)) \(point(-k, -r)) \(point(0, -r)) c "
            + "\(point(k, -r)) \(point(r, -k)) \(point(r, 0)) c h"
    }

    /// Fill first, then stroke, each with its own opacity.
    private mutating func paintPath(_ path: String, _ paint: Drawing.Paint) {
        // Of no points: operators without a path are no valid page.
        guard path.contains("m") else { return }
        if let colour = paint.fill { say("q \(opacity(paint.fillOpacity)) \(fill(colour)) \(path) f Q") }
        guard let stroke = paint.stroke, paint.strokeWidth > 0 else { return }
        let colour = "\(Self.number(stroke.x)) \(Self.number(stroke.y)) \(Self.number(stroke.z)) RG"
        let dash = paint.dash.isEmpty ? "" : "[\(paint.dash.map(Self.number).joined(separator: " "))] 0 d "
        say("q \(opacity(paint.strokeOpacity)) \(colour) \(Self.number(paint.strokeWidth)) w \(dash)\(path) S Q")
    }

    private mutating func show(_ text: Drawing.Text, _ paint: Drawing.Paint) {
        let runs = lettering.runs(text.content, bold: text.isBold)
        let width = text.size * runs.reduce(0) { $0 + $1.width }
        let back = text.anchor == .start ? 0 : text.anchor == .middle ? width / 2 : width
        let start: Drawing.Point = text.isUpright ? [text.at.x, text.at.y + back] : [text.at.x - back, text.at.y]
        // The page is upside down, so letters are turned back up.
        let turn = text.isUpright ? "0 -1 -1 0" : "1 0 0 -1"
        var operators = "BT \(fill(paint.fill ?? .zero)) \(turn) \(Self.number(start.x)) \(Self.number(start.y)) Tm"
        for run in runs {
            let font = run.isSymbol ? "F2" : text.isBold ? "F1" : "F0"
            let digits = run.bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
            operators += " /\(font) \(Self.number(text.size)) Tf <\(digits.joined())> Tj"
        }
        say("q \(opacity(paint.fillOpacity)) \(operators) ET Q")
    }
}
