package import Imaging
import Statistics

/// Foci redrawn uniformly, with replacement, from the voxels of a mask.
///
/// Draws are keyed by seed, iteration and the focus's number: the same for any number of threads and for any share of
/// the iterations.
package struct FociRandomisation: Sendable {
    private let philox: Philox
    private let voxels: [SIMD3<Int32>]

    package init(_ mask: Mask, seed: UInt64) {
        philox = Philox(seed: seed, name: "random foci", purpose: 5)
        voxels = mask.voxels.map { SIMD3<Int32>(truncatingIfNeeded: mask.grid.voxel(atIndex: Int($0))) }
    }

    /// Voxels to draw from; one that is listed twice is drawn twice as often.
    package init(places: [SIMD3<Int32>], seed: UInt64) {
        philox = Philox(seed: seed, name: "random foci", purpose: 5)
        voxels = places
    }

    /// Foci `0..<count` of an iteration.
    package func draw(_ iteration: Int, count: Int, into foci: UnsafeMutablePointer<SIMD3<Int32>>) {
        let size = UInt64(voxels.count)
        voxels.withUnsafeBufferPointer { voxels in
            var number = 0
            while number < count {
                // 64 bits per focus: multiplied down to a voxel, the bias is below 1e-13.
                let words = philox([UInt32(number / 2), UInt32(truncatingIfNeeded: iteration), 0, 0])
                let first = UInt64(words.x) << 32 | UInt64(words.y)
                let second = UInt64(words.z) << 32 | UInt64(words.w)
                foci[number] = voxels[Int(size.multipliedFullWidth(by: first).high)]
                if number + 1 < count { foci[number + 1] = voxels[Int(size.multipliedFullWidth(by: second).high)] }
                number += 2
            }
        }
    }
}
