import Formats
import Imaging

/// SHA-256 of a file's content, of the uncompressed content where the file is gzip.
///
/// Compressed bytes differ between libraries and versions; what they hold does not. Check one by hand with
/// `sha256sum FILE` or `zcat FILE.gz | sha256sum`.
public struct ContentHash: Hashable, Sendable, Codable {
    public var path: String
    /// 64 hexadecimal digits.
    public var sha256: String
    /// Length of what was hashed.
    public var bytes: Int

    public init(path: String, sha256: String, bytes: Int) {
        self.path = path
        self.sha256 = sha256
        self.bytes = bytes
    }

    /// Hashes the file at `location`, and calls it `path`.
    public init(of path: String, at location: String? = nil) throws(ReportingError) {
        let stored: [UInt8]
        do {
            stored = try AtomicFile.read(location ?? path, count: try AtomicFile.size(of: location ?? path))
        } catch {
            throw ReportingError(error)
        }
        guard Gzip.isGzip(stored) else {
            self.init(path: path, content: stored)
            return
        }
        do {
            self.init(path: path, content: try Gzip.decompress(stored))
        } catch {
            throw ReportingError(path: location ?? path, reason: error.description)
        }
    }

    init(path: String, content: [UInt8]) {
        self.init(path: path, sha256: ContentDigest.sha256(content), bytes: content.count)
    }
}
