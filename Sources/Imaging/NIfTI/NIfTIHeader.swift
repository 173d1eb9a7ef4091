/// The header of a NIfTI-1 or NIfTI-2 image, with the names of the standard.
///
/// Sources: `nifti1.h` (Cox et al. 2004) and `nifti2.h` (2011). Fields that say nothing about a map (slice timing,
/// display range) are not kept.
public struct NIfTIHeader: Hashable, Sendable {
    public enum Version: Int, Sendable {
        case one = 1
        case two = 2

        /// `sizeof_hdr`.
        var headerSize: Int { self == .one ? 348 : 540 }
    }

    public var version: Version
    public var isBigEndian: Bool
    /// Whether the voxels are in a separate `.img` file.
    public var isPair: Bool
    /// `dim[1]…dim[7]`, 1 where an axis is not used.
    public var dimensions: [Int]
    public var datatype: NIfTIDatatype
    /// `pixdim[0]…pixdim[7]`; the first is `qfac`.
    public var pixdim: [Double]
    /// Byte of the data file where the voxels begin.
    public var voxOffset: Int
    /// `scl_slope` and `scl_inter` where they apply: value = slope · stored + intercept.
    public var scaling: Scaling?
    public var xyztUnits: Int
    public var intent: Intent
    public var qformCode: Int
    public var sformCode: Int
    /// `quatern_b, c, d`.
    public var quaternion: SIMD3<Double>
    /// `qoffset_x, y, z`.
    public var qoffset: SIMD3<Double>
    /// `srow_x`, `srow_y`, `srow_z`, four numbers each.
    public var srow: [SIMD4<Double>]
    /// `descrip`.
    public var description: String

    public struct Scaling: Hashable, Sendable {
        public var slope: Double
        public var intercept: Double

        public init(slope: Double, intercept: Double) {
            self.slope = slope
            self.intercept = intercept
        }
    }

    /// Voxels along i, j, k.
    public var shape: SIMD3<Int> { [dimensions[0], dimensions[1], dimensions[2]] }

    /// Number of 3-D volumes: the product of all axes beyond the third.
    public var volumeCount: Int { dimensions[3...].reduce(1, *) }

    /// Bytes of all voxels.
    public var byteCount: Int { dimensions.reduce(datatype.bytesPerVoxel, *) }
}
