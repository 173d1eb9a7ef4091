import Foundation
import Testing

/// Numbers and places read back from a picture.
struct Drawn {
    let svg: String

    /// Every match's groups, as text.
    func matches(_ pattern: String) throws -> [[String]] {
        let expression = try NSRegularExpression(pattern: pattern)
        let range = NSRange(svg.startIndex..., in: svg)
        return expression.matches(in: svg, range: range).map { match in
            (1..<match.numberOfRanges).map { group in
                Range(match.range(at: group), in: svg).map { String(svg[$0]) } ?? ""
            }
        }
    }

    /// cx and cy of circles of a style.
    func circles(_ style: String) throws -> [(x: Double, y: Double)] {
        try matches("<circle cx=\"([-\\d.]+)\" cy=\"([-\\d.]+)\" r=\"[\\d.]+\" class=\"\(style)\"/>").map {
            (Double($0[0]) ?? .nan, Double($0[1]) ?? .nan)
        }
    }

    /// From places to values, by the first and last label of an axis.
    private func scale(_ labels: [(place: Double, value: Double)]) throws -> (Double) -> Double {
        let first = try #require(labels.first)
        let last = try #require(labels.last)
        try #require(labels.count > 1 && first.place != last.place)
        return { first.value + ($0 - first.place) / (last.place - first.place) * (last.value - first.value) }
    }

    private func number(_ text: String) -> Double {
        Double(text.replacingOccurrences(of: "\u{2212}", with: "-")) ?? .nan
    }

    /// - Parameter y: of the labels of the horizontal axis.
    func horizontal(labelsAt y: String) throws -> (Double) -> Double {
        try scale(
            matches("<text x=\"([-\\d.]+)\" y=\"\(y)\" text-anchor=\"middle\">([^<]+)</text>").map {
                (Double($0[0]) ?? .nan, number($0[1]))
            })
    }

    /// - Parameter x: of the labels of the vertical axis; they stand 3.5 below their ticks.
    func vertical(labelsAt x: String) throws -> (Double) -> Double {
        try scale(
            matches("<text x=\"\(x)\" y=\"([-\\d.]+)\" text-anchor=\"end\">([^<]+)</text>").map {
                ((Double($0[0]) ?? .nan) - 3.5, number($0[1]))
            })
    }
}
