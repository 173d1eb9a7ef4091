import Statistics

/// The marks of forest plots, whichever draws them.
extension Plot {
    /// A line over an interval; an arrow where it goes on beyond the axis.
    mutating func bar(_ interval: Interval, _ y: Double, _ axis: PlotAxis, _ style: String) {
        guard interval.lower.isFinite, interval.upper.isFinite else { return }
        line(axis.clamped(interval.lower), y, axis.clamped(interval.upper), y, style)
        let tolerance = 1e-9 * (axis.range.upperBound - axis.range.lowerBound)
        if interval.lower < axis.range.lowerBound - tolerance {
            polygon([(axis.start - 3, y), (axis.start + 3, y - 3), (axis.start + 3, y + 3)], "mark")
        }
        if interval.upper > axis.range.upperBound + tolerance {
            polygon([(axis.end + 3, y), (axis.end - 3, y - 3), (axis.end - 3, y + 3)], "mark")
        }
    }

    /// A pooled effect, as wide as its interval.
    mutating func diamond(
        _ value: Double, _ interval: Interval, _ y: Double, _ axis: PlotAxis, _ style: String, half: Double = 5.5
    ) {
        let middle = axis.clamped(value)
        polygon(
            [
                (axis.clamped(interval.lower), y), (middle, y - half), (axis.clamped(interval.upper), y),
                (middle, y + half),
            ], style)
    }

    /// A study's effect, with an area in proportion to its weight.
    /// - Parameter share: of the heaviest study's weight.
    mutating func square(_ value: Double, _ y: Double, _ axis: PlotAxis, share: Double, _ style: String) {
        let half = max(1.5, 6 * share.squareRoot())
        rectangle(axis.clamped(value) - half, y - half, 2 * half, 2 * half, style)
    }
}
