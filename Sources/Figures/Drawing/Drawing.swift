import Evidence

/// A figure as a list of shapes with their paint: what the writers of SVG, PDF and PNG all read.
///
/// Units are those of the figure's own layout, y downwards; ``FigureFile`` gives them a size on paper.
package struct Drawing: Sendable {
    package var width: Double
    package var height: Double
    /// What the picture shows, for readers who do not see it.
    package var description: String
    package var elements: [Element] = []
    /// Behind everything.
    package var paper: Colour = [1, 1, 1]

    /// Red, green and blue, 0…1, of sRGB.
    package typealias Colour = SIMD3<Double>
    package typealias Point = SIMD2<Double>

    package struct Element: Sendable {
        package var shape: Shape
        package var paint: Paint
    }

    package enum Shape: Sendable {
        case polygon([Point])
        /// An open line.
        case curve([Point])
        case circle(Point, radius: Double)
        /// Marks of the stroke's width.
        case dots([Point])
        case image(RasterImage, at: Point, size: Point)
        case text(Text)
    }

    package struct Text: Hashable, Sendable {
        package enum Anchor: String, Sendable {
            case start, middle, end
        }

        package var content: String
        /// Of the anchor, on the base line.
        package var at: Point
        package var size: Double
        package var isBold = false
        package var anchor = Anchor.start
        /// Whether it runs upwards.
        package var isUpright = false
    }

    package struct Paint: Hashable, Sendable {
        package var fill: Colour?
        package var fillOpacity = 1.0
        package var stroke: Colour?
        package var strokeWidth = 1.0
        package var strokeOpacity = 1.0
        package var dash: [Double] = []

        package init(fill: Colour? = nil, stroke: Colour? = nil, strokeWidth: Double = 1) {
            self.fill = fill
            self.stroke = stroke
            self.strokeWidth = strokeWidth
        }
    }

    package init(width: Double, height: Double, description: String) {
        self.width = width
        self.height = height
        self.description = description
    }

    package mutating func add(_ shape: Shape, _ paint: Paint) { elements.append(Element(shape: shape, paint: paint)) }

    package mutating func text(
        _ content: String, at: Point, size: Double, _ anchor: Text.Anchor = .start, bold: Bool = false,
        colour: Colour
    ) {
        let text = Text(content: content, at: at, size: size, isBold: bold, anchor: anchor)
        add(.text(text), Paint(fill: colour))
    }

    package mutating func rectangle(at: Point, size: Point, _ paint: Paint) {
        add(.polygon([at, [at.x + size.x, at.y], at + size, [at.x, at.y + size.y]]), paint)
    }

    package mutating func line(from a: Point, to b: Point, _ paint: Paint) { add(.curve([a, b]), paint) }

    /// Another drawing with its upper left corner at a place of this one, its units times `scale`.
    package mutating func place(_ other: Drawing, at: Point, scale: Double = 1) {
        elements += other.elements.map { element in
            var placed = element
            placed.paint.strokeWidth *= scale
            placed.paint.dash = element.paint.dash.map { $0 * scale }
            switch element.shape {
            case .polygon(let points): placed.shape = .polygon(points.map { at + $0 * scale })
            case .curve(let points): placed.shape = .curve(points.map { at + $0 * scale })
            case .circle(let centre, let radius): placed.shape = .circle(at + centre * scale, radius: radius * scale)
            case .dots(let points): placed.shape = .dots(points.map { at + $0 * scale })
            case .image(let image, let corner, let size):
                placed.shape = .image(image, at: at + corner * scale, size: size * scale)
            case .text(var text):
                text.at = at + text.at * scale
                text.size *= scale
                placed.shape = .text(text)
            }
            return placed
        }
    }
}
