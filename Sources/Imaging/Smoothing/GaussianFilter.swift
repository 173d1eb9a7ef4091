import Foundation

/// A separable Gaussian over a box of voxels, zero outside the box.
///
/// Weights exp(−d²/2σ²) for |d| ≤ int(4σ + 0.5) voxels, made to sum to 1: the kernel of
/// `scipy.ndimage.gaussian_filter(mode="constant")`. Sums are in single precision.
struct GaussianFilter: Sendable {
    /// Full width at half maximum of a Gaussian with σ = 1: √(8 ln 2).
    static let widthPerSigma = (8 * log(2.0)).squareRoot()

    private let shape: SIMD3<Int>
    /// Weights for steps 0, 1, … along each axis; empty where the filter does nothing.
    private let kernels: [[Float]]

    /// - Parameter fwhm: in mm; 0, negative or not finite means no smoothing.
    init(shape: SIMD3<Int>, voxelSize: SIMD3<Double>, fwhm: Double) {
        self.shape = shape
        kernels = (0..<3).map { Self.kernel(sigma: fwhm / Self.widthPerSigma / voxelSize[$0], length: shape[$0]) }
    }

    /// Steps as long as the axis or longer only meet zeros; they count in the sum but are not kept.
    private static func kernel(sigma: Double, length: Int) -> [Float] {
        guard sigma > 0, sigma.isFinite, sigma < 1e6 else { return [] }
        let weights = (0...Int(4 * sigma + 0.5)).map { exp(-0.5 * Double($0 * $0) / (sigma * sigma)) }
        let sum = 2 * weights.reduce(0, +) - weights[0]
        return weights.prefix(length).map { Float($0 / sum) }
    }

    /// Voxels from the centre to the last weight along each axis.
    var reach: SIMD3<Int> { SIMD3((0..<3).map { max(kernels[$0].count - 1, 0) }) }

    func apply(_ values: inout [Float]) {
        let (plane, slab) = (shape.x, shape.x * shape.y)
        var spare = [Float](repeating: 0, count: values.count)
        // Along i every row is a line; along j the step is a row, along k a slice.
        convolveRows(&values, &spare, kernels[0])
        convolveBlocks(&values, &spare, kernels[1], block: plane, length: shape.y)
        convolveBlocks(&values, &spare, kernels[2], block: slab, length: shape.z)
    }

    private func convolveRows(_ values: inout [Float], _ spare: inout [Float], _ kernel: [Float]) {
        guard !kernel.isEmpty else { return }
        let length = shape.x
        values.withUnsafeBufferPointer { source in
            spare.withUnsafeMutableBufferPointer { target in
                guard let all = source.baseAddress, let results = target.baseAddress else { return }
                for start in stride(from: 0, to: source.count, by: length) {
                    let (row, result) = (all + start, results + start)
                    Self.scale(row, kernel[0], into: result, count: length)
                    for step in 1..<kernel.count {
                        let weight = kernel[step]
                        // Values at both ends have a neighbour on one side only, and none where the line is short.
                        let (left, right) = (min(step, length - step), max(step, length - step))
                        Self.add(row + step, weight, to: result, count: left)
                        if step < length - step {
                            Self.add(
                                row, row + 2 * step, weight, to: result + step, count: length - 2 * step)
                        }
                        Self.add(row + right - step, weight, to: result + right, count: length - right)
                    }
                }
            }
        }
        swap(&values, &spare)
    }

    // The loops of one line, eight values at a time. The compiler makes no vectors of them by itself: it cannot know that source and target
    // lie apart. Each value takes the same steps in the same order as one by one.

    private typealias Eight = SIMD8<Float>

    private static func eight(_ values: UnsafePointer<Float>, _ at: Int) -> Eight {
        UnsafeRawPointer(values + at).loadUnaligned(as: Eight.self)
    }

    private static func store(_ values: Eight, _ target: UnsafeMutablePointer<Float>, _ at: Int) {
        UnsafeMutableRawPointer(target + at).storeBytes(of: values, as: Eight.self)
    }

    private static func scale(
        _ source: UnsafePointer<Float>, _ weight: Float, into target: UnsafeMutablePointer<Float>, count: Int
    ) {
        var i = 0
        while i &+ 8 <= count {
            store(eight(source, i) * weight, target, i)
            i &+= 8
        }
        while i < count {
            target[i] = source[i] * weight
            i &+= 1
        }
    }

    private static func add(
        _ source: UnsafePointer<Float>, _ weight: Float, to target: UnsafeMutablePointer<Float>, count: Int
    ) {
        var i = 0
        while i &+ 8 <= count {
            store(eight(target, i) + eight(source, i) * weight, target, i)
            i &+= 8
        }
        while i < count {
            target[i] += source[i] * weight
            i &+= 1
        }
    }

    /// Two neighbours, one after the other.
    private static func add(
        _ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>, _ weight: Float,
        to target: UnsafeMutablePointer<Float>, count: Int
    ) {
        var i = 0
        while i &+ 8 <= count {
            store((eight(target, i) + eight(first, i) * weight) + eight(second, i) * weight, target, i)
            i &+= 8
        }
        while i < count {
            target[i] = (target[i] + first[i] * weight) + second[i] * weight
            i &+= 1
        }
    }

    /// Two neighbours, their sum at once.
    private static func addSum(
        _ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>, _ weight: Float,
        to target: UnsafeMutablePointer<Float>, count: Int
    ) {
        var i = 0
        while i &+ 8 <= count {
            store(eight(target, i) + (eight(first, i) + eight(second, i)) * weight, target, i)
            i &+= 8
        }
        while i < count {
            target[i] += (first[i] + second[i]) * weight
            i &+= 1
        }
    }

    /// Convolves along an axis whose step is `block` contiguous values, `length` of them in a line.
    private func convolveBlocks(
        _ values: inout [Float], _ spare: inout [Float], _ kernel: [Float], block: Int, length: Int
    ) {
        guard !kernel.isEmpty else { return }
        values.withUnsafeBufferPointer { source in
            spare.withUnsafeMutableBufferPointer { target in
                guard let all = source.baseAddress, let results = target.baseAddress else { return }
                // Rows of one x line stay in the cache while all their neighbours are added.
                let width = shape.x
                for start in stride(from: 0, to: source.count, by: block * length) {
                    for line in 0..<length {
                        let first = start + line * block
                        for place in stride(from: first, to: first + block, by: width) {
                            let (row, result) = (all + place, results + place)
                            Self.scale(row, kernel[0], into: result, count: width)
                            for step in 1..<kernel.count {
                                let weight = kernel[step]
                                let offset = step * block
                                if line >= step && line + step < length {
                                    Self.addSum(row - offset, row + offset, weight, to: result, count: width)
                                } else if line >= step {
                                    Self.add(row - offset, weight, to: result, count: width)
                                } else if line + step < length {
                                    Self.add(row + offset, weight, to: result, count: width)
                                }
                            }
                        }
                    }
                }
            }
        }
        swap(&values, &spare)
    }
}
