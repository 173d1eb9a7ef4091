/// What an input file held when it was read.
public struct InputContent: Hashable, Sendable {
    /// SHA-256 of the content, of the uncompressed one where the file is gzip; 64 hexadecimal digits.
    public var sha256: String
    /// Length of what was hashed.
    public var bytes: Int
    /// Whether the data were made from these very bytes. Images are opened when they are needed, more than once: of them it
    /// is what they held before the first time.
    public var isParsed: Bool

    public init(sha256: String, bytes: Int, isParsed: Bool) {
        self.sha256 = sha256
        self.bytes = bytes
        self.isParsed = isParsed
    }
}
