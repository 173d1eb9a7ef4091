import Foundation
public import Imaging
public import Statistics

/// Smooth Gaussian noise of unit variance at every voxel of a mask.
///
/// White noise in the smallest box around the mask, one separable Gaussian over it, divided by the exact standard
/// deviation that the kernel leaves at each voxel (less is summed near the faces of the box).
public struct SmoothNoise: Sendable {
    public let mask: Mask
    private let shape: SIMD3<Int>
    /// Weights for steps 0, 1, … along each axis.
    private let kernels: [[Float]]
    /// Place in the box of each mask voxel, and 1 / standard deviation there.
    private let places: [Int32]
    private let factors: [Float]

    /// - Parameter fwhm: mm, of the smoothing kernel.
    public init(_ mask: Mask, fwhm: Double) {
        let voxels = mask.voxels.map { mask.grid.voxel(atIndex: Int($0)) }
        let lower = voxels.reduce(voxels.first ?? .zero) { pointwiseMin($0, $1) }
        let upper = voxels.reduce(voxels.first ?? .zero) { pointwiseMax($0, $1) }
        let shape = upper &- lower &+ 1
        let voxelSize = mask.grid.affine.voxelSize
        let kernels = (0..<3).map { Self.kernel(sigma: fwhm / (8 * log(2)).squareRoot() / voxelSize[$0]) }
        let deviations = (0..<3).map { axis in
            (0..<shape[axis]).map { Self.deviation(kernels[axis], at: $0, length: shape[axis]) }
        }
        self.mask = mask
        self.shape = shape
        self.kernels = kernels
        places = voxels.map {
            let v = $0 &- lower
            return Int32(v.x + shape.x * (v.y + shape.y * v.z))
        }
        factors = voxels.map {
            let v = $0 &- lower
            return 1 / (deviations[0][v.x] * deviations[1][v.y] * deviations[2][v.z])
        }
    }

    /// Reused between fields by one worker.
    public struct Scratch {
        fileprivate var box: [Float] = []
        fileprivate var spare: [Float] = []
        public init() {}
    }

    /// One field, a value per mask voxel; `body` gets voxel position and value.
    ///
    /// - Parameters:
    ///   - random: the source of all draws.
    ///   - label: which field: the last three words of the counter; the first counts quadruples of box voxels.
    public func field(
        _ random: Philox, label: SIMD3<UInt32>, scratch: inout Scratch, _ body: (Int, Float) -> Void
    ) {
        let count = shape.x * shape.y * shape.z
        if scratch.box.count != count {
            scratch.box = [Float](repeating: 0, count: count)
            scratch.spare = scratch.box
        }
        for start in stride(from: 0, to: count, by: 4) {
            let words = random([UInt32(start / 4), label.x, label.y, label.z])
            for lane in 0..<min(4, count - start) {
                scratch.box[start + lane] = Float(Normal.quantile(Philox.uniform(words[lane])))
            }
        }
        var step = 1
        for axis in 0..<3 {
            Self.convolve(scratch.box, into: &scratch.spare, kernels[axis], step: step, length: shape[axis])
            swap(&scratch.box, &scratch.spare)
            step *= shape[axis]
        }
        for (position, place) in places.enumerated() {
            body(position, scratch.box[Int(place)] * factors[position])
        }
    }

    private static func kernel(sigma: Double) -> [Float] {
        guard sigma > 0 else { return [1] }
        return (0...Int(4 * sigma + 0.5)).map { Float(exp(-0.5 * Double($0 * $0) / (sigma * sigma))) }
    }

    private static func deviation(_ kernel: [Float], at place: Int, length: Int) -> Float {
        (0..<length).reduce(Float(0)) { sum, other in
            let step = abs(other - place)
            return step < kernel.count ? sum + kernel[step] * kernel[step] : sum
        }.squareRoot()
    }

    /// Convolution of every line along one axis; `step` values lie between neighbours of a line.
    private static func convolve(
        _ source: [Float], into target: inout [Float], _ kernel: [Float], step: Int, length: Int
    ) {
        source.withUnsafeBufferPointer { source in
            target.withUnsafeMutableBufferPointer { target in
                for slab in stride(from: 0, to: source.count, by: step * length) {
                    for place in 0..<length {
                        let row = slab + place * step
                        for i in row..<row + step { target[i] = source[i] * kernel[0] }
                        for reach in 1..<max(kernel.count, 1) {
                            let weight = kernel[reach]
                            let offset = reach * step
                            if place >= reach {
                                for i in row..<row + step { target[i] += source[i - offset] * weight }
                            }
                            if place + reach < length {
                                for i in row..<row + step { target[i] += source[i + offset] * weight }
                            }
                        }
                    }
                }
            }
        }
    }
}
