import Crypto

/// SHA-256 in the form that `sha256sum` prints: 64 hexadecimal digits.
package enum ContentDigest {
    package static func sha256(_ bytes: [UInt8]) -> String { text(SHA256.hash(data: bytes)) }

    /// The digits of a digest that was made in steps.
    package static func text(_ digest: some Sequence<UInt8>) -> String {
        digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
