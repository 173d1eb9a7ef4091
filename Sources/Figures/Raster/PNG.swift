import Imaging

/// Writes PNG files (W3C PNG, third edition; ISO/IEC 15948): 8 bits a channel, not interlaced.
///
/// Nothing of a picture is lost, and nothing is written that it does not need: few colours go into a palette, grey pictures have no
/// colours, opaque ones no opacity (``PixelFormat``). Rows are filtered by the ``PixelFilter`` that leaves least, then compressed
/// as one zlib stream.
public enum PNG {
    public static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// Beyond this libdeflate takes three times as long and gains a few hundredths.
    private static let level = 7

    /// - Parameters:
    ///   - dotsPerInch: written as whole pixels per metre (`pHYs`), as the format has it; nil says nothing of the size.
    ///   - texts: keyword of 1 to 79 Latin letters, and what it says (`tEXt`, or `iTXt` where it is not ASCII).
    public static func encode(
        _ image: RasterImage, dotsPerInch: Double? = nil, texts: [(keyword: String, text: String)] = []
    ) -> [UInt8] {
        let format = PixelFormat(image)
        var header: [UInt8] = []
        append(UInt32(image.width), to: &header)
        append(UInt32(image.height), to: &header)
        header += [8, format.colourType, 0, 0, 0]  // Bit depth, colours, deflate, adaptive filters, no interlace.
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
        if case .palette(let colours) = format {
            appendChunk("PLTE", colours.flatMap { [$0.red, $0.green, $0.blue] }, to: &file)
            // Transparent colours stand first, so that opacities end with them.
            let opacities = colours.map(\.alpha).prefix { $0 < 255 }
            if !opacities.isEmpty { appendChunk("tRNS", Array(opacities), to: &file) }
        }
        let pixels = format.bytes(of: image)
        appendChunk("IDAT", compressed(pixels, rows: image.height, channels: format.channels), to: &file)
        appendChunk("IEND", [], to: &file)
        return file
    }

    /// Which filters suit a picture is seen by compressing it, faster than in the end: the standard's own heuristic is right for photographs,
    /// and wrong for slices of brains in grey and for pictures of few colours.
    private static func compressed(_ pixels: [UInt8], rows: Int, channels: Int) -> [UInt8] {
        let candidates = [[PixelFilter.none], [.up], [.sub, .up, .paeth]].map { filters in
            PixelFilter.filtered(pixels, rows: rows, channels: channels, by: filters)
        }
        let sizes = candidates.map { Zlib.compress($0, level: 4).count }
        let best = sizes.indices.min { sizes[$0] < sizes[$1] } ?? 0
        return Zlib.compress(candidates[best], level: level)
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
