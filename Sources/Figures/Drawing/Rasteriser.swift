import Foundation

/// A drawing as pixels.
package struct Rasteriser {
    let drawing: Drawing
    /// Pixels per unit of the drawing.
    let scale: Double
    let lettering: Lettering

    package init(_ drawing: Drawing, pixelsWide width: Int, lettering: Lettering) {
        self.drawing = drawing
        scale = Double(width) / drawing.width
        self.lettering = lettering
    }

    package var image: RasterImage {
        var canvas = Canvas(
            width: Int((drawing.width * scale).rounded()), height: Int((drawing.height * scale).rounded()),
            paper: drawing.paper)
        for element in drawing.elements { draw(element, on: &canvas) }
        return canvas.image
    }

    private func draw(_ element: Drawing.Element, on canvas: inout Canvas) {
        let paint = element.paint
        switch element.shape {
        case .polygon(let points):
            fill([points.map { $0 * scale }], paint, &canvas)
            stroke(points + points.prefix(1), paint, &canvas)
        case .curve(let points):
            fill([points.map { $0 * scale }], paint, &canvas)
            stroke(points, paint, &canvas)
        case .circle(let centre, let radius):
            let round = Self.circle(centre * scale, radius * scale)
            fill([round], paint, &canvas)
            if paint.stroke != nil { stroke(Self.circle(centre, radius) + [centre + [radius, 0]], paint, &canvas) }
        case .dots(let points):
            guard let colour = paint.stroke else { return }
            let marks = points.map { Self.circle($0 * scale, paint.strokeWidth * scale / 2) }
            canvas.fill(marks, colour: colour, opacity: paint.strokeOpacity)
        case .image(let image, let at, let size): canvas.draw(image, at: at * scale, size: size * scale)
        case .text(let text): show(text, paint, &canvas)
        }
    }

    private func fill(_ contours: [[SIMD2<Double>]], _ paint: Drawing.Paint, _ canvas: inout Canvas) {
        if let colour = paint.fill { canvas.fill(contours, colour: colour, opacity: paint.fillOpacity) }
    }

    private static func circle(_ centre: SIMD2<Double>, _ radius: Double) -> [SIMD2<Double>] {
        let corners = max(12, min(96, Int(radius * 4)))
        return (0..<corners).map { n in
            let angle = 2 * Double.pi * Double(n) / Double(corners)
            return centre + SIMD2(cos(angle), sin(angle)) * radius
        }
    }

    /// A line's width as a polygon around each stretch, rounded where stretches meet.
    private func stroke(_ points: [SIMD2<Double>], _ paint: Drawing.Paint, _ canvas: inout Canvas) {
        guard let colour = paint.stroke, paint.strokeWidth > 0 else { return }
        // Thinner than a pixel would be paler than it is in print.
        let half = max(paint.strokeWidth * scale, 1) / 2
        let placed = points.map { $0 * scale }
        var contours: [[SIMD2<Double>]] = []
        for (a, b) in zip(placed, placed.dropFirst()) {
            for (start, end) in Self.dashes(a, b, paint.dash.map { $0 * scale }) {
                let along = end - start
                let length = (along.x * along.x + along.y * along.y).squareRoot()
                guard length > 0 else { continue }
                let side = SIMD2(-along.y, along.x) * (half / length)
                contours.append([start + side, end + side, end - side, start - side])
            }
        }
        if paint.dash.isEmpty, placed.count > 2 {
            // In the direction of the stretches, so that overlaps do not cancel.
            contours += placed.dropFirst().dropLast().map { Self.circle($0, half).reversed() }
        }
        canvas.fill(contours, colour: colour, opacity: paint.strokeOpacity)
    }

    private static func dashes(
        _ a: SIMD2<Double>, _ b: SIMD2<Double>, _ pattern: [Double]
    ) -> [(SIMD2<Double>, SIMD2<Double>)] {
        let along = b - a
        let length = (along.x * along.x + along.y * along.y).squareRoot()
        guard pattern.count > 1, pattern.min() ?? 0 > 0.1, length > 0 else { return [(a, b)] }
        var parts: [(SIMD2<Double>, SIMD2<Double>)] = []
        var (at, n) = (0.0, 0)
        while at < length {
            let end = min(at + pattern[n % pattern.count], length)
            if n % 2 == 0 { parts.append((a + along * (at / length), a + along * (end / length))) }
            (at, n) = (end, n + 1)
        }
        return parts
    }

    private func show(_ text: Drawing.Text, _ paint: Drawing.Paint, _ canvas: inout Canvas) {
        let (contours, width) = lettering.outline(text.content, bold: text.isBold)
        let back = text.anchor == .start ? 0 : text.anchor == .middle ? width / 2 : width
        let placed = contours.map { contour in
            contour.map { p -> SIMD2<Double> in
                let (x, y) = ((p.x - back) * text.size, p.y * text.size)
                return (text.isUpright ? [text.at.x - y, text.at.y - x] : [text.at.x + x, text.at.y - y]) * scale
            }
        }
        canvas.fill(placed, colour: paint.fill ?? .zero, opacity: paint.fillOpacity)
    }
}
