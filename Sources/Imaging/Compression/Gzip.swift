import CDeflate

/// Gzip (RFC 1952) in one shot, through libdeflate.
///
/// Compression is deterministic: no file name, modification time 0. Other versions of libdeflate may choose other
/// bytes, so hash the uncompressed content, not the file.
public enum Gzip {
    /// Deflate cannot shrink data by more than this factor (RFC 1951: 258 bytes in two bits).
    package static let highestRatio = 1032

    /// Whether the bytes begin like a gzip file.
    public static func isGzip(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b
    }

    /// A single-member gzip file of the bytes.
    ///
    /// - Parameter level: 0 (stored) to 12 (slowest); values outside are clamped.
    public static func compress(_ bytes: [UInt8], level: Int = 6) -> [UInt8] {
        Deflate.compress(
            bytes, level: level, bound: libdeflate_gzip_compress_bound, compress: libdeflate_gzip_compress)
    }

    /// The content of a gzip file of one or more members.
    ///
    /// The size that the file states about itself is only a first guess. Memory never exceeds what the compressed
    /// bytes can hold, nor `limit`.
    ///
    /// - Parameter limit: the largest content accepted, in bytes.
    public static func decompress(_ bytes: [UInt8], limit: Int = 1 << 31) throws(GzipError) -> [UInt8] {
        let ceiling = min(limit, largestContent(of: bytes.count))
        var capacity = min(max(statedSize(of: bytes) ?? 0, 4096), ceiling)
        while true {
            switch inflate(bytes, capacity: capacity) {
            case .complete(let content): return content
            case .damaged(let offset): throw .damaged(member: offset)
            case .full where capacity < ceiling: capacity = min(max(capacity, 1) * 2, ceiling)
            case .full where ceiling == limit: throw .tooLarge(limit: limit)
            case .full: throw .damaged(member: 0)
            }
        }
    }

    /// No gzip file of `count` bytes holds more than this.
    package static func largestContent(of count: Int) -> Int {
        let (product, overflow) = count.multipliedReportingOverflow(by: highestRatio)
        return overflow ? Int.max : product
    }

    enum Outcome {
        case complete([UInt8])
        /// The content is larger than the capacity.
        case full
        /// The member that starts at this offset of the compressed bytes is not valid.
        case damaged(Int)
    }

    /// Decompresses all members into a buffer of `capacity` bytes, allocated here and nowhere enlarged.
    static func inflate(_ bytes: [UInt8], capacity: Int) -> Outcome {
        guard let decompressor = libdeflate_alloc_decompressor() else { return .damaged(0) }
        defer { libdeflate_free_decompressor(decompressor) }
        var failure: Outcome?
        let content = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, written in
            bytes.withUnsafeBytes { input in
                failure = inflateMembers(of: input, into: UnsafeMutableRawBufferPointer(buffer), decompressor, &written)
            }
        }
        return failure ?? .complete(content)
    }

    private static func inflateMembers(
        of input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, _ decompressor: OpaquePointer,
        _ written: inout Int
    ) -> Outcome? {
        var consumed = 0
        // Without an address libdeflate would take "no output buffer" for another request.
        var nothing: UInt8 = 0
        return withUnsafeMutableBytes(of: &nothing) { spare in
            repeat {
                var read = 0
                var produced = 0
                let result = libdeflate_gzip_decompress_ex(
                    decompressor, input.baseAddress.map { $0 + consumed }, input.count - consumed,
                    output.baseAddress.map { $0 + written } ?? spare.baseAddress, output.count - written,
                    &read, &produced)
                if result == LIBDEFLATE_INSUFFICIENT_SPACE { return .full }
                guard result == LIBDEFLATE_SUCCESS else { return .damaged(consumed) }
                consumed += read
                written += produced
                // Tapes and some writers pad with zeros.
            } while consumed < input.count && input[consumed...].contains { $0 != 0 }
            return nil
        }
    }

    /// Content size that the last member states, modulo 2³².
    private static func statedSize(of bytes: [UInt8]) -> Int? {
        guard bytes.count >= 18 else { return nil }
        return bytes.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}

/// Why bytes could not be decompressed.
public enum GzipError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The gzip member that starts at this byte is cut off, corrupt, or no gzip at all.
    case damaged(member: Int)
    /// The content exceeds the caller's limit in bytes.
    case tooLarge(limit: Int)

    public var description: String {
        switch self {
        case .damaged(let member): "the gzip data (member at byte \(member)) is damaged or cut off"
        case .tooLarge(let limit): "the gzip content is larger than the limit of \(limit) bytes"
        }
    }
}
