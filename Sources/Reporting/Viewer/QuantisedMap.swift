import Foundation
import Imaging

/// A map in whole steps of a fixed size, as the viewer holds it: at most half a step from the map.
///
/// The step is the largest 1, 2 or 5 times a power of ten that a five-hundredth of the largest magnitude holds, so that no value is
/// off by more than a thousandth of the map's largest one.
public struct QuantisedMap: Hashable, Sendable {
    /// In the units of the map.
    public let step: Double
    /// Multiples of the step, one per voxel; ``missing`` where the map has no value.
    public let levels: [Int16]
    /// Largest magnitude of the map; 0 for one without values.
    public let largest: Double
    /// How far the stored values are from the map's at most, as measured.
    public let error: Double

    public static let missing = Int16.min

    /// Steps that the largest magnitude has at least.
    private static let fineness = 500.0

    /// - Parameters:
    ///   - values: one per voxel; what is not finite is missing.
    ///   - step: nil takes the step of the type's rule. A step that 16 bits cannot count to the largest value is doubled until
    ///     they can.
    public init(_ values: [Float], step wanted: Double? = nil) {
        var largest = 0.0
        for value in values where value.isFinite { largest = max(largest, Double(abs(value))) }
        var step = wanted ?? Self.step(largest: largest)
        while largest / step > Double(Int16.max) - 1 { step *= 2 }
        var error = 0.0
        levels = values.map { value in
            guard value.isFinite else { return Self.missing }
            let level = (Double(value) / step).rounded()
            error = max(error, abs(level * step - Double(value)))
            return Int16(level)
        }
        self.step = step
        self.largest = largest
        self.error = error
    }

    /// The rule of the type.
    static func step(largest: Double) -> Double {
        guard largest > 0 else { return 1 }
        let wanted = largest / fineness
        let power = pow(10, log10(wanted).rounded(.down))
        // A hair's breadth, so that 0.01 is found for 5 although 10⁻² is no binary number.
        return [5.0, 2.0, 1.0].map { $0 * power }.first { $0 <= wanted * (1 + 1e-9) } ?? power
    }

    /// The stored value of a voxel; NaN where there is none.
    public func value(at index: Int) -> Double {
        levels[index] == Self.missing ? .nan : Double(levels[index]) * step
    }

    /// Gzip of the levels, zigzag-coded: all low bytes, then all high bytes. As they are, or the differences from voxel to voxel,
    /// whichever is smaller.
    public var packed: Packed {
        var last: Int16 = 0
        let differences = levels.map { level -> Int16 in
            defer { last = level }
            return level &- last
        }
        let (plain, delta) = (Self.compressed(levels), Self.compressed(differences))
        return delta.count < plain.count
            ? Packed(bytes: delta, isDelta: true) : Packed(bytes: plain, isDelta: false)
    }

    public struct Packed: Hashable, Sendable {
        public var bytes: [UInt8]
        public var isDelta: Bool
    }

    private static func compressed(_ levels: [Int16]) -> [UInt8] {
        let codes = levels.map { UInt16(bitPattern: ($0 &<< 1) ^ ($0 &>> 15)) }
        return Gzip.compress(codes.map { UInt8($0 & 255) } + codes.map { UInt8($0 >> 8) })
    }
}
