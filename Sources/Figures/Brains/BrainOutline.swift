import Foundation
package import Imaging

/// A small drawing of the brain from the side and from behind: the outline of the analysis mask, and a region in it.
///
/// Both are projections of the mask's own voxels, so that the place is where the numbers are from; views as of ``GlassBrain``. The
/// outline of all pictures is drawn once and used by each.
package struct BrainOutline {
    private enum View: String, CaseIterable {
        case side, back

        var plane: SlicePlane { self == .side ? .sagittal : .coronal }
    }

    private let mask: Mask
    private let origin: [View: SIMD2<Double>]
    private let size: [View: SIMD2<Double>]
    /// Millimetres of a cell.
    private let cell: Double

    package init(_ mask: Mask) {
        self.mask = mask
        let steps = [mask.grid.affine.i, mask.grid.affine.j, mask.grid.affine.k].map { ($0 * $0).sum().squareRoot() }
        cell = max(1, steps.max() ?? 1)
        var origin: [View: SIMD2<Double>] = [:]
        var size: [View: SIMD2<Double>] = [:]
        for view in View.allCases {
            var low = SIMD2<Double>(repeating: .infinity)
            var high = SIMD2<Double>(repeating: -.infinity)
            for position in 0..<mask.count {
                let point = Self.point(mask.world(at: position), view)
                low = pointwiseMin(low, point)
                high = pointwiseMax(high, point)
            }
            let edge = SIMD2<Double>(repeating: 6)
            origin[view] = low - edge
            size[view] = mask.count > 0 ? high - low + 2 * edge : [1, 1]
        }
        self.origin = origin
        self.size = size
    }

    private static func point(_ world: SIMD3<Double>, _ view: View) -> SIMD2<Double> {
        let (across, up) = view.plane.page(world)
        return [across, -up]
    }

    /// The outlines, to stand once in a page.
    package var symbols: HTML {
        let all = Array(mask.voxels.indices.map { Int32($0) })
        let parts = View.allCases.map { view in
            let path = Self.path(loops(of: all, view).map { CellOutline.smooth($0, passes: 3) })
            return "<symbol id=\"brain-\(view.rawValue)\" viewBox=\"\(box(view))\"><path d=\"\(path)\"/></symbol>"
        }
        return HTML(raw: "<svg width=\"0\" height=\"0\" aria-hidden=\"true\" class=\"defs\">\(parts.joined())</svg>")
    }

    private func box(_ view: View) -> String {
        let size = size[view] ?? [1, 1]
        return "0 0 \(Int(size.x.rounded(.up))) \(Int(size.y.rounded(.up)))"
    }

    /// - Parameters:
    ///   - regions: mask positions of each; none for a dashed question mark.
    ///   - style: class of the region, by its grade.
    package func picture(_ regions: [[Int32]], style: String, description: String) -> HTML {
        let views = View.allCases.map { view in
            let shapes = regions.map { region in
                "<path class=\"region \(style)\" d=\"\(Self.path(loops(of: region, view).map { CellOutline.smooth($0, passes: 1) }))\"/>"
            }
            let size = size[view] ?? [1, 1]
            return "<svg class=\"brain \(view.rawValue)\" viewBox=\"\(box(view))\" aria-hidden=\"true\">"
                + "<use href=\"#brain-\(view.rawValue)\" width=\"\(Int(size.x.rounded(.up)))\" "
                + "height=\"\(Int(size.y.rounded(.up)))\"/>\(shapes.joined())</svg>"
        }
        return HTML(
            raw:
                "<div class=\"picture\" role=\"img\" aria-label=\"\(HTML.escape(description))\">\(views.joined())</div>"
        )
    }

    // MARK: - Outlines

    /// Closed outlines, in mm from the picture's corner, of the cells that some mask positions project to.
    private func loops(of positions: [Int32], _ view: View) -> [[SIMD2<Double>]] {
        let corner = origin[view] ?? .zero
        var cells: Set<SIMD2<Int>> = []
        for position in positions where mask.voxels.indices.contains(Int(position)) {
            let point = (Self.point(mask.world(at: Int(position)), view) - corner) / cell
            cells.insert(SIMD2(Int(point.x.rounded(.down)), Int(point.y.rounded(.down))))
        }
        // Holes of a few cells are noise of the mask, not anatomy.
        return CellOutline.loops(of: cells).filter { $0.count > 8 || positions.count < mask.count }.map { loop in
            loop.map { SIMD2(Double($0.x), Double($0.y)) * cell }
        }
    }

    private static func path(_ loops: [[SIMD2<Double>]]) -> String {
        func number(_ x: Double) -> String { String((x * 10).rounded() / 10) }
        return loops.map { loop in
            let points = loop.map { "\(number($0.x)) \(number($0.y))" }
            return "M\(points.joined(separator: "L"))Z"
        }.joined()
    }
}
