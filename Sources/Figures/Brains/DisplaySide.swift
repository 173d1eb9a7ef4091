/// Where the subject's left is shown on axial and coronal views.
package enum DisplaySide: String, Hashable, Sendable, CaseIterable {
    /// On the left.
    case neurological
    /// On the right, as radiologists look at a patient.
    case radiological

    package var words: String {
        self == .neurological ? "Left is left (neurological)" : "Left is right (radiological)"
    }

    /// Letters at the page's left and right edge of a view.
    func letters(of plane: SlicePlane) -> (left: String, right: String) {
        let sides = plane.sides
        return self == .radiological && plane != .sagittal ? (sides.right, sides.left) : sides
    }

    /// The picture as it is shown: views whose sides change places are turned round, each by itself.
    func turned(_ image: RasterImage, panels: [SliceMosaic.Panel]) -> RasterImage {
        guard self == .radiological else { return image }
        var result = image
        for panel in panels where panel.plane != .sagittal {
            for y in panel.y..<panel.y + panel.height {
                for x in 0..<panel.width {
                    result[panel.x + x, y] = image[panel.x + panel.width - 1 - x, y]
                }
            }
        }
        return result
    }

    /// mm from a panel's left edge on the page.
    func across(_ across: Double, _ panel: SliceMosaic.Panel) -> Double {
        let extent = panel.shown.across
        return self == .radiological && panel.plane != .sagittal
            ? extent.upperBound - across : across - extent.lowerBound
    }
}
