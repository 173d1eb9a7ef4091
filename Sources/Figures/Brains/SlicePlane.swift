/// A flat cut through the head and how it lies on the page.
///
/// Neurological convention: the subject's left is on the left of axial and coronal slices; on sagittal slices the
/// front is on the right. World axes are RAS+ mm, so every view grows to the right and up with the world.
public enum SlicePlane: String, Hashable, Sendable, CaseIterable {
    case axial, coronal, sagittal

    /// World point of page position (`across`, `up`) mm on the slice at `depth` mm.
    func world(across: Double, up: Double, depth: Double) -> SIMD3<Double> {
        switch self {
        case .axial: [across, up, depth]
        case .coronal: [across, depth, up]
        case .sagittal: [depth, across, up]
        }
    }

    /// Where a world point lies on the page, mm to the right and upwards.
    func page(_ place: SIMD3<Double>) -> (across: Double, up: Double) {
        switch self {
        case .axial: (place.x, place.y)
        case .coronal: (place.x, place.z)
        case .sagittal: (place.y, place.z)
        }
    }

    /// mm of a world point along the axis that slices are numbered along.
    func depth(of place: SIMD3<Double>) -> Double {
        switch self {
        case .axial: place.z
        case .coronal: place.y
        case .sagittal: place.x
        }
    }

    /// Axis the slices are numbered along.
    var axis: String {
        switch self {
        case .axial: "z"
        case .coronal: "y"
        case .sagittal: "x"
        }
    }

    /// Letters at the left and right edge.
    var sides: (left: String, right: String) {
        self == .sagittal ? ("P", "A") : ("L", "R")
    }

    /// mm of the world that a panel shows: the MNI brain with a small margin.
    var extent: (across: ClosedRange<Double>, up: ClosedRange<Double>) {
        switch self {
        case .axial: (-80...80, -112...84)
        case .coronal: (-80...80, -74...86)
        case .sagittal: (-112...80, -74...86)
        }
    }
}
