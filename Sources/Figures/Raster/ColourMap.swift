import Foundation

/// A sequence of colours for a magnitude, even in lightness from end to end.
///
/// Colours are laid out in OKLCH (Ottosson 2020): lightness grows linearly, hue turns slowly, and chroma is lowered
/// where sRGB cannot show it. ``warm`` and ``cool`` have the same lightness at the same magnitude, so neither sign
/// looks stronger; their hues (red to yellow, blue to cyan) are told apart with every common colour deficiency.
public struct ColourMap: Sendable {
    /// 256 colours, low magnitude first.
    public let colours: [SIMD3<Double>]

    /// Effects above zero.
    public static let warm = ColourMap(hue: (25, 100), chroma: (0.20, 0.17))
    /// Effects below zero.
    public static let cool = ColourMap(hue: (268, 195), chroma: (0.20, 0.14))

    init(hue: (Double, Double), chroma: (Double, Double), lightness: (Double, Double) = (0.48, 0.94)) {
        func blend(_ ends: (Double, Double), _ t: Double) -> Double { ends.0 + (ends.1 - ends.0) * t }
        colours = (0..<256).map { n in
            let t = Double(n) / 255
            return Self.inGamut(lightness: blend(lightness, t), chroma: blend(chroma, t), hue: blend(hue, t))
        }
    }

    /// Red, green, blue in 0…1 for `t` in 0…1, clamped.
    public subscript(_ t: Double) -> SIMD3<Double> {
        guard t.isFinite else { return colours[0] }
        return colours[Int((min(max(t, 0), 1) * 255).rounded())]
    }

    /// `#rrggbb`.
    public func hex(_ t: Double) -> String { Self.hex(self[t]) }

    static func hex(_ c: SIMD3<Double>) -> String {
        "#"
            + [c.x, c.y, c.z].map { channel in
                let text = String(Int((channel * 255).rounded()), radix: 16)
                return text.count == 1 ? "0" + text : text
            }.joined()
    }

    /// The colour with the largest chroma up to `chroma` that sRGB can show.
    private static func inGamut(lightness: Double, chroma: Double, hue: Double) -> SIMD3<Double> {
        func colour(_ c: Double) -> SIMD3<Double> {
            let angle = hue * .pi / 180
            return sRGB(lightness: lightness, a: c * cos(angle), b: c * sin(angle))
        }
        func fits(_ c: SIMD3<Double>) -> Bool { c.min() >= -1e-9 && c.max() <= 1 + 1e-9 }
        var (low, high) = (0.0, chroma)
        if fits(colour(chroma)) { low = chroma }
        for _ in 0..<40 where low < chroma {
            let middle = (low + high) / 2
            if fits(colour(middle)) { low = middle } else { high = middle }
        }
        return encoded(colour(low).clamped(lowerBound: .zero, upperBound: .one))
    }

    /// OKLab to linear sRGB, matrices from Ottosson 2020, "A perceptual color space for image processing".
    private static func sRGB(lightness: Double, a: Double, b: Double) -> SIMD3<Double> {
        let l = pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3)
        let m = pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3)
        let s = pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3)
        let red = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s
        let green = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s
        let blue = -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s
        return SIMD3(red, green, blue)
    }

    /// Linear light to the sRGB curve (IEC 61966-2-1).
    private static func encoded(_ linear: SIMD3<Double>) -> SIMD3<Double> {
        func curve(_ v: Double) -> Double { v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055 }
        return SIMD3(curve(linear.x), curve(linear.y), curve(linear.z))
    }
}
