import Foundation
public import Imaging
import Inference

/// Three small axial slices of a map, to see at a glance that it is a brain, the right way up, and not cut off.
///
/// Made by ``SliceMosaic``, as coarse as it has to be for its size; colours by few steps, which compress. Nothing is white and what is strong
/// is dark, as in ``GlassBrain``, so that noise around zero does not look like a finding. What the mask holds and the map has no value for
/// is grey.
public struct MapThumbnail: Hashable, Sendable {
    /// `data:image/png;base64,…`, of at most ``mostBytes``.
    public let dataURI: String
    public let width: Int
    public let height: Int

    public static let mostBytes = 6_000
    /// mm above the origin of MNI space.
    public static let depths: [Double] = [-16, 12, 40]
    /// Pixels a millimetre, tried in this order.
    private static let scales = [0.4, 0.32, 0.26, 0.2, 0.15, 0.1]
    /// |value| that is told apart, from nothing to the largest.
    private static let steps: Float = 4
    /// Share of the values that lie below the bright end of the colours: a few extreme voxels do not darken the rest.
    private static let range = 0.98

    /// - Parameter values: one per mask voxel; NaN where there is none.
    /// - Returns: nil where no picture is small enough.
    public init?(values: [Float], mask: Mask) {
        let sizes = values.map(abs).filter(\.isFinite).sorted()
        guard let largest = sizes.last, largest > 0 else { return nil }
        let bright = sizes[min(Int(Double(sizes.count) * Self.range), sizes.count - 1)]
        let unit = (bright > 0 ? bright : largest) / Self.steps
        let shown = values.map { value -> Float in
            let size = min((abs(value) / unit).rounded(), Self.steps)
            return value < 0 ? -size : size
        }
        // Zero is a value too, and drawn.
        let voxels = shown.indices.filter { shown[$0].isFinite }.map { Int32($0) }
        let layers = SliceLayers(
            z: shown, mask: mask, clusters: [Cluster(sign: 1, voxels: voxels, peaks: [])], background: nil)
        for scale in Self.scales {
            let image = SliceMosaic(
                layers, rows: [SliceMosaic.Row(.axial, Self.depths)], threshold: 0, limit: Double(Self.steps),
                pixelsPerMillimetre: scale, colour: GlassBrain.colour
            ).image.inFewColours
            let text = "data:image/png;base64," + Data(PNG.encode(image)).base64EncodedString()
            guard text.utf8.count <= Self.mostBytes else { continue }
            (dataURI, width, height) = (text, image.width, image.height)
            return
        }
        return nil
    }
}

extension RasterImage {
    /// Every channel by eight steps, and opacity all or nothing.
    fileprivate var inFewColours: RasterImage {
        var image = self
        for start in stride(from: 0, to: pixels.count, by: 4) {
            let isShown = pixels[start + 3] > 127
            for channel in 0..<3 {
                image.pixels[start + channel] = isShown ? (pixels[start + channel] & 0xE0) | 0x10 : 0
            }
            image.pixels[start + 3] = isShown ? 255 : 0
        }
        return image
    }
}
