import Foundation

/// One hemisphere seen from one side, by a depth buffer at twice the picture's resolution.
struct SurfacePainter {
    private let hemisphere: CorticalSurface.Hemisphere
    private let range: ClosedRange<Double>
    /// Per vertex: page right, page up, towards the reader; mm from the surface's middle.
    private let places: [SIMD3<Double>]
    /// Per vertex: light, grey of the sulci, share of the ribbon with a value, value times share.
    private let looks: [SIMD4<Double>]

    init(
        _ hemisphere: CorticalSurface.Hemisphere, samples: [(value: Double, share: Double)],
        range: ClosedRange<Double>, isLateral: Bool
    ) {
        self.hemisphere = hemisphere
        self.range = range
        // Looking along +x the front is on the left of the page; looking along −x it is on the right.
        let fromLeft = hemisphere.isLeft == isLateral
        let turned = hemisphere.inflated.map { p -> SIMD3<Double> in
            fromLeft ? SIMD3(-p.y, p.z, -p.x) : SIMD3(p.y, p.z, p.x)
        }
        var (low, high) = (turned.first ?? .zero, turned.first ?? .zero)
        for place in turned {
            low = pointwiseMin(low, place)
            high = pointwiseMax(high, place)
        }
        let middle = (low + high) * 0.5
        places = turned.map { $0 - middle }
        let normals = Self.normals(turned, hemisphere.triangles)
        looks = normals.indices.map { n in
            let light = 0.42 + 0.58 * abs(normals[n].z)
            let grey = 0.74 - 0.13 * tanh(3 * hemisphere.depth[n] / 10)
            return SIMD4(light, grey, samples[n].share, samples[n].share * samples[n].value)
        }
    }

    /// Mean normal of the triangles round each vertex, of length 1.
    private static func normals(_ places: [SIMD3<Double>], _ triangles: [SIMD3<Int>]) -> [SIMD3<Double>] {
        var sums = [SIMD3<Double>](repeating: .zero, count: places.count)
        for t in triangles {
            let (a, b) = (places[t.y] - places[t.x], places[t.z] - places[t.x])
            let x: Double = a.y * b.z - a.z * b.y
            let y: Double = a.z * b.x - a.x * b.z
            let z: Double = a.x * b.y - a.y * b.x
            let normal = SIMD3(x, y, z)
            for corner in [t.x, t.y, t.z] { sums[corner] += normal }
        }
        return sums.map { sum in
            let length = (sum * sum).sum().squareRoot()
            return length > 0 ? sum / length : SIMD3(0, 0, 1)
        }
    }

    func paint(into image: inout RasterImage, panel: SurfaceView.Panel, scale: Double) {
        let fine = 2
        let (width, height) = (panel.width * fine, panel.height * fine)
        var depth = [Double](repeating: -.infinity, count: width * height)
        var colours = [SIMD4<Double>](repeating: .zero, count: width * height)
        let zoom = scale * Double(fine)
        let page = places.map { place in
            SIMD3(Double(width) / 2 + place.x * zoom, Double(height) / 2 - place.y * zoom, place.z)
        }
        for t in hemisphere.triangles {
            let (a, b, c) = (page[t.x], page[t.y], page[t.z])
            let area: Double = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
            guard area != 0 else { continue }
            let (left, right) = (max(0, Int(min(a.x, b.x, c.x))), min(width - 1, Int(max(a.x, b.x, c.x)) + 1))
            let (top, bottom) = (max(0, Int(min(a.y, b.y, c.y))), min(height - 1, Int(max(a.y, b.y, c.y)) + 1))
            guard left <= right, top <= bottom else { continue }
            let (columns, rows) = (left...right, top...bottom)
            for row in rows {
                let y = Double(row) + 0.5
                for column in columns {
                    let x = Double(column) + 0.5
                    let first: Double = (b.x - x) * (c.y - y) - (b.y - y) * (c.x - x)
                    let second: Double = (c.x - x) * (a.y - y) - (c.y - y) * (a.x - x)
                    let (u, v) = (first / area, second / area)
                    let w: Double = 1 - u - v
                    guard u >= 0, v >= 0, w >= 0 else { continue }
                    let near: Double = u * a.z + v * b.z + w * c.z
                    let at = column + width * row
                    guard near > depth[at] else { continue }
                    depth[at] = near
                    var look: SIMD4<Double> = looks[t.x] * u
                    look += looks[t.y] * v
                    look += looks[t.z] * w
                    colours[at] = colour(look)
                }
            }
        }
        for y in 0..<panel.height {
            for x in 0..<panel.width {
                var sum = SIMD4<Double>.zero
                for line in y * fine..<(y + 1) * fine {
                    let start = width * line + x * fine
                    for at in start..<start + fine { sum += colours[at] }
                }
                guard sum.w > 0 else { continue }
                let mean = sum / sum.w
                func byte(_ v: Double) -> UInt8 { UInt8(min(max(v, 0), 1) * 255 + 0.5) }
                image[panel.x + x, panel.y + y] = RGBA(
                    byte(mean.x), byte(mean.y), byte(mean.z), byte(sum.w / Double(fine * fine)))
            }
        }
    }

    private func colour(_ look: SIMD4<Double>) -> SIMD4<Double> {
        let grey = SIMD3<Double>(repeating: look.y)
        // The edge of the colours is a tenth of the ribbon wide, so that it has no steps.
        let opacity = min(max((look.z - 0.4) * 10, 0), 1)
        var shown = grey
        if opacity > 0 {
            let value = look.w / look.z
            let t = (abs(value) - range.lowerBound) / (range.upperBound - range.lowerBound)
            shown = grey * (1 - opacity) + (value < 0 ? ColourMap.cool : .warm)[t] * opacity
        }
        let lit = shown * look.x
        return SIMD4(lit.x, lit.y, lit.z, 1)
    }
}
