/// Builds NIfTI files byte by byte from the field offsets of nifti1.h and nifti2.h, independently of the library's
/// own writer.
struct NIfTIFixture {
    var version = 1
    var bigEndian = false
    var isPair = false
    var dim: [Int] = [3, 3, 4, 2, 1, 1, 1, 1]
    var datatype = 16
    var bitpix: Int?
    var pixdim: [Double] = [1, 2, 3, 4, 0, 0, 0, 0]
    var voxOffset: Double?
    var slope = 0.0
    var intercept = 0.0
    var units = 2
    var intentCode = 0
    var intentParameters: [Double] = [0, 0, 0]
    var intentName = ""
    var descrip = ""
    var qformCode = 0
    var sformCode = 1
    var quaternion: [Double] = [0, 0, 0]
    var qoffset: [Double] = [0, 0, 0]
    var srow: [Double] = [-2, 0, 0, 90, 0, 2, 0, -126, 0, 0, 2, -72]
    var magic: [UInt8]?
    var sizeofHdr: Int?
    /// Extension bytes after the header, a multiple of 16.
    var extensionBytes: [UInt8] = []
    var voxels: [UInt8] = []

    static let bits = [
        2: 8, 4: 16, 8: 32, 16: 32, 32: 64, 64: 64, 128: 24, 256: 8, 512: 16, 768: 32, 1024: 64, 1280: 64, 1536: 128,
        1792: 128, 2048: 256, 2304: 32,
    ]

    /// Voxels as integers of the fixture's byte order.
    mutating func setVoxels<T: FixedWidthInteger>(_ values: [T]) { voxels = values.flatMap(encode) }

    mutating func setVoxels(_ values: [Float]) { voxels = values.flatMap { encode($0.bitPattern) } }

    mutating func setVoxels(_ values: [Double]) { voxels = values.flatMap { encode($0.bitPattern) } }

    private func encode<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        withUnsafeBytes(of: bigEndian ? value.bigEndian : value.littleEndian) { Array($0) }
    }

    private var headerSize: Int { version == 1 ? 348 : 540 }

    var header: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: headerSize)
        func put(_ offset: Int, _ value: [UInt8]) { bytes.replaceSubrange(offset..<offset + value.count, with: value) }
        func int16(_ offset: Int, _ value: Int) { put(offset, encode(Int16(value))) }
        func int32(_ offset: Int, _ value: Int) { put(offset, encode(Int32(value))) }
        func int64(_ offset: Int, _ value: Int) { put(offset, encode(Int64(value))) }
        func floats(_ offset: Int, _ values: [Double]) {
            for (n, value) in values.enumerated() { put(offset + 4 * n, encode(Float(value).bitPattern)) }
        }
        func doubles(_ offset: Int, _ values: [Double]) {
            for (n, value) in values.enumerated() { put(offset + 8 * n, encode(value.bitPattern)) }
        }
        let offset = voxOffset ?? (isPair ? 0 : Double(headerSize + 4 + extensionBytes.count))
        let bits = bitpix ?? Self.bits[datatype] ?? 0
        int32(0, sizeofHdr ?? headerSize)
        if version == 1 {
            for n in 0..<8 { int16(40 + 2 * n, dim[n]) }
            floats(56, intentParameters)
            int16(68, intentCode)
            int16(70, datatype)
            int16(72, bits)
            floats(76, pixdim)
            floats(108, [offset, slope, intercept])
            bytes[123] = UInt8(units)
            put(148, Array(descrip.utf8))
            int16(252, qformCode)
            int16(254, sformCode)
            floats(256, quaternion)
            floats(268, qoffset)
            floats(280, srow)
            put(328, Array(intentName.utf8))
            put(344, magic ?? Array((isPair ? "ni1\0" : "n+1\0").utf8))
        } else {
            put(4, magic ?? Array((isPair ? "ni2\0" : "n+2\0").utf8) + [0x0d, 0x0a, 0x1a, 0x0a])
            int16(12, datatype)
            int16(14, bits)
            for n in 0..<8 { int64(16 + 8 * n, dim[n]) }
            doubles(80, intentParameters)
            doubles(104, pixdim)
            int64(168, Int(offset))
            doubles(176, [slope, intercept])
            put(240, Array(descrip.utf8))
            int32(344, qformCode)
            int32(348, sformCode)
            doubles(352, quaternion)
            doubles(376, qoffset)
            doubles(400, srow)
            int32(500, units)
            int32(504, intentCode)
            put(508, Array(intentName.utf8))
        }
        return bytes
    }

    /// A single-file image.
    var file: [UInt8] { header + [extensionBytes.isEmpty ? 0 : 1, 0, 0, 0] + extensionBytes + voxels }
}
