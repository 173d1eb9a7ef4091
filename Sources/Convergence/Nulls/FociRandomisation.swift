package import Imaging
import Statistics

/// Foci redrawn uniformly, with replacement, from the voxels of a mask.
///
/// Draws are keyed by seed, iteration and the focus's number: the same for any number of threads and for any share of
/// the iterations.
package struct FociRandomisation: Sendable {
    private let philox: Philox
    private let voxels: [SIMD3<Int32>]
    /// The same, ten bits a coordinate: a quarter of the memory that draws jump about in. Empty when they do not fit.
    private let packed: [UInt32]

    package init(_ mask: Mask, seed: UInt64) {
        self.init(
            places: mask.voxels.map { SIMD3<Int32>(truncatingIfNeeded: mask.grid.voxel(atIndex: Int($0))) }, seed: seed)
    }

    /// Voxels to draw from; one that is listed twice is drawn twice as often.
    package init(places: [SIMD3<Int32>], seed: UInt64) {
        philox = Philox(seed: seed, name: "random foci", purpose: 5)
        voxels = places
        let fit = places.allSatisfy { $0.min() >= 0 && $0.max() < 1024 }
        packed = fit ? places.map { UInt32($0.x | $0.y << 10 | $0.z << 20) } : []
    }

    /// Foci `0..<count` of an iteration.
    package func draw(_ iteration: Int, count: Int, into foci: UnsafeMutablePointer<SIMD3<Int32>>) {
        if packed.isEmpty {
            voxels.withUnsafeBufferPointer { voxels in
                each(iteration, count) { focus, place in foci[focus] = voxels[place] }
            }
        } else {
            packed.withUnsafeBufferPointer { packed in
                each(iteration, count) { focus, place in
                    let word = packed[place]
                    foci[focus] = SIMD3(
                        Int32(truncatingIfNeeded: word & 1023), Int32(truncatingIfNeeded: word >> 10 & 1023),
                        Int32(truncatingIfNeeded: word >> 20))
                }
            }
        }
    }

    /// Calls `body` with every focus and the place drawn for it.
    @inline(__always)
    private func each(_ iteration: Int, _ count: Int, _ body: (Int, Int) -> Void) {
        let size = UInt64(voxels.count)
        let philox = philox
        var number = 0
        while number < count {
            // 64 bits per focus: multiplied down to a voxel, the bias is below 1e-13.
            let words = philox([UInt32(number / 2), UInt32(truncatingIfNeeded: iteration), 0, 0])
            let first = UInt64(words.x) << 32 | UInt64(words.y)
            let second = UInt64(words.z) << 32 | UInt64(words.w)
            body(number, Int(size.multipliedFullWidth(by: first).high))
            if number + 1 < count { body(number + 1, Int(size.multipliedFullWidth(by: second).high)) }
            number += 2
        }
    }
}
