extension NIfTIImage {
    /// Writes a single-file image, NIfTI-1 unless an axis is too long for it; gzip when the name ends in `.nii.gz`.
    ///
    /// The grid goes into the sform and, if its axes are at right angles, the qform, with the codes of ``formCodes``: 4 (MNI)
    /// unless it was made from an image of other codes. Units are millimetres and seconds, there is no scaling, the byte order is
    /// little-endian. Equal images give equal bytes.
    /// The file appears whole or not at all.
    ///
    /// - Parameter datatype: float32, uint8, int16 or int32. Whole-number types round to the nearest value, ties to
    ///   even, and refuse NaN and values outside their range.
    public func write(to path: String, datatype: NIfTIDatatype = .float32) throws(NIfTIError) {
        guard path.hasSuffix(".nii") || path.hasSuffix(".nii.gz") else {
            throw NIfTIError(
                file: path, found: "another ending of the file name", expected: ".nii or .nii.gz",
                remedy: "Choose a name with one of these endings.")
        }
        let content = try encoded(datatype: datatype, file: path)
        do {
            try AtomicFile.write(path.hasSuffix(".gz") ? Gzip.compress(content) : content, to: path)
        } catch {
            var problem = NIfTIError(
                file: path, found: "that it cannot be written (\(error.reason))", expected: "a folder to write in",
                remedy: error.remedy)
            problem.isOutput = true
            throw problem
        }
    }

    /// The bytes of an uncompressed single-file image.
    ///
    /// - Parameters:
    ///   - version: nil for NIfTI-1 unless an axis is longer than 32767.
    ///   - file: name for messages.
    public func encoded(
        datatype: NIfTIDatatype = .float32, version: NIfTIHeader.Version? = nil, file: String = "image"
    ) throws(NIfTIError) -> [UInt8] {
        guard [.float32, .uint8, .int16, .int32].contains(datatype) else {
            throw NIfTIError(
                file: file, field: "datatype", found: "\(datatype)", expected: "float32, uint8, int16 or int32",
                remedy: "Write the image as one of these.")
        }
        let fitsVersion1 = max(grid.shape.max(), count) <= Int(Int16.max)
        guard version != .one || fitsVersion1 else {
            throw NIfTIError(
                file: file, field: "dim", found: "\(grid.shape) × \(count)", expected: "at most 32767 in NIfTI-1",
                remedy: "Write NIfTI-2.")
        }
        var bytes = headerBytes(datatype, version ?? (fitsVersion1 ? .one : .two))
        bytes.reserveCapacity(bytes.count + grid.count * count * datatype.bytesPerVoxel)
        for index in 0..<count {
            switch datatype {
            case .float32: append(volume(index).values.lazy.map(\.bitPattern), to: &bytes)
            case .uint8: append(try whole(index, UInt8.self, file), to: &bytes)
            case .int16: append(try whole(index, Int16.self, file), to: &bytes)
            default: append(try whole(index, Int32.self, file), to: &bytes)
            }
        }
        return bytes
    }

    private func append<T: FixedWidthInteger>(_ values: some Collection<T>, to bytes: inout [UInt8]) {
        let littleEndian = values.map(\.littleEndian)
        littleEndian.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    private func whole<T: FixedWidthInteger>(_ index: Int, _: T.Type, _ file: String) throws(NIfTIError) -> [T] {
        var result: [T] = []
        result.reserveCapacity(grid.count)
        for (n, value) in doubles(index).enumerated() {
            guard let stored = T(exactly: value.rounded(.toNearestOrEven)) else {
                throw NIfTIError(
                    file: file, field: "datatype", found: "the value \(value) at voxel \(grid.voxel(atIndex: n))",
                    expected: "\(T.min) to \(T.max) for \(T.self)", remedy: "Write the image as float32.")
            }
            result.append(stored)
        }
        return result
    }

    private func headerBytes(_ datatype: NIfTIDatatype, _ version: NIfTIHeader.Version) -> [UInt8] {
        let decomposition = Rotation.decompose(grid.affine)
        let dimensions = [count == 1 ? 3 : 4, grid.shape.x, grid.shape.y, grid.shape.z, count, 1, 1, 1]
        let size = grid.affine.voxelSize
        let pixdim = [decomposition?.qfac ?? 1, size.x, size.y, size.z, count == 1 ? 0 : 1, 0, 0, 0]
        let quaternion = decomposition?.rotation.vectorPart ?? .zero
        let rows = (0..<3).flatMap {
            [grid.affine.i[$0], grid.affine.j[$0], grid.affine.k[$0], grid.affine.origin[$0]]
        }
        // A quaternion cannot hold a sheared grid; code 0 says there is none.
        let (qformCode, sformCode) = (decomposition == nil ? 0 : formCodes.qform, formCodes.sform)
        // Millimetres and seconds.
        let units = 2 | 8
        let bits = 8 * datatype.bytesPerVoxel
        let placement = [quaternion.x, quaternion.y, quaternion.z].map { $0 == 0 ? 0 : $0 }
        let origin = decomposition == nil ? [0, 0, 0] : (0..<3).map { grid.affine.origin[$0] }
        let parameters = (0..<3).map { intent.parameters[$0] }
        var header = HeaderWriter(count: version.headerSize + 4)
        header.put(Int32(version.headerSize), 0)
        switch version {
        case .one:
            for (n, length) in dimensions.enumerated() { header.put(Int16(clamping: length), 40 + 2 * n) }
            header.putFloats(parameters, 56)
            header.put(Int16(clamping: intent.code), 68)
            header.put(Int16(datatype.rawValue), 70)
            header.put(Int16(bits), 72)
            header.putFloats(pixdim, 76)
            header.putFloats([352, 1, 0], 108)
            header.put(UInt8(units), 123)
            header.put(description, 148, limit: 79)
            header.put(Int16(clamping: qformCode), 252)
            header.put(Int16(clamping: sformCode), 254)
            header.putFloats(placement + origin, 256)
            header.putFloats(rows, 280)
            header.put(intent.name, 328, limit: 15)
            header.put("n+1", 344, limit: 3)
        case .two:
            header.put("n+2\0\r\n\u{1a}\n", 4, limit: 8)
            header.put(Int16(datatype.rawValue), 12)
            header.put(Int16(bits), 14)
            for (n, length) in dimensions.enumerated() { header.put(Int64(length), 16 + 8 * n) }
            header.putDoubles(parameters, 80)
            header.putDoubles(pixdim, 104)
            header.put(Int64(544), 168)
            header.putDoubles([1, 0], 176)
            header.put(description, 240, limit: 79)
            header.put(Int32(clamping: qformCode), 344)
            header.put(Int32(clamping: sformCode), 348)
            header.putDoubles(placement + origin, 352)
            header.putDoubles(rows, 400)
            header.put(Int32(units), 500)
            header.put(Int32(clamping: intent.code), 504)
            header.put(intent.name, 508, limit: 15)
        }
        return header.bytes
    }
}

/// Little-endian fields at fixed places.
private struct HeaderWriter {
    var bytes: [UInt8]

    init(count: Int) { bytes = Array(repeating: 0, count: count) }

    mutating func put(_ value: some FixedWidthInteger, _ offset: Int) {
        withUnsafeBytes(of: value.littleEndian) { bytes.replaceSubrange(offset..<offset + $0.count, with: $0) }
    }

    mutating func putFloats(_ values: [Double], _ offset: Int) {
        for (n, value) in values.enumerated() { put(Float(value).bitPattern, offset + 4 * n) }
    }

    mutating func putDoubles(_ values: [Double], _ offset: Int) {
        for (n, value) in values.enumerated() { put(value.bitPattern, offset + 8 * n) }
    }

    /// As much of the text as fits, in whole characters.
    mutating func put(_ text: String, _ offset: Int, limit: Int) {
        var cut = Substring(text)
        while cut.utf8.count > limit { cut.removeLast() }
        bytes.replaceSubrange(offset..<offset + cut.utf8.count, with: cut.utf8)
    }
}
