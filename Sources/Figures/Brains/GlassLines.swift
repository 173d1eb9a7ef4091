import Foundation

/// The lines of a glass brain: its outline, and inside it what helps to see where something is. Drawn by hand by the authors of nilearn to
/// fit MNI152 (`Resources/PROVENANCE.md`).
struct GlassLines {
    /// A line of one view.
    struct Line {
        var plane: SlicePlane
        /// mm.
        var width: Double
        /// 0 is black.
        var grey: Double
        /// mm of the page: ``SlicePlane/page(_:)``.
        var points: [SIMD2<Double>]
        /// Whether it is of the outline, or of as much weight.
        var isBold: Bool
    }

    let lines: [Line]

    /// nil in an incomplete installation, where brains have their silhouette as outline.
    static let shipped = try? GlassLines()

    private static let name = "glass.tsv.gz"

    /// Reads the file that `Scripts/glass.py` made.
    init() throws(FigureResources.Missing) {
        let text = String(decoding: try FigureResources.unpacked(Self.name), as: UTF8.self)
        var lines: [Line] = []
        for row in text.split(separator: "\n") {
            let cells = row.split(separator: "\t")
            guard cells.count == 4, let plane = SlicePlane(rawValue: String(cells[0])), let width = Double(cells[1]),
                let grey = Double(cells[2])
            else { throw Self.damaged }
            let points = cells[3].split(separator: " ").compactMap { pair -> SIMD2<Double>? in
                let ends = pair.split(separator: ",").compactMap { Double($0) }
                return ends.count == 2 ? [ends[0], ends[1]] : nil
            }
            guard points.count > 1 else { throw Self.damaged }
            // Of their widths, points of a figure some 20 cm wide, half is plenty at a mm of the brain a unit.
            lines.append(
                Line(plane: plane, width: 0.55 * width, grey: grey, points: points, isBold: width > 1.5 && grey == 0))
        }
        guard !lines.isEmpty else { throw Self.damaged }
        self.lines = lines
    }

    private static var damaged: FigureResources.Missing { FigureResources.Missing(name: name, reason: "is damaged") }

    /// A view at a size: of every pixel, row by row, how much of it is line and of which grey, and whether it lies within the outline.
    struct Drawn {
        var ink: [Float]
        var grey: [Float]
        var isInside: [Bool]
    }

    /// - Parameters:
    ///   - window: mm that the picture shows.
    ///   - scale: pixels per mm.
    func drawn(_ plane: SlicePlane, in window: SliceWindow, width: Int, height: Int, scale: Double) -> Drawn {
        var result = Drawn(
            ink: [Float](repeating: 0, count: width * height), grey: [Float](repeating: 0, count: width * height),
            isInside: [])
        var isWall = [Bool](repeating: false, count: width * height)
        func pixel(_ p: SIMD2<Double>) -> SIMD2<Double> {
            [(p.x - window.across.lowerBound) * scale, (window.up.upperBound - p.y) * scale]
        }
        for line in lines where line.plane == plane {
            let half = line.width * scale / 2
            for (a, b) in zip(line.points, line.points.dropFirst()) {
                let (start, end) = (pixel(a), pixel(b))
                let (low, high) = (pointwiseMin(start, end) - half - 1, pointwiseMax(start, end) + half + 1)
                let (first, last) = (max(Int(low.y), 0), min(Int(high.y), height - 1))
                let (left, right) = (max(Int(low.x), 0), min(Int(high.x), width - 1))
                guard first <= last, left <= right else { continue }
                for y in first...last {
                    for x in left...right {
                        let away = Self.distance([Double(x) + 0.5, Double(y) + 0.5], start, end)
                        let ink = Float(min(max(half - away + 0.5, 0), 1))
                        let at = y * width + x
                        if line.isBold, away < max(half, 0.75) { isWall[at] = true }
                        guard ink > result.ink[at] else { continue }
                        result.ink[at] = ink
                        result.grey[at] = Float(line.grey)
                    }
                }
            }
        }
        result.isInside = Self.inside(isWall, width: width, height: height)
        return result
    }

    private static func distance(_ p: SIMD2<Double>, _ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double {
        let (along, to) = (b - a, p - a)
        let length = (along * along).sum()
        let t = length > 0 ? min(max((to * along).sum() / length, 0), 1) : 0
        let off = to - along * t
        return (off * off).sum().squareRoot()
    }

    /// What cannot be reached from the picture's edges without crossing a wall.
    private static func inside(_ isWall: [Bool], width: Int, height: Int) -> [Bool] {
        var isOutside = [Bool](repeating: false, count: isWall.count)
        var next: [Int] = []
        func visit(_ x: Int, _ y: Int) {
            guard x >= 0, y >= 0, x < width, y < height else { return }
            let at = y * width + x
            guard !isWall[at], !isOutside[at] else { return }
            isOutside[at] = true
            next.append(at)
        }
        for x in 0..<width {
            visit(x, 0)
            visit(x, height - 1)
        }
        for y in 0..<height {
            visit(0, y)
            visit(width - 1, y)
        }
        while let at = next.popLast() {
            let (x, y) = (at % width, at / width)
            visit(x - 1, y)
            visit(x + 1, y)
            visit(x, y - 1)
            visit(x, y + 1)
        }
        return isOutside.map { !$0 }
    }
}
