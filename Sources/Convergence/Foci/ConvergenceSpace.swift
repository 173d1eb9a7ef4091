public import Imaging

/// Where foci are looked at: a mask, and how coordinates become voxels.
public struct ConvergenceSpace: Sendable {
    public let mask: Mask
    /// Edge lengths of a voxel, mm.
    package let voxelSize: SIMD3<Double>
    /// The box of voxels that holds the mask.
    package let low: SIMD3<Int>
    package let high: SIMD3<Int>

    public init(mask: Mask) throws(ConvergenceError) {
        guard let first = mask.voxels.first else { throw .emptyMask }
        var low = mask.grid.voxel(atIndex: Int(first))
        var high = low
        for index in mask.voxels {
            let voxel = mask.grid.voxel(atIndex: Int(index))
            low = pointwiseMin(low, voxel)
            high = pointwiseMax(high, voxel)
        }
        self.mask = mask
        self.low = low
        self.high = high
        self.voxelSize = mask.grid.affine.voxelSize
    }

    /// The brain of the built-in template at 2 mm.
    /// - Throws: `TemplateError`.
    public static func standard() throws -> ConvergenceSpace {
        try ConvergenceSpace(mask: Mask(Templates.load(.brainMask)))
    }

    /// The voxel of a coordinate (MNI mm): the nearest, halves to the even one (numpy's rounding).
    ///
    /// It may lie outside the mask and even outside the grid: its kernel still reaches in.
    package func voxel(at coordinate: SIMD3<Double>) -> SIMD3<Int>? {
        let p = mask.grid.voxel(at: coordinate).rounded(.toNearestOrEven)
        guard p.x.isFinite, p.y.isFinite, p.z.isFinite, abs(p.x) < 1e4, abs(p.y) < 1e4, abs(p.z) < 1e4 else {
            return nil
        }
        return SIMD3(Int(p.x), Int(p.y), Int(p.z))
    }
}

extension ConvergenceSpace {
    private init(_ other: ConvergenceSpace, low: SIMD3<Int>, high: SIMD3<Int>) {
        mask = other.mask
        voxelSize = other.voxelSize
        self.low = low
        self.high = high
    }

    /// The same space, but only these planes of voxels are painted.
    package func planes(_ range: ClosedRange<Int>) -> ConvergenceSpace {
        ConvergenceSpace(
            self, low: [low.x, low.y, range.lowerBound], high: [high.x, high.y, range.upperBound])
    }

    /// Mask positions of the voxels in these planes: they lie one after another.
    package func positions(_ planes: ClosedRange<Int>) -> Range<Int> {
        let size = mask.grid.shape.x * mask.grid.shape.y
        func first(from plane: Int) -> Int {
            var (low, high) = (0, mask.count)
            while low < high {
                let middle = (low + high) / 2
                if Int(mask.voxels[middle]) < size * plane { low = middle + 1 } else { high = middle }
            }
            return low
        }
        return first(from: planes.lowerBound)..<first(from: planes.upperBound + 1)
    }
}
