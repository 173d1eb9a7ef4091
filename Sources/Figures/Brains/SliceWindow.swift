/// mm of the world that a slice shows, to the right and upwards on the page.
public struct SliceWindow: Hashable, Sendable {
    public var across: ClosedRange<Double>
    public var up: ClosedRange<Double>

    /// The whole head.
    public init(_ plane: SlicePlane) { (across, up) = plane.extent }

    /// A square around a place.
    /// - Parameter reach: mm from its middle to its sides, positive.
    public init(around place: SIMD3<Double>, on plane: SlicePlane, reach: Double) {
        let (x, y) = plane.page(place)
        (across, up) = (x - reach...x + reach, y - reach...y + reach)
    }

    /// mm.
    var size: (across: Double, up: Double) { (across.upperBound - across.lowerBound, up.upperBound - up.lowerBound) }
}
