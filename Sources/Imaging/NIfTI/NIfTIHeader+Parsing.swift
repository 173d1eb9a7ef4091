extension NIfTIHeader {
    /// Reads and checks a header.
    ///
    /// The sizes are checked against each other and against `limits`, so that whoever allocates by them is safe.
    ///
    /// - Parameters:
    ///   - bytes: the beginning of the file, 540 bytes if it has as many.
    ///   - file: name for messages.
    public init(_ bytes: [UInt8], file: String, limits: NIfTILimits = NIfTILimits()) throws(NIfTIError) {
        let parser = try HeaderParser(bytes, file: file)
        let dimensions = try parser.dimensions()
        let datatype = try parser.datatype()
        try parser.checkSize(dimensions, datatype, limits)
        let isPair = try parser.isPair()
        self.version = parser.version
        self.isBigEndian = parser.fields.isBigEndian
        self.isPair = isPair
        self.dimensions = dimensions
        self.datatype = datatype
        self.voxOffset = try parser.voxOffset(isPair: isPair, limits)
        self.scaling = try parser.scaling()
        let fields = parser.fields
        switch parser.version {
        case .one:
            pixdim = fields.floats(76, 8)
            xyztUnits = fields.integer(123, UInt8.self)
            intent = Intent(
                code: fields.integer(68, Int16.self), parameters: SIMD3(fields.floats(56, 3)),
                name: fields.text(328, 16))
            qformCode = fields.integer(252, Int16.self)
            sformCode = fields.integer(254, Int16.self)
            quaternion = SIMD3(fields.floats(256, 3))
            qoffset = SIMD3(fields.floats(268, 3))
            srow = [280, 296, 312].map { SIMD4(fields.floats($0, 4)) }
            description = fields.text(148, 80)
        case .two:
            pixdim = fields.doubles(104, 8)
            xyztUnits = fields.integer(500, Int32.self)
            intent = Intent(
                code: fields.integer(504, Int32.self), parameters: SIMD3(fields.doubles(80, 3)),
                name: fields.text(508, 16))
            qformCode = fields.integer(344, Int32.self)
            sformCode = fields.integer(348, Int32.self)
            quaternion = SIMD3(fields.doubles(352, 3))
            qoffset = SIMD3(fields.doubles(376, 3))
            srow = [400, 432, 464].map { SIMD4(fields.doubles($0, 4)) }
            description = fields.text(240, 80)
        }
    }
}

/// The checks of a header, one function per field.
private struct HeaderParser {
    let version: NIfTIHeader.Version
    let fields: HeaderFields
    let file: String

    func error(_ field: String, found: String, expected: String, _ remedy: String) -> NIfTIError {
        NIfTIError(file: file, field: field, found: found, expected: expected, remedy: remedy)
    }

    init(_ bytes: [UInt8], file: String) throws(NIfTIError) {
        guard bytes.count >= 348 else {
            throw NIfTIError(
                file: file, found: "\(bytes.count) bytes", expected: "a NIfTI header of 348 or 540 bytes",
                remedy: "The file is cut off or is not NIfTI; copy or export it again.")
        }
        let size = HeaderFields(bytes: bytes, isBigEndian: false).integer(0, Int32.self)
        let swapped = HeaderFields(bytes: bytes, isBigEndian: true).integer(0, Int32.self)
        guard let version = Self.version(size) ?? Self.version(swapped) else {
            throw NIfTIError(
                file: file, field: "sizeof_hdr", found: "\(abs(swapped) < abs(size) ? swapped : size)",
                expected: "348 (NIfTI-1) or 540 (NIfTI-2)",
                remedy: "The file is not NIfTI; convert it, for example with dcm2niix or mri_convert.")
        }
        guard bytes.count >= version.headerSize else {
            throw NIfTIError(
                file: file, found: "\(bytes.count) bytes",
                expected: "a NIfTI-\(version.rawValue) header of \(version.headerSize) bytes",
                remedy: "The file is cut off; copy or export it again.")
        }
        self.version = version
        self.fields = HeaderFields(bytes: bytes, isBigEndian: Self.version(size) == nil)
        self.file = file
    }

    private static func version(_ size: Int) -> NIfTIHeader.Version? {
        switch size {
        case 348: .one
        case 540: .two
        default: nil
        }
    }

    func isPair() throws(NIfTIError) -> Bool {
        let magic: [UInt8] =
            version == .one ? Array(fields.bytes[344..<348]) : Array(fields.bytes[4..<12])
        let digit = version == .one ? UInt8(ascii: "1") : UInt8(ascii: "2")
        // NIfTI-2 adds bytes that a transfer in text mode would have changed.
        let tail: [UInt8] = version == .one ? [0] : [0, 0x0d, 0x0a, 0x1a, 0x0a]
        if magic == Array("n+".utf8) + [digit] + tail { return false }
        if magic == Array("ni".utf8) + [digit] + tail { return true }
        let isAnalyze = version == .one && magic[0] == 0
        throw error(
            "magic", found: Self.quoted(magic),
            expected: version == .one ? "\"n+1\" or \"ni1\"" : "\"n+2\" or \"ni2\" and the bytes 00 0D 0A 1A 0A",
            isAnalyze
                ? "This looks like ANALYZE 7.5, which does not say left from right; convert it to NIfTI."
                : "The header is damaged; copy or export the image again.")
    }

    private static func quoted(_ bytes: [UInt8]) -> String {
        "\"" + bytes.map { (32..<127).contains($0) ? String(UnicodeScalar($0)) : "\\u{\($0)}" }.joined() + "\""
    }

    func dimensions() throws(NIfTIError) -> [Int] {
        let dim: [Int] =
            version == .one
            ? (0..<8).map { fields.integer(40 + 2 * $0, Int16.self) }
            : (0..<8).map { fields.integer(16 + 8 * $0, Int64.self) }
        guard (1...7).contains(dim[0]) else {
            throw error("dim[0]", found: "\(dim[0])", expected: "1 to 7 axes", "The header is damaged.")
        }
        var result = [Int](repeating: 1, count: 7)
        for axis in 1...dim[0] {
            guard dim[axis] > 0 else {
                throw error(
                    "dim[\(axis)]", found: "\(dim[axis])", expected: "at least 1, since dim[0] is \(dim[0])",
                    "Export the image again with its true size.")
            }
            result[axis - 1] = dim[axis]
        }
        return result
    }

    func datatype() throws(NIfTIError) -> NIfTIDatatype {
        let code = version == .one ? fields.integer(70, Int16.self) : fields.integer(12, Int16.self)
        let supported = "one of " + NIfTIDatatype.allCases.map { "\($0) (\($0.rawValue))" }.joined(separator: ", ")
        guard let datatype = NIfTIDatatype(rawValue: code) else {
            let name = NIfTIDatatype.unsupportedName(code)
            throw error(
                "datatype", found: name.map { "\($0) (\(code))" } ?? "\(code)", expected: supported,
                name == nil
                    ? "The header is damaged." : "Convert the image to one real number per voxel, for example float32.")
        }
        let bits = version == .one ? fields.integer(72, Int16.self) : fields.integer(14, Int16.self)
        guard bits == 8 * datatype.bytesPerVoxel else {
            throw error(
                "bitpix", found: "\(bits)", expected: "\(8 * datatype.bytesPerVoxel), as datatype is \(datatype)",
                "The header contradicts itself; export the image again.")
        }
        return datatype
    }

    /// Refuses sizes that overflow or exceed the limits.
    func checkSize(_ dimensions: [Int], _ datatype: NIfTIDatatype, _ limits: NIfTILimits) throws(NIfTIError) {
        var bytes = datatype.bytesPerVoxel
        for (axis, length) in dimensions.enumerated() {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: length)
            let (voxels, perVolume) = (product / datatype.bytesPerVoxel, axis < 3)
            if overflow || product > limits.maximumBytes || (perVolume && voxels > limits.maximumVoxels) {
                let shape = dimensions.map(String.init).joined(separator: " × ")
                throw error(
                    "dim[\(axis + 1)]", found: "\(length) (\(shape) voxels of \(datatype.bytesPerVoxel) bytes)",
                    expected:
                        "at most \(limits.maximumBytes) bytes in all and \(limits.maximumVoxels) voxels per volume",
                    "If the image is really that large, read it with a larger limit or resample it.")
            }
            bytes = product
        }
    }

    func voxOffset(isPair: Bool, _ limits: NIfTILimits) throws(NIfTIError) -> Int {
        let value =
            version == .one ? fields.floats(108, 1)[0] : Double(fields.integer(168, Int64.self))
        let minimum = isPair ? 0 : version.headerSize + 4
        guard value.isFinite, value >= Double(minimum), value < 0x1p53, value == value.rounded(),
            value <= Double(limits.maximumBytes)
        else {
            throw error(
                "vox_offset", found: "\(value)", expected: "a whole number from \(minimum) to \(limits.maximumBytes)",
                "The header is damaged; export the image again.")
        }
        return Int(value)
    }

    /// A slope of 0 or one that is not finite means no scaling; so does the pair 1 and 0.
    func scaling() throws(NIfTIError) -> NIfTIHeader.Scaling? {
        let slope = version == .one ? fields.floats(112, 1)[0] : fields.doubles(176, 1)[0]
        let intercept = version == .one ? fields.floats(116, 1)[0] : fields.doubles(184, 1)[0]
        guard slope != 0, slope.isFinite else { return nil }
        guard intercept.isFinite else {
            throw error(
                "scl_inter", found: "\(intercept)", expected: "a finite number, since scl_slope is \(slope)",
                "Set scl_inter to 0 or export the image again.")
        }
        return slope == 1 && intercept == 0 ? nil : NIfTIHeader.Scaling(slope: slope, intercept: intercept)
    }
}

/// Numbers and text at fixed places of a header, in either byte order. Callers have checked the length.
struct HeaderFields {
    let bytes: [UInt8]
    let isBigEndian: Bool

    private func raw<T: FixedWidthInteger>(_ offset: Int, _: T.Type) -> T {
        let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: T.self) }
        return isBigEndian ? T(bigEndian: value) : T(littleEndian: value)
    }

    func integer<T: FixedWidthInteger>(_ offset: Int, _ type: T.Type) -> Int { Int(clamping: raw(offset, type)) }

    func floats(_ offset: Int, _ count: Int) -> [Double] {
        (0..<count).map { Double(Float(bitPattern: raw(offset + 4 * $0, UInt32.self))) }
    }

    func doubles(_ offset: Int, _ count: Int) -> [Double] {
        (0..<count).map { Double(bitPattern: raw(offset + 8 * $0, UInt64.self)) }
    }

    /// Text up to the first zero byte.
    func text(_ offset: Int, _ count: Int) -> String {
        String(decoding: bytes[offset..<offset + count].prefix { $0 != 0 }, as: UTF8.self)
    }
}
