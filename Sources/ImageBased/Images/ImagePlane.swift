/// One image's values at the voxels of a mask, in single precision; NaN where it has none.
///
/// Written once, then only read, by any thread: hence `@unchecked`.
final class ImagePlane: @unchecked Sendable {
    let count: Int
    private let storage: UnsafeMutablePointer<Float>

    /// Room after the values, filled with NaN, so that vectors may reach past the end.
    static let padding = 32

    init(count: Int, _ fill: (UnsafeMutablePointer<Float>) -> Void) {
        self.count = count
        storage = .allocate(capacity: count + Self.padding)
        fill(storage)
        (storage + count).initialize(repeating: .nan, count: Self.padding)
    }

    /// - Parameter isVariance: whether values must be positive; else they must not be 0.
    convenience init(_ values: [Float], isVariance: Bool) {
        self.init(count: values.count) { target in
            for (voxel, value) in values.enumerated() {
                target[voxel] = value.isFinite && (isVariance ? value > 0 : value != 0) ? value : .nan
            }
        }
    }

    deinit { storage.deallocate() }

    var values: UnsafePointer<Float> { UnsafePointer(storage) }

    var isEmpty: Bool { (0..<count).allSatisfy { storage[$0].isNaN } }
}
