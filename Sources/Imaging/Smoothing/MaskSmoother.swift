/// Gaussian smoothing inside a mask, made once for a width and used for many maps.
///
/// Each value is the Gaussian mean of the mask voxels around it: smoothed values over smoothed mask (normalised
/// convolution, Knutsson & Westin 1993). A constant map stays constant, up to rounding, however ragged the mask.
public struct MaskSmoother: Sendable {
    public let mask: Mask
    /// Full width at half maximum in mm.
    public let fwhm: Double
    private let filter: GaussianFilter
    /// Smallest box around the mask; nothing outside it can change the result.
    private let boxCount: Int
    /// Place in the box of each mask voxel.
    private let places: [Int32]
    /// 1 / smoothed mask at each mask voxel.
    private let factors: [Float]

    /// - Parameter fwhm: in mm; not above 0: values are returned unchanged.
    public init(_ mask: Mask, fwhm: Double) {
        let voxels = mask.voxels.map { mask.grid.voxel(atIndex: Int($0)) }
        var lower = voxels.first ?? .zero
        var upper = lower
        for voxel in voxels {
            lower = pointwiseMin(lower, voxel)
            upper = pointwiseMax(upper, voxel)
        }
        let shape = upper &- lower &+ 1
        let places = voxels.map { voxel in
            let v = voxel &- lower
            return Int32(v.x + shape.x * (v.y + shape.y * v.z))
        }
        let filter = GaussianFilter(shape: shape, voxelSize: mask.grid.affine.voxelSize, fwhm: fwhm)
        var box = [Float](repeating: 0, count: shape.x * shape.y * shape.z)
        for place in places { box[Int(place)] = 1 }
        filter.apply(&box)
        self.mask = mask
        self.fwhm = fwhm
        self.filter = filter
        self.boxCount = box.count
        self.places = places
        self.factors = places.map { 1 / box[Int($0)] }
    }

    /// How many voxels away along each axis a value still counts; 0 where nothing is smoothed.
    public var reach: SIMD3<Int> { fwhm > 0 ? filter.reach : .zero }

    /// Smooths one map.
    ///
    /// - Parameter values: one finite value per mask voxel.
    public func smooth(_ values: [Float]) -> [Float] {
        precondition(values.count == mask.count, "one value per mask voxel")
        guard fwhm > 0 else { return values }
        var box = [Float](repeating: 0, count: boxCount)
        for (place, value) in zip(places, values) { box[Int(place)] = value }
        filter.apply(&box)
        return zip(places, factors).map { box[Int($0)] * $1 }
    }
}

extension Mask {
    /// Smooths a map inside the mask; for many maps make a ``MaskSmoother`` once.
    ///
    /// - Parameters:
    ///   - values: one finite value per mask voxel.
    ///   - fwhm: in mm; not above 0: unchanged.
    public func smooth(_ values: [Float], fwhm: Double) -> [Float] {
        MaskSmoother(self, fwhm: fwhm).smooth(values)
    }
}
