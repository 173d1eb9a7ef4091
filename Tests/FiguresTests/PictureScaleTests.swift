import Figures
import Foundation
import Imaging
import Inference
import TestSupport
import Testing

/// Pictures that are to be compared share one scale, and planes can stand side by side.
@Suite("Scale and arrangement of pictures")
struct PictureScaleTests {
    private static let z: [Float] = (0..<Head.mask.count).map { position in
        let d = Head.mask.world(at: position) - [-30, 34, 0]
        return (d * d).sum() < 400 ? 4 : 0
    }

    private static var clusters: [Cluster] {
        ClusterFinder(mask: Head.mask, connectivity: .edges).clusters(in: z, above: 1, sign: 1, minimumExtent: 2)
    }

    @Test("a given limit ends the colours, and they begin at 0; without one the map's own does")
    func limit() {
        #expect(GlassBrain(z: Self.z, mask: Head.mask, background: nil, limit: 8).range == 0...8)
        #expect(GlassBrain(z: Self.z, mask: Head.mask, background: nil).range == 0...4)
        func mosaic(_ limit: Double?) -> SliceMosaic {
            SliceMosaic(
                z: Self.z, mask: Head.mask, clusters: Self.clusters, threshold: 2.5, background: nil, limit: limit)
        }
        #expect(mosaic(8).range == 0...8)
        #expect(mosaic(nil).range == 2.5...4)
    }

    @Test("three planes side by side do not overlap, stand on one line and fill the picture's width")
    func sideBySide() {
        let mosaic = SliceMosaic(
            z: Self.z, mask: Head.mask, clusters: Self.clusters, threshold: 1, background: nil,
            rows: [.init(.sagittal, [-30]), .init(.coronal, [34]), .init(.axial, [0])], limit: 5, sideBySide: true)
        let panels = mosaic.panels
        #expect(panels.map(\.plane) == [.sagittal, .coronal, .axial])
        for (left, right) in zip(panels, panels.dropFirst()) { #expect(left.x + left.width == right.x) }
        #expect(Set(panels.map { $0.y + $0.height }).count == 1, "the lower edges are not level")
        #expect(panels.last.map { $0.x + $0.width } == mosaic.image.width)
    }

    @Test("the threshold is marked on the bar where it lies within it, and nowhere else")
    func mark() {
        let glass = GlassBrain(z: Self.z, mask: Head.mask, background: nil, limit: 8)
        var figure = BrainFigure(glass, identifier: "x", description: "d")
        #expect(!figure.svg.source.contains("class=\"level\""))
        figure.threshold = 2
        // A quarter of the bar's 200 units from its left end; its label takes the place of the middle one.
        #expect(figure.svg.source.components(separatedBy: "class=\"level\"").count == 2)
        #expect(figure.svg.source.contains(">2.00</text>") && !figure.svg.source.contains(">4.00</text>"))
        figure.threshold = 9
        #expect(!figure.svg.source.contains("class=\"level\"") && figure.svg.source.contains(">4.00</text>"))
    }
}
