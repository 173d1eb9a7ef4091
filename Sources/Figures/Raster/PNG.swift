import Imaging

/// Writes PNG files (W3C PNG, third edition; ISO/IEC 15948): 8-bit RGBA, not interlaced.
///
/// Rows are filtered with the Paeth or the Up predictor, whichever leaves the smaller residue (the standard's own
/// heuristic), then compressed as one zlib stream.
public enum PNG {
    public static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// - Parameters:
    ///   - dotsPerInch: written as whole pixels per metre (`pHYs`), as the format has it; nil says nothing of the size.
    ///   - texts: keyword of 1 to 79 Latin letters, and what it says (`tEXt`, or `iTXt` where it is not ASCII).
    public static func encode(
        _ image: RasterImage, dotsPerInch: Double? = nil, texts: [(keyword: String, text: String)] = []
    ) -> [UInt8] {
        var header: [UInt8] = []
        append(UInt32(image.width), to: &header)
        append(UInt32(image.height), to: &header)
        header += [8, 6, 0, 0, 0]  // Bit depth, RGBA, deflate, adaptive filters, no interlace.
        var file = signature
        appendChunk("IHDR", header, to: &file)
        if let dotsPerInch, dotsPerInch.isFinite, dotsPerInch > 0 {
            let perMetre = UInt32(min(dotsPerInch / 0.0254, 1e9).rounded())
            var size: [UInt8] = []
            append(perMetre, to: &size)
            append(perMetre, to: &size)
            appendChunk("pHYs", size + [1], to: &file)
        }
        for (keyword, text) in texts {
            // Latin text in the plain chunk, which every program reads; other text in the one for UTF-8, uncompressed and
            // without language.
            if text.unicodeScalars.allSatisfy({ (0x20...0x7E).contains($0.value) }) {
                appendChunk("tEXt", Array(keyword.utf8) + [0] + Array(text.utf8), to: &file)
            } else {
                appendChunk("iTXt", Array(keyword.utf8) + [0, 0, 0, 0, 0] + Array(text.utf8), to: &file)
            }
        }
        appendChunk("IDAT", Zlib.compress(filtered(image), level: 9), to: &file)
        appendChunk("IEND", [], to: &file)
        return file
    }

    /// Each row with its filter byte in front.
    private static func filtered(_ image: RasterImage) -> [UInt8] {
        let stride = 4 * image.width
        var output: [UInt8] = []
        output.reserveCapacity((stride + 1) * image.height)
        var above = [UInt8](repeating: 0, count: stride)
        for y in 0..<image.height {
            let row = Array(image.pixels[y * stride..<(y + 1) * stride])
            let candidates: [(type: UInt8, bytes: [UInt8])] = [
                (2, zip(row, above).map { $0 &- $1 }), (4, paeth(row, above)),
            ]
            let best = candidates.min { residue($0.bytes) < residue($1.bytes) } ?? candidates[0]
            output.append(best.type)
            output += best.bytes
            above = row
        }
        return output
    }

    private static func residue(_ bytes: [UInt8]) -> Int {
        bytes.reduce(0) { $0 + abs(Int(Int8(bitPattern: $1))) }
    }

    /// Differences from whichever of left, above, above-left is nearest to left + above − above-left.
    private static func paeth(_ row: [UInt8], _ above: [UInt8]) -> [UInt8] {
        row.indices.map { n in
            let left = n >= 4 ? Int(row[n - 4]) : 0
            let up = Int(above[n])
            let corner = n >= 4 ? Int(above[n - 4]) : 0
            let (toLeft, toUp, toCorner) = (abs(up - corner), abs(left - corner), abs(left + up - 2 * corner))
            let nearest = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner
            return row[n] &- UInt8(nearest)
        }
    }

    private static func append(_ value: UInt32, to bytes: inout [UInt8]) {
        for shift: UInt32 in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    private static func appendChunk(_ type: String, _ content: [UInt8], to file: inout [UInt8]) {
        append(UInt32(content.count), to: &file)
        let body = Array(type.utf8) + content
        file += body
        append(crc32(body), to: &file)
    }
}
