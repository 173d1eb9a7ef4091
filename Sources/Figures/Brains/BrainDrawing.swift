import Evidence
package import Imaging
package import Inference

/// Brains with their lettering and colour bars as drawings for files. A unit of the drawing is a mm of the brain.
package struct BrainDrawing {
    package var theme: FigureTheme
    package var side: DisplaySide
    /// Size of letters, in units.
    package var letters: Double
    /// What the colours are of, such as `z`.
    package var measure: String
    package var description: String
    /// A magnitude to mark on the bars of colours, such as the least that is shown; nil marks none.
    package var level: Double?

    package init(
        theme: FigureTheme = .light, side: DisplaySide = .neurological, letters: Double = 8, measure: String = "z",
        description: String
    ) {
        self.theme = theme
        self.side = side
        self.letters = letters
        self.measure = measure
        self.description = description
    }

    /// What a colour bar tells.
    struct Scale {
        var range: ClosedRange<Double>
        var hasPositive: Bool
        var hasNegative: Bool
        var colour: (Double, ColourMap) -> SIMD3<Double> = { t, map in map[t] }
    }

    package func slices(_ mosaic: SliceMosaic) -> Drawing {
        var drawing = picture(mosaic.image, mosaic.panels, scale: mosaic.pixelsPerMillimetre, showsDepth: true)
        let scale = Scale(range: mosaic.range, hasPositive: mosaic.hasPositive, hasNegative: mosaic.hasNegative)
        finish(&drawing, scale)
        return drawing
    }

    package func glass(_ glass: GlassBrain) -> Drawing {
        var drawing = picture(glass.image, glass.panels, scale: glass.pixelsPerMillimetre, showsDepth: false)
        let scale = Scale(
            range: glass.range, hasPositive: glass.hasPositive, hasNegative: glass.hasNegative,
            colour: GlassBrain.colour)
        finish(&drawing, scale)
        return drawing
    }

    package func surface(_ view: SurfaceView) -> Drawing {
        let unit = 1 / view.pixelsPerMillimetre
        let size: Drawing.Point = [Double(view.image.width) * unit, Double(view.image.height) * unit]
        var drawing = Drawing(width: size.x, height: size.y, description: description)
        drawing.paper = theme.paper
        drawing.add(.image(view.image, at: .zero, size: size), Drawing.Paint())
        for panel in view.panels {
            let at: Drawing.Point = [Double(panel.x) * unit + 2, Double(panel.y) * unit + letters]
            drawing.text(panel.name, at: at, size: letters, colour: theme.ink)
        }
        let scale = Scale(range: view.range, hasPositive: view.hasPositive, hasNegative: view.hasNegative)
        finish(&drawing, scale, tellsSide: false)
        return drawing
    }

    /// mm from a place to the sides of what is shown of it enlarged, and how many times.
    private static let reach = 22.0
    private static let zoom = 2.75
    /// Width of ``triplets(_:slice:)``.
    package static let tripletWidth = 524 + 12 + 3 * 2 * reach * zoom + 12

    /// Three slices through each place with a cross on it, and beside them what is near, enlarged.
    ///
    /// - Parameter slice: a row of one slice in the asked detail: pixels per mm of the brain, in times of those over the whole head.
    package func triplets(
        _ places: [(place: SIMD3<Double>, name: String)], slice: (SliceMosaic.Row, Double) -> SliceMosaic
    ) -> Drawing {
        var drawing = Drawing(width: 0, height: 0, description: description)
        drawing.paper = theme.paper
        var scale: Scale?
        var y = 0.0
        for (place, name) in places {
            if !name.isEmpty {
                drawing.text(name, at: [0, y + letters], size: letters, bold: true, colour: theme.ink)
                y += 1.6 * letters
            } else {
                // The slices' coordinates rise above them.
                y += 0.6 * letters
            }
            let (whole, its) = whole(place, slice: slice)
            let near = near(place, slice: slice)
            drawing.place(whole, at: [0, y])
            drawing.place(near, at: [whole.width + 12, y + 10])
            drawing.width = max(drawing.width, whole.width + 12 + near.width)
            scale = Scale(
                range: its.range, hasPositive: scale?.hasPositive == true || its.hasPositive,
                hasNegative: scale?.hasNegative == true || its.hasNegative)
            y += max(whole.height, 10 + near.height) + 0.5 * letters
        }
        drawing.height = y
        if let scale { finish(&drawing, scale) }
        return drawing
    }

    /// The halves of a line of ``triplets(_:slice:)`` as pictures of their own, for pages that have not always room for both.
    ///
    /// - Parameter hasBar: whether the first has the bar of colours under it.
    func halves(
        _ place: SIMD3<Double>, hasBar: Bool, slice: (SliceMosaic.Row, Double) -> SliceMosaic
    ) -> (whole: Drawing, near: Drawing) {
        var (whole, scale) = whole(place, slice: slice)
        if hasBar { finish(&whole, scale, tellsSide: false) }
        return (whole, near(place, slice: slice))
    }

    /// Whether a cluster is seen whole in what is enlarged around its peak.
    package static func isSeenNear(_ cluster: Cluster, in mask: Mask) -> Bool {
        cluster.voxels.allSatisfy { voxel in
            let away = mask.world(at: Int(voxel)) - cluster.peak.coordinate
            return max(away.max(), -away.min()) <= reach
        }
    }

    private static let planes: [SlicePlane] = [.sagittal, .coronal, .axial]

    /// Three slices of the whole head side by side, with a cross on the place and a frame around what is near it.
    private func whole(
        _ place: SIMD3<Double>, slice: (SliceMosaic.Row, Double) -> SliceMosaic
    ) -> (Drawing, Scale) {
        var drawing = Drawing(width: 0, height: 0, description: description)
        var scale = Scale(range: 0...1, hasPositive: false, hasNegative: false)
        for plane in Self.planes {
            let window = SliceWindow(around: place, on: plane, reach: Self.reach)
            let mosaic = slice(.init(plane, [plane.depth(of: place)]), 1)
            var part = picture(
                mosaic.image, mosaic.panels, scale: mosaic.pixelsPerMillimetre, showsDepth: true, showsSides: true)
            cross(place, mosaic, &part)
            frame(window, place, mosaic, &part)
            let x = drawing.width + (drawing.width > 0 ? 6 : 0)
            drawing.place(part, at: [x, 0])
            drawing.width = x + part.width
            drawing.height = max(drawing.height, part.height)
            scale = Scale(range: mosaic.range, hasPositive: mosaic.hasPositive, hasNegative: mosaic.hasNegative)
        }
        return (drawing, scale)
    }

    /// What is near the place on each of the three slices, enlarged.
    private func near(_ place: SIMD3<Double>, slice: (SliceMosaic.Row, Double) -> SliceMosaic) -> Drawing {
        var drawing = Drawing(width: 0, height: 0, description: description)
        for plane in Self.planes {
            let part = enlarged(place, plane, slice: slice)
            let x = drawing.width + (drawing.width > 0 ? 6 : 0)
            drawing.place(part, at: [x, 0], scale: Self.zoom)
            drawing.width = x + part.width * Self.zoom
            drawing.height = max(drawing.height, part.height * Self.zoom)
        }
        return drawing
    }

    /// What is near a place on a slice, with its frame, a cross, and a bar of 10 mm below: a unit is still a mm.
    private func enlarged(
        _ place: SIMD3<Double>, _ plane: SlicePlane, slice: (SliceMosaic.Row, Double) -> SliceMosaic
    ) -> Drawing {
        let window = SliceWindow(around: place, on: plane, reach: Self.reach)
        let mosaic = slice(.init(plane, [plane.depth(of: place)], window: window), Self.zoom)
        var small = self
        small.letters = letters / Self.zoom
        var part = small.picture(
            mosaic.image, mosaic.panels, scale: mosaic.pixelsPerMillimetre, showsDepth: false)
        small.cross(place, mosaic, &part, thickness: 0.6 / Self.zoom, gap: 3)
        part.rectangle(
            at: .zero, size: [part.width, part.height], Drawing.Paint(stroke: theme.soft, strokeWidth: 0.5 / Self.zoom))
        let base = part.height + 0.5 * small.letters
        part.line(from: [0, base], to: [10, base], Drawing.Paint(stroke: theme.ink, strokeWidth: 1 / Self.zoom))
        part.text("10 mm", at: [11, base + 0.35 * small.letters], size: small.letters, colour: theme.ink)
        part.height = base + 0.8 * small.letters
        return part
    }

    /// Foci on the outline of a brain, coloured by who printed them.
    package func foci(
        _ groups: [(name: String, places: [SIMD3<Double>])], outline: GlassBrain
    ) -> Drawing {
        var drawing = picture(outline.image, outline.panels, scale: outline.pixelsPerMillimetre, showsDepth: false)
        let unit = 1 / outline.pixelsPerMillimetre
        for (n, group) in groups.enumerated() {
            let paint = FocusPalette.paint(n, of: groups.count, theme: theme)
            for panel in outline.panels {
                for place in group.places {
                    drawing.add(.circle(point(place, panel, unit: unit), radius: 1.9), paint)
                }
            }
        }
        let columns = max(1, Int(drawing.width / (letters * 13)))
        let top = drawing.height + 1.6 * letters
        let width = drawing.width / Double(columns)
        for (n, group) in groups.enumerated() {
            let at: Drawing.Point = [Double(n % columns) * width, top + Double(n / columns) * 1.35 * letters]
            let paint = FocusPalette.paint(n, of: groups.count, theme: theme)
            drawing.add(.circle([at.x + 0.4 * letters, at.y - 0.32 * letters], radius: 1.9), paint)
            drawing.text(
                Plot.shortened(group.name, to: 24), at: [at.x + letters, at.y], size: 0.9 * letters, colour: theme.ink)
        }
        let lines = (groups.count + columns - 1) / columns
        drawing.height = top + Double(lines) * 1.35 * letters
        sides(&drawing)
        return drawing
    }

    // MARK: - Parts

    /// Where a place lies in a picture of panels.
    private func point(_ place: SIMD3<Double>, _ panel: SliceMosaic.Panel, unit: Double) -> Drawing.Point {
        let (across, up) = panel.plane.page(place)
        return [
            Double(panel.x) * unit + side.across(across, panel),
            Double(panel.y) * unit + panel.shown.up.upperBound - up,
        ]
    }

    private func picture(
        _ image: RasterImage, _ panels: [SliceMosaic.Panel], scale: Double, showsDepth: Bool, showsSides: Bool = false
    ) -> Drawing {
        let unit = 1 / scale
        let size: Drawing.Point = [Double(image.width) * unit, Double(image.height) * unit]
        var drawing = Drawing(width: size.x, height: size.y, description: description)
        drawing.paper = theme.paper
        drawing.add(.image(side.turned(image, panels: panels), at: .zero, size: size), Drawing.Paint())
        for (n, panel) in panels.enumerated() {
            let (x, y) = (Double(panel.x) * unit, Double(panel.y) * unit)
            let (width, height) = (Double(panel.width) * unit, Double(panel.height) * unit)
            if showsDepth {
                let name = "\(panel.plane.axis) = \(PrettyNumber.hundredths(panel.depth))"
                drawing.text(name, at: [x + 2, y + 0.3 * letters], size: letters, colour: theme.ink)
            }
            let letter = side.letters(of: panel.plane)
            let base = y + height - 4
            // A letter between two slices could belong to either, so a row has one at each end.
            let starts = n == 0 || panels[n - 1].y != panel.y || !showsDepth || showsSides
            let ends = n == panels.count - 1 || panels[n + 1].y != panel.y || !showsDepth || showsSides
            if starts { drawing.text(letter.left, at: [x + 2, base], size: letters, bold: true, colour: theme.ink) }
            if ends {
                drawing.text(
                    letter.right, at: [x + width - 2, base], size: letters, .end, bold: true, colour: theme.ink)
            }
        }
        return drawing
    }

    /// Two thin lines through a place, open around it.
    private func cross(
        _ place: SIMD3<Double>, _ mosaic: SliceMosaic, _ drawing: inout Drawing, thickness: Double = 0.6,
        gap: Double = 5
    ) {
        guard let panel = mosaic.panels.first else { return }
        let unit = 1 / mosaic.pixelsPerMillimetre
        let at = point(place, panel, unit: unit)
        let (x, y) = (at.x, at.y)
        let (left, top) = (Double(panel.x) * unit, Double(panel.y) * unit)
        let (right, bottom) = (left + Double(panel.width) * unit, top + Double(panel.height) * unit)
        let paint = Drawing.Paint(stroke: [0.2, 0.55, 0.3], strokeWidth: thickness)
        drawing.line(from: [left, y], to: [x - gap, y], paint)
        drawing.line(from: [x + gap, y], to: [right, y], paint)
        // Under the coordinate of a whole slice.
        let start = panel.window == nil ? top + 1.2 * letters : top
        drawing.line(from: [x, start], to: [x, y - gap], paint)
        drawing.line(from: [x, y + gap], to: [x, bottom], paint)
    }

    /// What is shown enlarged beside a slice.
    private func frame(
        _ window: SliceWindow, _ place: SIMD3<Double>, _ mosaic: SliceMosaic, _ drawing: inout Drawing
    ) {
        guard let panel = mosaic.panels.first else { return }
        let middle = point(place, panel, unit: 1 / mosaic.pixelsPerMillimetre)
        let size: Drawing.Point = [window.size.across, window.size.up]
        drawing.rectangle(at: middle - size / 2, size: size, Drawing.Paint(stroke: theme.soft, strokeWidth: 0.5))
    }

    private func sides(_ drawing: inout Drawing) {
        drawing.height += 1.6 * letters
        drawing.text(
            side.words, at: [0, drawing.height - 0.5 * letters], size: 0.85 * letters, colour: theme.soft)
    }

    /// Colour bars under a picture, the negative one on the left, and where left is.
    private func finish(_ drawing: inout Drawing, _ scale: Scale, tellsSide: Bool = true) {
        var bars: [(map: ColourMap, sign: Double)] = []
        if scale.hasNegative { bars.append((.cool, -1)) }
        if scale.hasPositive { bars.append((.warm, 1)) }
        let width = min(120, drawing.width * 0.4)
        let gap = 4 * letters
        let total = Double(bars.count) * width + Double(max(bars.count - 1, 0)) * gap
        let top = drawing.height + letters
        for (n, bar) in bars.enumerated() {
            let x = (drawing.width - total) / 2 + Double(n) * (width + gap)
            var strip = RasterImage(width: 128, height: 1)
            for column in 0..<128 {
                let t = (Double(column) + 0.5) / 128
                let colour = scale.colour(bar.sign < 0 ? 1 - t : t, bar.map)
                func byte(_ v: Double) -> UInt8 { UInt8(min(max(v, 0), 1) * 255 + 0.5) }
                strip[column, 0] = RGBA(byte(colour.x), byte(colour.y), byte(colour.z))
            }
            drawing.add(.image(strip, at: [x, top], size: [width, 0.8 * letters]), Drawing.Paint())
            drawing.rectangle(
                at: [x, top], size: [width, 0.8 * letters], Drawing.Paint(stroke: theme.ink, strokeWidth: 0.3))
            func place(_ t: Double) -> Double { x + (bar.sign < 0 ? 1 - t : t) * width }
            if let level, scale.range.contains(level) {
                let at = place((level - scale.range.lowerBound) / (scale.range.upperBound - scale.range.lowerBound))
                drawing.line(
                    from: [at, top - 0.3 * letters], to: [at, top + 1.1 * letters],
                    Drawing.Paint(stroke: theme.ink, strokeWidth: 0.15 * letters))
            }
            for (value, t) in [(scale.range.lowerBound, 0.0), (scale.range.upperBound, 1)] {
                let place = place(t)
                drawing.text(
                    PrettyNumber.plain(((bar.sign * value) * 100).rounded() / 100), at: [place, top + 1.9 * letters],
                    size: 0.9 * letters, .middle, colour: theme.ink)
            }
            drawing.text(
                measure, at: [x + width / 2, top + 1.9 * letters], size: 0.9 * letters, .middle, colour: theme.ink)
        }
        if !bars.isEmpty { drawing.height = top + 2.4 * letters }
        if tellsSide { sides(&drawing) }
    }
}
