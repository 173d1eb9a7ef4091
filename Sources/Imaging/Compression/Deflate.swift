import CDeflate

/// Zlib streams (RFC 1950), as PNG holds them.
package enum Zlib {
    /// - Parameter level: 0 (stored) to 12 (slowest); values outside are clamped.
    package static func compress(_ bytes: [UInt8], level: Int = 6) -> [UInt8] {
        Deflate.compress(
            bytes, level: level, bound: libdeflate_zlib_compress_bound, compress: libdeflate_zlib_compress)
    }
}

/// The CRC-32 of gzip and PNG (ISO 3309).
package func crc32(_ bytes: some Sequence<UInt8>, continuing crc: UInt32 = 0) -> UInt32 {
    func update(_ buffer: UnsafeBufferPointer<UInt8>) -> UInt32 {
        libdeflate_crc32(crc, buffer.baseAddress, buffer.count)
    }
    return bytes.withContiguousStorageIfAvailable(update) ?? Array(bytes).withUnsafeBufferPointer(update)
}

/// What gzip and zlib compression share.
enum Deflate {
    typealias Bound = (OpaquePointer?, Int) -> Int
    typealias Compress = (OpaquePointer?, UnsafeRawPointer?, Int, UnsafeMutableRawPointer?, Int) -> Int

    static func compress(_ bytes: [UInt8], level: Int, bound: Bound, compress: Compress) -> [UInt8] {
        guard let compressor = libdeflate_alloc_compressor(Int32(min(max(level, 0), 12))) else {
            fatalError("out of memory: libdeflate could not allocate a compressor")
        }
        defer { libdeflate_free_compressor(compressor) }
        let capacity = bound(compressor, bytes.count)
        return [UInt8](unsafeUninitializedCapacity: capacity) { buffer, written in
            written = bytes.withUnsafeBytes { input in
                compress(compressor, input.baseAddress, input.count, buffer.baseAddress, buffer.count)
            }
        }
    }
}
