/// The header of an ANALYZE 7.5 pair, as SPM99 and SPM2 wrote contrast images, told in the words of NIfTI-1.
///
/// ANALYZE does not say where a voxel is. SPM put the voxel number of the origin (counted from 1) into the field `originator`, and
/// stored the x axis from right to left; both are what nibabel's `Spm2AnalyzeImage` assumes, too. Whether an image was stored that way
/// cannot be told from the file: whoever reads one says so to the user.
///
/// Source: Robb et al. 1989, *ANALYZE*; SPM2's `spm_vol_ana.m` and `spm_flip_analyze_images.m` (described, no code taken).
struct AnalyzeHeader {
    /// A NIfTI-1 header of the same byte order: `ni1`, the sform from voxel sizes and origin.
    let bytes: [UInt8]

    /// - Parameter bytes: the beginning of the `.hdr` file.
    /// - Returns: nil where it is no ANALYZE header (NIfTI has a name in its last four bytes).
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.size, bytes[344..<348].allSatisfy({ $0 == 0 }) else { return nil }
        func whole(_ offset: Int, isBig: Bool) -> UInt32 {
            let four = (0..<4).map { UInt32(bytes[offset + $0]) }
            return isBig
                ? four[0] << 24 | four[1] << 16 | four[2] << 8 | four[3]
                : four[3] << 24 | four[2] << 16 | four[1] << 8 | four[0]
        }
        let isBig = whole(0, isBig: true) == UInt32(Self.size)
        guard isBig || whole(0, isBig: false) == UInt32(Self.size) else { return nil }
        func short(_ offset: Int) -> Int {
            let (a, b) = (UInt16(bytes[offset]), UInt16(bytes[offset + 1]))
            return Int(Int16(bitPattern: isBig ? a << 8 | b : b << 8 | a))
        }
        func float(_ offset: Int) -> Double { Double(Float(bitPattern: whole(offset, isBig: isBig))) }
        var header = Array(bytes.prefix(Self.size))
        func put(_ value: UInt32, _ offset: Int) {
            for n in 0..<4 { header[offset + n] = UInt8(truncatingIfNeeded: value >> UInt32(8 * (isBig ? 3 - n : n))) }
        }
        func putShort(_ value: Int, _ offset: Int) {
            let value = UInt16(truncatingIfNeeded: value)
            header[offset] = UInt8(truncatingIfNeeded: isBig ? value >> 8 : value)
            header[offset + 1] = UInt8(truncatingIfNeeded: isBig ? value : value >> 8)
        }
        let shape = (0..<3).map { short(42 + 2 * $0) }
        let sizes = (0..<3).map { abs(float(80 + 4 * $0)) }
        let given = (0..<3).map { short(253 + 2 * $0) }
        // SPM's own default where nobody set an origin: the middle of the volume.
        let origin = (0..<3).map { axis in
            given == [0, 0, 0] ? Double(shape[axis] + 1) / 2 : Double(given[axis])
        }
        // Text fields of ANALYZE that are numbers in NIfTI: units of voxels and calibration, patient, date.
        for offset in 56..<70 { header[offset] = 0 }
        for offset in 228..<344 { header[offset] = 0 }
        header[123] = 2
        putShort(0, 252)
        putShort(2, 254)
        for axis in 0..<3 {
            let step = axis == 0 ? -sizes[axis] : sizes[axis]
            put(Float(step).bitPattern, 280 + 16 * axis + 4 * axis)
            put(Float(-step * (origin[axis] - 1)).bitPattern, 280 + 16 * axis + 12)
        }
        for (n, letter) in "ni1".utf8.enumerated() { header[344 + n] = letter }
        self.bytes = header
    }

    private static let size = 348
}
