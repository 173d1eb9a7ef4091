import Foundation
public import Imaging

/// The whole map at a glance: three views through the brain, each pixel the strongest value along the line of sight.
///
/// Maximum-intensity projection of |z| with its sign, without a threshold, in a white brain with the lines of ``GlassLines``. Views as
/// in ``SlicePlane``: from the side, from behind, from above; left is on the left.
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
        range = 0...max(limit ?? largest.upToHalf, 0.5)
        hasPositive = finite.contains { $0 > 0 }
        hasNegative = finite.contains { $0 < 0 }
        pixelsPerMillimetre = scale
        // Only where the lines are not installed.
        let silhouette = { background.map { Mask($0) } ?? mask }
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
            Self.paint(
                panel, values: values, silhouette: silhouette, largest: range.upperBound, scale: scale, into: &image)
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
    /// How much lines cover of what is behind them.
    private static let lineStrength = 0.7

    private static func paint(
        _ panel: SliceMosaic.Panel, values: Projection, silhouette: () -> Mask, largest: Double, scale: Double,
        into image: inout RasterImage
    ) {
        let extent = panel.plane.extent
        let lines = GlassLines.shipped?.drawn(
            panel.plane, in: SliceWindow(panel.plane), width: panel.width, height: panel.height, scale: scale)
        let brain = lines == nil ? Projection(silhouette: silhouette(), plane: panel.plane) : nil
        for row in 0..<panel.height {
            let up = extent.up.upperBound - (Double(row) + 0.5) / scale
            for column in 0..<panel.width {
                let across = extent.across.lowerBound + (Double(column) + 0.5) / scale
                let value = values(across, up)
                let t = min(abs(value) / largest, 1)
                let (shape, edge, grey): (Double, Double, Double)
                if let lines {
                    let at = row * panel.width + column
                    // Maps reach a few mm past a drawing by hand: what is there is seen too.
                    shape = max(lines.isInside[at] ? 1 : 0, min(6 * t, 1))
                    (edge, grey) = (lineStrength * Double(lines.ink[at]), Double(lines.grey[at]))
                } else if let brain {
                    let inside = min(max(brain(across, up), 0), 1)
                    shape = min(max((inside - 0.45) * 10, 0), 1)
                    (edge, grey) = (inside > 0.02 ? outline(brain, across, up, inside, scale) : 0, outlineGrey)
                } else {
                    continue
                }
                let alpha = max(edge, shape)
                guard alpha > 0 else { continue }
                let filled = Self.colour(t, of: value < 0 ? .cool : .warm)
                let colour = filled * (1 - edge) + SIMD3(repeating: grey) * edge
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
            guard mask.grid.affine.voxelSize.max() <= Self.cell * 1.01 else {
                fill(values, mask: mask, plane: plane)
                return
            }
            for position in 0..<min(mask.count, values.count) where values[position].isFinite {
                let world = mask.world(at: position)
                let (across, up) = plane.page(world)
                let (column, row) = (
                    Int(((across - left) / Self.cell).rounded()), Int(((up - bottom) / Self.cell).rounded())
                )
                guard row >= 0, row < height, column >= 0, column < width else { continue }
                let at = column + width * row
                if abs(values[position]) > abs(cells[at]) { cells[at] = values[position] }
            }
        }

        /// How much of a line of sight is brain, its steps smoothed away.
        init(silhouette: Mask, plane: SlicePlane) {
            let inside = [Float](repeating: 1, count: silhouette.count)
            self = Projection(inside, mask: silhouette, plane: plane).softened.softened
        }

        /// Of voxels wider than a cell: read between them, so that they make no steps. A line of sight passes a value where two fifths of the
        /// surrounding voxels have one.
        private mutating func fill(_ values: [Float], mask: Mask, plane: SlicePlane) {
            var (weights, sums) = (
                [Float](repeating: 0, count: mask.grid.count), [Float](repeating: 0, count: mask.grid.count)
            )
            var (least, most) = (Double.infinity, -Double.infinity)
            for position in 0..<min(mask.count, values.count) where values[position].isFinite && values[position] != 0 {
                let at = Int(mask.voxels[position])
                weights[at] = 1
                sums[at] = values[position]
                let depth = plane.depth(of: mask.world(at: position))
                (least, most) = (min(least, depth), max(most, depth))
            }
            guard least <= most else { return }
            let (weight, sum) = (
                LinearSampler(grid: mask.grid, values: weights), LinearSampler(grid: mask.grid, values: sums)
            )
            for row in 0..<height {
                for column in 0..<width {
                    let (across, up) = (left + Double(column) * Self.cell, bottom + Double(row) * Self.cell)
                    var strongest: Float = 0
                    for depth in stride(from: least, through: most, by: Self.cell) {
                        let world = plane.world(across: across, up: up, depth: depth)
                        let share = weight(world)
                        guard share > 0.4 else { continue }
                        let value = sum(world) / share
                        if abs(value) > abs(strongest) { strongest = value }
                    }
                    cells[column + width * row] = strongest
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
