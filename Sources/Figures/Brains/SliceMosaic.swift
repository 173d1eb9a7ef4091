import Foundation
public import Imaging
public import Inference

/// Slices through the brain with clusters of a statistic on top.
///
/// The background is a T1 image in grey, transparent outside the brain so that a page's own background shows. Voxels
/// of the given clusters are coloured by |z|: ``ColourMap/warm`` above zero, ``ColourMap/cool`` below. Both images
/// are read trilinearly; a cluster's edge is where half of the surrounding voxels belong to it.
public struct SliceMosaic: Sendable {
    /// One slice of the picture.
    public struct Panel: Hashable, Sendable {
        public var plane: SlicePlane
        /// mm along the plane's axis.
        public var depth: Double
        /// Pixels from the left and top.
        public var x: Int
        public var y: Int
        public var width: Int
        public var height: Int
        /// What it shows of the slice; nil is all of it.
        public var window: SliceWindow?

        /// What it shows.
        var shown: SliceWindow { window ?? SliceWindow(plane) }
    }

    public let image: RasterImage
    public let panels: [Panel]
    /// |z| at the dark and the bright end of the colours.
    public let range: ClosedRange<Double>
    public let hasPositive: Bool
    public let hasNegative: Bool
    public let pixelsPerMillimetre: Double

    /// A row of slices in one plane.
    public struct Row: Hashable, Sendable {
        public var plane: SlicePlane
        public var depths: [Double]
        /// What is shown of the slices; nil is all of them, with room for their coordinates above.
        public var window: SliceWindow?

        public init(_ plane: SlicePlane, _ depths: [Double], window: SliceWindow? = nil) {
            self.plane = plane
            self.depths = depths
            self.window = window
        }

        var shown: SliceWindow { window ?? SliceWindow(plane) }
    }

    /// Twelve axial, five sagittal and six coronal slices: spread over the brain, and through the clusters' peaks.
    public static func standardRows(for clusters: [Cluster]) -> [Row] {
        let axial = depths(
            [-44, -34, -24, -14, -6, 2, 10, 20, 30, 40, 52, 64], through: peaks(of: clusters).map(\.z))
        return [
            Row(.axial, Array(axial.prefix(6))), Row(.axial, Array(axial.dropFirst(6))),
            Row(.sagittal, depths([-46, -24, -4, 24, 46], through: peaks(of: clusters).map(\.x))),
            Row(.coronal, depths([-80, -58, -36, -10, 16, 42], through: peaks(of: clusters).map(\.y))),
        ]
    }

    /// The clusters' peaks, strongest first.
    private static func peaks(of clusters: [Cluster]) -> [SIMD3<Double>] {
        clusters.compactMap(\.peaks.first).sorted { abs($0.value) > abs($1.value) }.map(\.coordinate)
    }

    /// The usual depths, the nearest free one moved onto each peak that no slice passes within 2 mm, as long as there
    /// are any; ascending.
    static func depths(_ usual: [Double], through peaks: [Double]) -> [Double] {
        var depths = usual
        var isTaken = [Bool](repeating: false, count: usual.count)
        for peak in peaks {
            if depths.indices.contains(where: { isTaken[$0] && abs(depths[$0] - peak) <= 2 }) { continue }
            let free = depths.indices.filter { !isTaken[$0] }
            guard let nearest = free.min(by: { abs(depths[$0] - peak) < abs(depths[$1] - peak) }) else { break }
            depths[nearest] = peak
            isTaken[nearest] = true
        }
        return depths.sorted()
    }

    /// - Parameters:
    ///   - z: statistic, one value per mask voxel.
    ///   - rows: nil for ``standardRows(for:)``.
    ///   - threshold: |z| at the dark end of the colours.
    ///   - limit: |z| at the bright end; the colours then begin at 0, so that pictures of one limit can be compared. nil takes both ends
    ///     from the threshold and the clusters.
    ///   - sideBySide: the rows one beside the other, as three planes through a point.
    ///   - pixelsPerMillimetre: 1.5 shows a 2 mm voxel as 3 pixels.
    public init(
        z: [Float], mask: Mask, clusters: [Cluster], threshold: Double, background: Volume?,
        rows: [Row]? = nil, limit: Double? = nil, sideBySide: Bool = false, pixelsPerMillimetre scale: Double = 1.5
    ) {
        self.init(
            SliceLayers(z: z, mask: mask, clusters: clusters, background: background),
            rows: rows ?? Self.standardRows(for: clusters), threshold: threshold, limit: limit, sideBySide: sideBySide,
            pixelsPerMillimetre: scale)
    }

    /// One of several pictures of the same layers.
    ///
    /// - Parameter colour: of a magnitude (0…1).
    package init(
        _ layers: SliceLayers, rows: [Row], threshold: Double, limit: Double? = nil, sideBySide: Bool = false,
        pixelsPerMillimetre scale: Double = 1.5,
        colour: (Double, ColourMap) -> SIMD3<Double> = { t, map in map[t] }
    ) {
        let (brain, overlay) = (layers.brain, layers.overlay)
        range = limit.map { 0...max($0, 0.5) } ?? Self.range(threshold: threshold, largest: overlay.largest)
        hasPositive = layers.hasPositive
        hasNegative = layers.hasNegative
        pixelsPerMillimetre = scale
        panels = sideBySide ? Self.line(rows, scale: scale) : Self.layout(rows, scale: scale)
        var image = RasterImage(
            width: panels.map { $0.x + $0.width }.max() ?? 1, height: panels.map { $0.y + $0.height }.max() ?? 1)
        for panel in panels {
            Self.paint(panel, brain: brain, overlay: overlay, range: range, scale: scale, colour, into: &image)
        }
        self.image = image
    }

    /// Bright end of the colours: the largest |z|, rounded up to a half.
    static func range(threshold: Double, largest: Double) -> ClosedRange<Double> {
        let low = threshold.isFinite && threshold > 0 ? threshold : 0
        let top = largest.upToHalf
        return low...(top > low + 0.25 ? top : low + 0.5)
    }

    private static func layout(_ rows: [Row], scale: Double) -> [Panel] {
        func pixels(_ length: Double) -> Int { Int((length * scale).rounded()) }
        let widths = rows.map { row in row.depths.count * pixels(row.shown.size.across) }
        let total = widths.max() ?? 0
        var panels: [Panel] = []
        var y = 0
        for (row, width) in zip(rows, widths) {
            let size = (pixels(row.shown.size.across), pixels(row.shown.size.up))
            // Room above each row for the slices' coordinates.
            if row.window == nil { y += pixels(10) }
            for (n, depth) in row.depths.enumerated() {
                // Spare width is shared out between the panels of a shorter row.
                let x = n * size.0 + (total - width) * (2 * n + 1) / (2 * row.depths.count)
                panels.append(
                    Panel(
                        plane: row.plane, depth: depth, x: x, y: y, width: size.0, height: size.1, window: row.window))
            }
            y += size.1
        }
        return panels
    }

    /// All slices in one line, their lower edges level.
    private static func line(_ rows: [Row], scale: Double) -> [Panel] {
        func pixels(_ length: Double) -> Int { Int((length * scale).rounded()) }
        let lettering = pixels(10)
        let tallest = rows.map { pixels($0.shown.size.up) }.max() ?? 0
        var panels: [Panel] = []
        var x = 0
        for row in rows {
            let (width, height) = (pixels(row.shown.size.across), pixels(row.shown.size.up))
            for depth in row.depths {
                let y = lettering + tallest - height
                panels.append(
                    Panel(
                        plane: row.plane, depth: depth, x: x, y: y, width: width, height: height, window: row.window))
                x += width
            }
        }
        return panels
    }

    private static func paint(
        _ panel: Panel, brain: Background, overlay: Overlay, range: ClosedRange<Double>, scale: Double,
        _ hue: (Double, ColourMap) -> SIMD3<Double>, into image: inout RasterImage
    ) {
        let extent = panel.shown
        let lift = brain.lift(of: panel.plane, at: panel.depth)
        for row in 0..<panel.height {
            let up = extent.up.upperBound - (Double(row) + 0.5) / scale
            for column in 0..<panel.width {
                let across = extent.across.lowerBound + (Double(column) + 0.5) / scale
                let world = panel.plane.world(across: across, up: up, depth: panel.depth)
                let (grey, coverage) = brain(world)
                var colour = SIMD3<Double>(repeating: min(grey * lift, 0.95))
                var alpha = coverage
                if let (value, opacity) = overlay(world) {
                    let t = (abs(value) - range.lowerBound) / (range.upperBound - range.lowerBound)
                    let map = value < 0 ? ColourMap.cool : ColourMap.warm
                    let total = opacity + alpha * (1 - opacity)
                    colour = (hue(t, map) * opacity + colour * (alpha * (1 - opacity))) / max(total, 1e-6)
                    alpha = total
                }
                guard alpha > 0 else { continue }
                func byte(_ v: Double) -> UInt8 { UInt8(min(max(v, 0), 1) * 255 + 0.5) }
                image[panel.x + column, panel.y + row] = RGBA(
                    byte(colour.x), byte(colour.y), byte(colour.z), byte(alpha))
            }
        }
    }
}
