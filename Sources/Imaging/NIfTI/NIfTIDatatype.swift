/// The scalar types that NIfTI voxels are stored in, by their `datatype` code.
public enum NIfTIDatatype: Int, Sendable, CaseIterable {
    case uint8 = 2
    case int16 = 4
    case int32 = 8
    case float32 = 16
    case float64 = 64
    case int8 = 256
    case uint16 = 512
    case uint32 = 768
    case int64 = 1024
    case uint64 = 1280

    public var bytesPerVoxel: Int {
        switch self {
        case .uint8, .int8: 1
        case .int16, .uint16: 2
        case .int32, .uint32, .float32: 4
        case .float64, .int64, .uint64: 8
        }
    }

    public var isInteger: Bool { self != .float32 && self != .float64 }

    /// Name of a code that the standard knows but that does not hold one real number per voxel.
    static func unsupportedName(_ code: Int) -> String? {
        switch code {
        case 0: "unknown"
        case 1: "binary (one bit per voxel)"
        case 32: "complex64"
        case 128: "RGB24"
        case 1536: "float128"
        case 1792: "complex128"
        case 2048: "complex256"
        case 2304: "RGBA32"
        default: nil
        }
    }
}
