/// A NIfTI image: one or more volumes on a grid, in millimetres, and what their values mean.
///
/// Voxels stay as they were stored until a volume is asked for, so a 4-D image of bytes takes its bytes, no more.
public struct NIfTIImage: Sendable {
    public let grid: Grid
    /// Number of 3-D volumes (all axes beyond the third together).
    public let count: Int
    public var intent: Intent
    /// `descrip`: at most 79 bytes are written.
    public var description: String
    /// Which space the image will say it is in when it is written; what a read image said is in its ``header``.
    public var formCodes = FormCodes.mni
    /// The header of an image that was read; nil for one that was made.
    public let header: NIfTIHeader?
    /// How the header placed the voxels; nil for an image that was made.
    public let orientation: NIfTIHeader.Orientation?
    /// Remarks on how the header was understood, for the user.
    public let notes: [String]
    private let storage: Storage

    /// `qform_code` and `sform_code`: 0 not set, 1 scanner, 2 aligned to another image, 3 Talairach, 4 MNI, 5 other template.
    public struct FormCodes: Hashable, Sendable {
        public var qform: Int
        public var sform: Int

        public init(qform: Int, sform: Int) {
            self.qform = qform
            self.sform = sform
        }

        public static let mni = FormCodes(qform: 4, sform: 4)
    }

    private enum Storage: Sendable {
        case volumes([[Float]])
        case stored(StoredVoxels)
    }

    /// An image of volumes that share a grid.
    ///
    /// - Returns: nil without volumes, or when their grids differ.
    public init?(_ volumes: [Volume], intent: Intent = .none, description: String = "") {
        guard let grid = volumes.first?.grid, volumes.allSatisfy({ $0.grid == grid }) else { return nil }
        self.init(grid: grid, values: volumes.map(\.values), intent: intent, description: description)
    }

    /// An image of one volume.
    public init(_ volume: Volume, intent: Intent = .none, description: String = "") {
        self.init(grid: volume.grid, values: [volume.values], intent: intent, description: description)
    }

    /// One volume in the space of an image that was read, whose codes it keeps.
    public init(_ volume: Volume, intent: Intent = .none, description: String = "", placedAs other: NIfTIImage) {
        self.init(volume, intent: intent, description: description)
        if let header = other.header { formCodes = FormCodes(qform: header.qformCode, sform: header.sformCode) }
    }

    private init(grid: Grid, values: [[Float]], intent: Intent, description: String) {
        self.grid = grid
        self.count = values.count
        self.intent = intent
        self.description = description
        self.header = nil
        self.orientation = nil
        self.notes = []
        self.storage = .volumes(values)
    }

    /// Reads a NIfTI-1 or NIfTI-2 image: `.nii`, or a pair by either of its names, plain or gzip (told by content).
    ///
    /// Sizes are checked against the file and `limits` before memory is taken. Extensions are skipped.
    ///
    /// - Throws: what is wrong with which header field, or with the file.
    public init(contentsOf path: String, limits: NIfTILimits = NIfTILimits()) throws(NIfTIError) {
        try self.init(NIfTIReader(path: path, limits: limits))
    }

    /// Reads an image as ``init(contentsOf:limits:)`` does, and a pair of ANALYZE 7.5 besides, placed as SPM placed it: the x axis
    /// from right to left, the origin by the field `originator`.
    ///
    /// - Returns: the image, and whether it was ANALYZE: left and right are then SPM's habit, not the file's word.
    package static func readingAnalyze(
        _ path: String, limits: NIfTILimits = NIfTILimits()
    ) throws(NIfTIError) -> (image: NIfTIImage, isAnalyze: Bool) {
        let reader = NIfTIReader(path: path, limits: limits, takesAnalyze: true)
        return (try NIfTIImage(reader), reader.isAnalyze())
    }

    init(_ reader: NIfTIReader) throws(NIfTIError) {
        let (header, voxels) = try reader.read()
        let placement = try header.placement(file: reader.path)
        self.grid = placement.grid
        self.count = header.volumeCount
        self.intent = header.intent
        self.description = header.description
        self.header = header
        self.orientation = placement.orientation
        self.notes = placement.notes
        self.storage = .stored(voxels)
    }

    /// One volume, scaled, in single precision (integers beyond ±2²⁴ are rounded).
    ///
    /// - Precondition: `0 ≤ index < count`.
    public func volume(_ index: Int = 0) -> Volume {
        precondition(index >= 0 && index < count, "the image has \(count) volumes")
        switch storage {
        case .volumes(let values): return Volume(grid: grid, values: values[index])
        case .stored(let voxels): return Volume(grid: grid, values: voxels.floats(volume: index, count: grid.count))
        }
    }

    /// All volumes.
    public var volumes: [Volume] { (0..<count).map(volume) }

    /// The values of one volume in double precision.
    ///
    /// - Precondition: `0 ≤ index < count`.
    public func doubles(_ index: Int = 0) -> [Double] {
        precondition(index >= 0 && index < count, "the image has \(count) volumes")
        switch storage {
        case .volumes(let values): return values[index].map(Double.init)
        case .stored(let voxels): return voxels.doubles(volume: index, count: grid.count)
        }
    }

    /// The values of one volume as labels; nil unless all are whole numbers that 32 bits hold (NaN counts as 0).
    ///
    /// - Precondition: `0 ≤ index < count`.
    public func labels(_ index: Int = 0) -> [Int32]? {
        let values = doubles(index)
        var result = [Int32](repeating: 0, count: values.count)
        for (n, value) in values.enumerated() where !value.isNaN {
            guard let label = Int32(exactly: value) else { return nil }
            result[n] = label
        }
        return result
    }
}
