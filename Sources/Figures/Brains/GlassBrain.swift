import Foundation
public import Imaging

/// The whole map at a glance: three views through the brain, each pixel the strongest value along the line of sight.
///
/// Maximum-intensity projection of |z| with its sign, without a threshold, in the outline of a white brain. Views as in
/// ``SlicePlane``: from the side, from behind, from above; left is on the left.
public struct GlassBrain: Sendable {
    public let image: RasterImage
    /// Panels left to right; `depth` is not used.
    public let panels: [SliceMosaic.Panel]
    /// |z| at the pale and the dark end.
    public let range: ClosedRange<Double>
    public let hasPositive: Bool
    public let hasNegative: Bool
    public let pixelsPerMillimetre: Double

    /// - Parameter limit: |z| at the bright end, the same for all pictures that are to be compared; nil takes the map's own.
    public init(
        z: [Float], mask: Mask, background: Volume?, limit: Double? = nil, pixelsPerMillimetre scale: Double = 1.5
    ) {
        let finite = z.filter(\.isFinite)
        let largest = Double(finite.map { abs($0) }.max() ?? 0)
        range = 0...max(limit ?? (largest * 2).rounded(.up) / 2, 0.5)
        hasPositive = finite.contains { $0 > 0 }
        hasNegative = finite.contains { $0 < 0 }
        pixelsPerMillimetre = scale
        let silhouette = background.map { Mask($0) } ?? mask
        var panels: [SliceMosaic.Panel] = []
        let gap = Int((24 * scale).rounded())
        var x = 0
        for plane in [SlicePlane.sagittal, .coronal, .axial] {
            let extent = plane.extent
            let width = Int(((extent.across.upperBound - extent.across.lowerBound) * scale).rounded())
            let height = Int(((extent.up.upperBound - extent.up.lowerBound) * scale).rounded())
            panels.append(.init(plane: plane, depth: 0, x: x, y: 0, width: width, height: height))
            x += width + gap
        }
        var image = RasterImage(width: x - gap, height: panels.map(\.height).max() ?? 1)
        for panel in panels {
            let values = Projection(z, mask: mask, plane: panel.plane)
            let inside = [Float](repeating: 1, count: silhouette.count)
            let brain = Projection(inside, mask: silhouette, plane: panel.plane).softened.softened
            Self.paint(panel, values: values, brain: brain, largest: range.upperBound, scale: scale, into: &image)
        }
        self.panels = panels
        self.image = image
    }

    /// The colour of a magnitude (0…1): from the white of the brain to the dark end of the map, so that strong is dark, in
    /// print and in grey too.
    static func colour(_ t: Double, of map: ColourMap) -> SIMD3<Double> {
        let opacity = min(1, t * 1.6)
        return map[1 - t] * opacity + SIMD3(repeating: paper) * (1 - opacity)
    }

    /// Grey of the brain's inside and of its outline.
    private static let paper = 0.965
    private static let outlineGrey = 0.42
    /// mm.
    private static let outlineWidth = 1.1

    private static func paint(
        _ panel: SliceMosaic.Panel, values: Projection, brain: Projection, largest: Double, scale: Double,
        into image: inout RasterImage
    ) {
        let extent = panel.plane.extent
        for row in 0..<panel.height {
            let up = extent.up.upperBound - (Double(row) + 0.5) / scale
            for column in 0..<panel.width {
                let across = extent.across.lowerBound + (Double(column) + 0.5) / scale
                let inside = min(max(brain(across, up), 0), 1)
                guard inside > 0.02 else { continue }
                let value = values(across, up)
                let t = min(abs(value) / largest, 1)
                let edge = outline(brain, across, up, inside, scale)
                let filled = Self.colour(t, of: value < 0 ? .cool : .warm)
                let colour = filled * (1 - edge) + SIMD3(repeating: outlineGrey) * edge
                let alpha = max(edge, min(max((inside - 0.45) * 10, 0), 1))
                func byte(_ v: Double) -> UInt8 { UInt8(min(max(v, 0), 1) * 255 + 0.5) }
                image[panel.x + column, panel.y + row] = RGBA(
                    byte(colour.x), byte(colour.y), byte(colour.z), byte(alpha))
            }
        }
    }

    /// How much of a point is outline: a line along where half of the surroundings are brain.
    private static func outline(
        _ brain: Projection, _ across: Double, _ up: Double, _ inside: Double, _ scale: Double
    ) -> Double {
        let right = (brain(across + 1, up) - brain(across - 1, up)) / 2
        let above = (brain(across, up + 1) - brain(across, up - 1)) / 2
        // Distance from the line, mm, by the slope there.
        let slope = max((right * right + above * above).squareRoot(), 0.02)
        let distance = abs(inside - 0.5) / slope
        return min(max((outlineWidth / 2 - distance) * scale + 0.5, 0), 1)
    }

    /// Strongest value per 2 mm cell of the page, read bilinearly.
    private struct Projection {
        private static let cell = 2.0
        private let left: Double
        private let bottom: Double
        private let width: Int
        private let height: Int
        private var cells: [Float]

        init(_ values: [Float], mask: Mask, plane: SlicePlane) {
            let extent = plane.extent
            left = extent.across.lowerBound
            bottom = extent.up.lowerBound
            width = Int((extent.across.upperBound - left) / Self.cell) + 1
            height = Int((extent.up.upperBound - bottom) / Self.cell) + 1
            cells = [Float](repeating: 0, count: width * height)
            // A voxel wider than a cell fills every cell that it covers.
            let reach = max(0, Int((mask.grid.affine.voxelSize.max() / Self.cell - 1).rounded(.up)))
            for position in 0..<min(mask.count, values.count) where values[position].isFinite {
                let world = mask.world(at: position)
                let (across, up) = plane.page(world)
                let column = Int(((across - left) / Self.cell).rounded())
                let row = Int(((up - bottom) / Self.cell).rounded())
                for r in row...(row + reach) {
                    for c in column...(column + reach) where r >= 0 && r < height && c >= 0 && c < width {
                        if abs(values[position]) > abs(cells[c + width * r]) { cells[c + width * r] = values[position] }
                    }
                }
            }
        }

        /// Averaged with the neighbours along either axis.
        var softened: Projection {
            var result = self
            result.cells = cells.softened(along: [1, width])
            return result
        }

        func callAsFunction(_ across: Double, _ up: Double) -> Double {
            let (x, y) = ((across - left) / Self.cell, (up - bottom) / Self.cell)
            let (i, j) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
            func at(_ i: Int, _ j: Int) -> Double {
                i >= 0 && j >= 0 && i < width && j < height ? Double(cells[i + width * j]) : 0
            }
            let (fx, fy) = (x - Double(i), y - Double(j))
            let low = at(i, j) + fx * (at(i + 1, j) - at(i, j))
            let high = at(i, j + 1) + fx * (at(i + 1, j + 1) - at(i, j + 1))
            return low + fy * (high - low)
        }
    }
}
