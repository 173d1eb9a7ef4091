/// Closed outlines of a set of cells of a square grid, for drawings of masks.
package enum CellOutline {
    /// Corners of the cells along each outline, in units of a cell; holes are outlines of their own.
    package static func loops(of cells: Set<SIMD2<Int>>) -> [[SIMD2<Int>]] {
        // Each edge between a cell inside and one outside, walked with the inside to the right; from a corner there may be two.
        var next: [SIMD2<Int>: [SIMD2<Int>]] = [:]
        for c in cells {
            func edge(_ a: SIMD2<Int>, _ b: SIMD2<Int>, _ neighbour: SIMD2<Int>) {
                if !cells.contains(c &+ neighbour) { next[c &+ a, default: []].append(c &+ b) }
            }
            edge([0, 0], [1, 0], [0, -1])
            edge([1, 0], [1, 1], [1, 0])
            edge([1, 1], [0, 1], [0, 1])
            edge([0, 1], [0, 0], [-1, 0])
        }
        var loops: [[SIMD2<Int>]] = []
        for start in next.keys.sorted(by: { ($0.y, $0.x) < ($1.y, $1.x) }) {
            while let first = next[start]?.popLast() {
                var loop = [start]
                var here = first
                while here != start {
                    loop.append(here)
                    guard let step = next[here]?.popLast() else { break }
                    here = step
                }
                loops.append(loop)
            }
        }
        return loops
    }

    /// The middles of edges, then averages of neighbours, so that steps of a slanted line become the line.
    package static func smooth(_ loop: [SIMD2<Double>], passes: Int) -> [SIMD2<Double>] {
        var points = zip(loop, loop.dropFirst() + loop.prefix(1)).map { 0.5 * ($0 + $1) }
        for _ in 0..<passes {
            points = points.indices.map { index in
                let before = points[(index + points.count - 1) % points.count]
                let after = points[(index + 1) % points.count]
                return 0.25 * before + 0.5 * points[index] + 0.25 * after
            }
        }
        return points
    }
}
