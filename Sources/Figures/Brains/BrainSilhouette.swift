import Imaging

/// The outline of the standard brain seen from one side, in millimetres of the page (``SlicePlane/page(_:)``).
struct BrainSilhouette {
    let plane: SlicePlane
    /// Closed; across and up.
    let outlines: [[SIMD2<Double>]]

    /// Millimetres of a cell.
    private static let cell = 2.0
    /// Corners of an outline that is worth drawing: smaller ones are noise of the mask.
    private static let least = 24

    init(_ mask: Mask, plane: SlicePlane) {
        self.plane = plane
        var cells: Set<SIMD2<Int>> = []
        for position in 0..<mask.count {
            let (across, up) = plane.page(mask.world(at: position))
            cells.insert([Int((across / Self.cell).rounded(.down)), Int((up / Self.cell).rounded(.down))])
        }
        outlines = CellOutline.loops(of: cells).filter { $0.count >= Self.least }.map { loop in
            CellOutline.smooth(loop.map { SIMD2(Double($0.x), Double($0.y)) * Self.cell }, passes: 3)
        }
    }
}
