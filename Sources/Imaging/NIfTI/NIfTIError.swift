/// An image that cannot be read or written. Its description is
/// `file: field: found …, expected …. How to mend it.`
public struct NIfTIError: Error, Hashable, Sendable, CustomStringConvertible {
    public var file: String
    /// Header field at fault, as the NIfTI standard names it (`dim[1]`, `datatype`, …); nil for the file as a whole.
    public var field: String?
    public var found: String
    public var expected: String
    public var remedy: String
    /// Whether it is about writing: the place is at fault, not the image.
    public var isOutput = false

    public init(file: String, field: String? = nil, found: String, expected: String, remedy: String) {
        self.file = file
        self.field = field
        self.found = found
        self.expected = expected
        self.remedy = remedy
    }

    public var description: String {
        let place = field.map { "\(file): \($0)" } ?? file
        return "\(place): found \(found), expected \(expected). \(remedy)"
    }
}

/// How much memory reading an image may take.
public struct NIfTILimits: Hashable, Sendable {
    /// Largest image content accepted, in bytes as stored (uncompressed, all volumes). Default 2 GiB.
    public var maximumBytes: Int

    /// Largest volume accepted, in voxels; at most 2³¹ − 1, which the library's indices hold. Default 2²⁷, as 512 × 512 × 512:
    /// a volume takes four bytes a voxel in memory, however few its file takes.
    public var maximumVoxels: Int {
        didSet { maximumVoxels = min(maximumVoxels, Int(Int32.max)) }
    }

    public init(maximumBytes: Int = 1 << 31, maximumVoxels: Int = 1 << 27) {
        self.maximumBytes = maximumBytes
        self.maximumVoxels = min(maximumVoxels, Int(Int32.max))
    }
}
