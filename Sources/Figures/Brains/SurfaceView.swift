import Foundation
package import Imaging

/// A map on the inflated cortex: both hemispheres from outside and from between them.
///
/// Sulci are darker than gyri. Colours are those of ``SliceMosaic``; they end where less than two fifths of the ribbon
/// have a value to show.
package struct SurfaceView: Sendable {
    package struct Panel: Hashable, Sendable {
        package var isLeft: Bool
        package var isLateral: Bool
        /// Pixels from the left and top.
        package var x: Int
        package var y: Int
        package var width: Int
        package var height: Int

        package var name: String { "\(isLeft ? "Left" : "Right"), \(isLateral ? "lateral" : "medial")" }
    }

    package let image: RasterImage
    package let panels: [Panel]
    package let range: ClosedRange<Double>
    package let hasPositive: Bool
    package let hasNegative: Bool
    package let pixelsPerMillimetre: Double

    /// mm of the inflated surface that a panel shows: across is front to back.
    private static let extent = (across: 222.0, up: 152.0)

    /// - Parameters:
    ///   - volume: the map.
    ///   - isShown: whether a voxel of the grid is coloured.
    ///   - range: magnitude at the dark and the bright end of the colours.
    package init(
        _ volume: Volume, isShown: (Int) -> Bool, range: ClosedRange<Double>, surface: CorticalSurface,
        pixelsPerMillimetre scale: Double = 2
    ) {
        self.range = range
        pixelsPerMillimetre = scale
        let sampler = RibbonSampler(volume, isShown: isShown)
        let (width, height) = (Int(Self.extent.across * scale), Int(Self.extent.up * scale))
        let gap = Int(10 * scale)
        var image = RasterImage(width: 2 * width + gap, height: 2 * height + gap)
        var panels: [Panel] = []
        var signs: (positive: Bool, negative: Bool) = (false, false)
        for (column, hemisphere) in surface.hemispheres.enumerated() {
            let samples = zip(hemisphere.white, hemisphere.pial).map { sampler(white: $0, pial: $1) }
            signs.positive = signs.positive || samples.contains { $0.share >= 0.4 && $0.value > 0 }
            signs.negative = signs.negative || samples.contains { $0.share >= 0.4 && $0.value < 0 }
            for isLateral in [true, false] {
                let panel = Panel(
                    isLeft: hemisphere.isLeft, isLateral: isLateral, x: column * (width + gap),
                    y: isLateral ? 0 : height + gap, width: width, height: height)
                let painter = SurfacePainter(hemisphere, samples: samples, range: range, isLateral: isLateral)
                painter.paint(into: &image, panel: panel, scale: scale)
                panels.append(panel)
            }
        }
        self.image = image
        self.panels = panels
        hasPositive = signs.positive
        hasNegative = signs.negative
    }
}
