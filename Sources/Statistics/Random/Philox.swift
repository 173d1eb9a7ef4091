/// Philox4x32-10, the counter-based generator of Salmon et al. 2011 (doi:10.1145/2063384.2063405).
///
/// A draw is a function of the key and of the counter alone: keyed by what is drawn (seed, experiment, voxel,
/// imputation), results do not depend on threads, tiles or the order of work.
public struct Philox: Hashable, Sendable {
    @usableFromInline let key: SIMD2<UInt32>

    public init(key: UInt64) {
        self.key = [UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)]
    }

    /// The key as one number, as the vector kernels take it.
    package var keyBits: UInt64 { UInt64(key.y) << 32 | UInt64(key.x) }

    /// A generator for one purpose of one named thing under a seed.
    ///
    /// - Parameters:
    ///   - seed: the run's seed.
    ///   - name: what is drawn for, e.g. an experiment's id; draws do not change when other experiments come or go.
    ///   - purpose: separates streams of the same name.
    public init(seed: UInt64, name: String, purpose: UInt64) {
        // FNV-1a over the name, then two rounds of the SplitMix64 finaliser to spread the bits.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        self.init(key: Self.mixed(Self.mixed(seed &+ 0x9e37_79b9_7f4a_7c15) ^ Self.mixed(hash) &+ purpose))
    }

    private static func mixed(_ x: UInt64) -> UInt64 {
        var z = x
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// Four 32-bit words for a counter.
    @inlinable
    public func callAsFunction(_ counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
        var c0 = counter.x
        var c1 = counter.y
        var c2 = counter.z
        var c3 = counter.w
        var k0 = key.x
        var k1 = key.y
        for _ in 0..<10 {
            let p0 = UInt64(0xD251_1F53) &* UInt64(c0)
            let p1 = UInt64(0xCD9E_8D57) &* UInt64(c2)
            let high0 = UInt32(truncatingIfNeeded: p0 >> 32)
            let high1 = UInt32(truncatingIfNeeded: p1 >> 32)
            c0 = high1 ^ c1 ^ k0
            c1 = UInt32(truncatingIfNeeded: p1)
            c2 = high0 ^ c3 ^ k1
            c3 = UInt32(truncatingIfNeeded: p0)
            k0 = k0 &+ 0x9E37_79B9
            k1 = k1 &+ 0xBB67_AE85
        }
        return [c0, c1, c2, c3]
    }

    /// A 32-bit word as a uniform number strictly inside (0, 1).
    @inlinable
    public static func uniform(_ word: UInt32) -> Double { (Double(word) + 0.5) * 0x1p-32 }
}
