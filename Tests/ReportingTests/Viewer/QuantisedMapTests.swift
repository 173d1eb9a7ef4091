import Foundation
import Imaging
import Reporting
import Testing

@Suite("Maps in whole steps") struct QuantisedMapTests {
    /// Values of some size, smooth and rough, with gaps.
    private static let values: [Float] = (0..<2000).map { n in
        if n % 97 == 0 { return Float.nan }
        let smooth: Double = 4.2 * sin(Double(n) / 40)
        let rough: Double = 0.3 * sin(Double(n * n))
        return Float(smooth + rough)
    }

    /// As viewer.js unpacks: planes of low and high bytes, zigzag, differences.
    private func unpacked(_ packed: QuantisedMap.Packed) throws -> [Int16] {
        let bytes = try Gzip.decompress(packed.bytes)
        let count = bytes.count / 2
        var last: Int16 = 0
        return (0..<count).map { n in
            let code = UInt16(bytes[n]) | UInt16(bytes[count + n]) << 8
            let value = Int16(bitPattern: code >> 1) ^ -Int16(bitPattern: code & 1)
            last = packed.isDelta ? last &+ value : value
            return last
        }
    }

    @Test("every value is within half a step, and half a step within a thousandth of the largest")
    func bound() {
        let map = QuantisedMap(Self.values)
        let largest = Self.values.filter(\.isFinite).map(abs).max() ?? 0
        #expect(map.step <= Double(largest) / 500 * 1.000001, "step \(map.step) for values up to \(largest)")
        #expect(map.error <= map.step / 2 + 1e-6)
        for (index, value) in Self.values.enumerated() where value.isFinite {
            #expect(abs(map.value(at: index) - Double(value)) <= map.step / 2 + 1e-6, "voxel \(index)")
        }
    }

    @Test(
        "steps are 1, 2 or 5 times a power of ten",
        arguments: [(5.0, 0.01), (4.9, 0.005), (10.0, 0.02), (0.843, 0.001), (249.0, 0.2), (25.0, 0.05)])
    func steps(largest: Double, step: Double) {
        let found = QuantisedMap([Float(largest), 0]).step
        #expect(abs(found - step) < 1e-9, "\(found) for \(largest)")
    }

    @Test("what has no value stays without one, infinity too")
    func missing() {
        let map = QuantisedMap([1, .nan, .infinity, -2])
        #expect(map.value(at: 1).isNaN)
        #expect(map.value(at: 2).isNaN)
        #expect(map.largest == 2)
        #expect(map.value(at: 3) == -2)
    }

    @Test("multiples of a given step are kept as they are, and a step too fine for 16 bits is coarsened")
    func givenStep() {
        let p = QuantisedMap([0.001, 0.05, 1, -0.314], step: 0.001)
        #expect(p.levels == [1, 50, 1000, -314])
        #expect(p.error < 1e-7)
        let fine = QuantisedMap([1, -1], step: 1e-5)
        #expect(fine.step == 4e-5, "100,000 steps of 1e-5 need 32 bits; 25,000 of 4e-5 fit")
        #expect(abs(fine.value(at: 0) - 1) < 4e-5)
    }

    @Test("the bytes unpack to the levels, coded plainly or by differences")
    func packing() throws {
        for values in [Self.values, [Float](repeating: 3, count: 50), [], [.nan, 1, .nan]] {
            let map = QuantisedMap(values)
            #expect(try unpacked(map.packed) == map.levels, "\(values.prefix(5))")
        }
        // The extremes of 16 bits, whose difference wraps around.
        let extremes = QuantisedMap([32766, .nan, -32766, 32766], step: 1)
        #expect(extremes.levels == [32766, QuantisedMap.missing, -32766, 32766])
        #expect(try unpacked(extremes.packed) == extremes.levels)
    }

    @Test("zeros alone make a map, with a step that divides nothing by zero")
    func zeros() {
        let map = QuantisedMap([0, 0, .nan])
        #expect(map.largest == 0)
        #expect(map.levels == [0, 0, QuantisedMap.missing])
    }
}
