/// Three slices through a place with a cross on it, and what is near it enlarged: two pictures for a page, side by side where it has
/// room for both.
package struct PeakFigure {
    private let place: SIMD3<Double>
    private let layers: SliceLayers
    private let limit: Double
    private let identifier: String
    private let name: String
    private let level: Double?

    /// - Parameters:
    ///   - limit: |z| at the bright end of the colours, which begin at 0.
    ///   - identifier: unique on the page.
    ///   - name: what the place is called, for readers who do not see the pictures.
    ///   - level: marked on a bar of colours under the first picture, in ``BrainDrawing/level``; nil leaves the bar out.
    package init(
        _ place: SIMD3<Double>, _ layers: SliceLayers, limit: Double, identifier: String, name: String,
        level: Double? = nil
    ) {
        self.place = place
        self.layers = layers
        self.limit = limit
        self.identifier = identifier
        self.name = name
        self.level = level
    }

    package var html: HTML {
        var drawer = BrainDrawing(letters: 11, description: "")
        drawer.level = level
        let halves = drawer.halves(place, hasBar: level != nil) { row, detail in
            SliceMosaic(layers, rows: [row], threshold: 0, limit: limit, pixelsPerMillimetre: 1.5 * detail)
        }
        func drawn(_ drawing: Drawing, _ part: String, _ words: String) -> HTML {
            var drawing = drawing
            drawing.description = words
            return SVGWriter(drawing, millimetres: 170).inPage(identifier: "\(identifier)-\(part)", style: "brain")
        }
        return HTML.element(
            "div", [("class", "peak")],
            drawn(halves.whole, "whole", "Sagittal, coronal and axial slice through \(name), marked by a cross.")
                + drawn(halves.near, "near", "The same three slices near \(name), enlarged."))
    }
}
