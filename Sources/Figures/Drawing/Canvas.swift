import Foundation

/// Pixels that shapes are painted on, with smooth edges: a pixel's share of a shape is taken from four lines through it,
/// exactly along each line.
struct Canvas {
    let width: Int
    let height: Int
    private(set) var pixels: [SIMD4<Float>]

    private static let lines = 4

    init(width: Int, height: Int, paper: Drawing.Colour) {
        self.width = max(width, 1)
        self.height = max(height, 1)
        let colour = SIMD4<Float>(Float(paper.x), Float(paper.y), Float(paper.z), 1)
        pixels = Array(repeating: colour, count: self.width * self.height)
    }

    /// Fills what the closed contours go round, counted with their direction as fonts do (non-zero rule).
    mutating func fill(_ contours: [[SIMD2<Double>]], colour: Drawing.Colour, opacity: Double) {
        guard opacity > 0 else { return }
        var edges: [Edge] = []
        for contour in contours where contour.count > 1 {
            for n in contour.indices {
                let edge = Edge(contour[n], contour[n + 1 < contour.count ? n + 1 : 0])
                if let edge { edges.append(edge) }
            }
        }
        guard let top = edges.map(\.top).min(), let bottom = edges.map(\.bottom).max() else { return }
        edges.sort { $0.top < $1.top }
        let rows = Self.clipped(top.rounded(.down), bottom.rounded(.up) + 1, to: height)
        var coverage = [Float](repeating: 0, count: width)
        var active: [Edge] = []
        var next = 0
        for row in rows {
            while next < edges.count, edges[next].top < Double(row + 1) {
                active.append(edges[next])
                next += 1
            }
            active.removeAll { $0.bottom <= Double(row) }
            guard !active.isEmpty else { continue }
            var (low, high) = (width, -1)
            for line in 0..<Self.lines {
                let y = Double(row) + (Double(line) + 0.5) / Double(Self.lines)
                let crossings = active.compactMap { $0.crossing(y) }.sorted { $0.x < $1.x }
                var winding = 0
                for (n, crossing) in crossings.enumerated() {
                    winding += crossing.direction
                    guard winding != 0, n + 1 < crossings.count else { continue }
                    Self.span(crossing.x, crossings[n + 1].x, width, &coverage, &low, &high)
                }
            }
            guard low <= high else { continue }
            for x in low...high where coverage[x] > 0 {
                blend(colour, Float(opacity) * min(coverage[x], 1), at: x + width * row)
                coverage[x] = 0
            }
        }
    }

    /// Whole pixels of an interval that lie on the canvas; none where it misses it.
    private static func clipped(_ from: Double, _ to: Double, to size: Int) -> Range<Int> {
        let low = Int(min(max(from, 0), Double(size)))
        return low..<max(low, Int(min(max(to, 0), Double(size))))
    }

    private struct Edge {
        let top: Double
        let bottom: Double
        let x: Double
        let slope: Double
        let direction: Int

        init?(_ a: SIMD2<Double>, _ b: SIMD2<Double>) {
            guard a.y != b.y, a.x.isFinite, a.y.isFinite, b.x.isFinite, b.y.isFinite else { return nil }
            let (upper, lower) = a.y < b.y ? (a, b) : (b, a)
            top = upper.y
            bottom = lower.y
            x = upper.x
            slope = (lower.x - upper.x) / (lower.y - upper.y)
            direction = a.y < b.y ? 1 : -1
        }

        func crossing(_ y: Double) -> (x: Double, direction: Int)? {
            y >= top && y < bottom ? (x + slope * (y - top), direction) : nil
        }
    }

    private static func span(
        _ from: Double, _ to: Double, _ width: Int, _ coverage: inout [Float], _ low: inout Int, _ high: inout Int
    ) {
        let (a, b) = (max(from, 0), min(to, Double(width)))
        guard a < b else { return }
        let (first, last) = (Int(a), min(Int(b), width - 1))
        low = min(low, first)
        high = max(high, last)
        let share = 1 / Float(lines)
        if first == last {
            coverage[first] += Float(b - a) * share
            return
        }
        coverage[first] += Float(Double(first + 1) - a) * share
        if last > first + 1 { for x in first + 1..<last { coverage[x] += share } }
        coverage[last] += Float(b - Double(last)) * share
    }

    private mutating func blend(_ colour: Drawing.Colour, _ alpha: Float, at index: Int) {
        let over = SIMD4<Float>(Float(colour.x), Float(colour.y), Float(colour.z), 1)
        pixels[index] += (over - pixels[index]) * alpha
    }

    /// Draws a picture into a rectangle: each pixel is the mean of what falls into it, or the nearest where it is enlarged.
    mutating func draw(_ image: RasterImage, at: SIMD2<Double>, size: SIMD2<Double>) {
        guard size.x > 0, size.y > 0 else { return }
        let step = SIMD2(Double(image.width) / size.x, Double(image.height) / size.y)
        let columns = Self.clipped(at.x.rounded(), (at.x + size.x).rounded(), to: width)
        let rows = Self.clipped(at.y.rounded(), (at.y + size.y).rounded(), to: height)
        guard !columns.isEmpty, !rows.isEmpty else { return }
        let samples = SIMD2(max(1, min(4, Int(step.x.rounded()))), max(1, min(4, Int(step.y.rounded()))))
        for row in rows {
            for column in columns {
                var sum = SIMD4<Float>.zero
                for v in 0..<samples.y {
                    let y = (Double(row) + (Double(v) + 0.5) / Double(samples.y) - at.y) * step.y
                    for u in 0..<samples.x {
                        let x = (Double(column) + (Double(u) + 0.5) / Double(samples.x) - at.x) * step.x
                        let pixel = image[min(max(Int(x), 0), image.width - 1), min(max(Int(y), 0), image.height - 1)]
                        let alpha = Float(pixel.alpha) / 255
                        let colour = SIMD4<Float>(Float(pixel.red), Float(pixel.green), Float(pixel.blue), 255) / 255
                        sum += colour * alpha
                    }
                }
                sum /= Float(samples.x * samples.y)
                let index = column + width * row
                pixels[index] = sum + pixels[index] * (1 - sum.w)
            }
        }
    }

    var image: RasterImage {
        var image = RasterImage(width: width, height: height)
        for (n, pixel) in pixels.enumerated() {
            for channel in 0..<4 {
                image.pixels[4 * n + channel] = UInt8(min(max(pixel[channel], 0), 1) * 255 + 0.5)
            }
        }
        return image
    }
}
