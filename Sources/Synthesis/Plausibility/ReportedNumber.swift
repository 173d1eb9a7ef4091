import Foundation

/// A number as a paper prints it: its value, and how many decimals were kept.
public struct ReportedNumber: Hashable, Sendable {
    public let value: Double
    /// Digits after the point: 3.50 has two.
    public let decimals: Int

    /// - Parameter decimals: 0 to 9.
    public init?(_ value: Double, decimals: Int) {
        guard value.isFinite, abs(value) < 1e9, (0...9).contains(decimals) else { return nil }
        self.value = value
        self.decimals = decimals
    }

    /// From text with a point, such as "3.50"; trailing zeros count. Nil for anything else, a comma included: which sign is the
    /// decimal one is decided by who reads the table.
    public init?(_ text: String) {
        let bytes = text.utf8
        guard !bytes.isEmpty, let value = Double(text) else { return nil }
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        let point = UInt8(ascii: ".")
        guard
            bytes.enumerated().allSatisfy({ n, byte in
                digits.contains(byte) || byte == point || (n == 0 && byte == UInt8(ascii: "-"))
            })
        else { return nil }
        let decimals = bytes.firstIndex(of: point).map { bytes.distance(from: $0, to: bytes.endIndex) - 1 } ?? 0
        self.init(value, decimals: decimals)
    }

    /// Half of the last digit: the number stands for value ± this. A little more, so that halves may have been rounded either way.
    var half: Double { 0.5 * pow(10, -Double(decimals)) * (1 + 1e-9) + 1e-12 }
}
