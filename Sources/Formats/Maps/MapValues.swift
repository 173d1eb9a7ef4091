public import Evidence
public import Imaging

/// The values of a map's own voxels inside a mask, before any resampling: interpolation would blur what tells a thresholded
/// map or a background from data.
public struct MapValues: Sendable {
    /// Finite values other than 0, ascending.
    let values: [Float]
    /// Voxels of the map whose centre lies in the mask.
    let voxelCount: Int
    let infiniteCount: Int
    /// How much of the brain the mask is, mm³.
    let maskVolume: Double
    /// Whole numbers are stored without the factor that makes statistics of them.
    let isUnscaledInteger: Bool

    public init(_ image: NIfTIImage, mask: Mask) {
        let volume = image.volume(0)
        var values: [Float] = []
        var (voxels, infinite) = (0, 0)
        let toMask = mask.grid.inverse.after(image.grid.affine)
        let isSame = image.grid.matches(mask.grid)
        let shape = image.grid.shape
        // Half a voxel around the mask's grid: within it a position has a nearest voxel.
        let upper = SIMD3<Double>(mask.grid.shape) - 0.5
        var index = 0
        for k in 0..<shape.z {
            for j in 0..<shape.y {
                let row = toMask.j * Double(j) + toMask.k * Double(k) + toMask.origin
                for i in 0..<shape.x {
                    defer { index += 1 }
                    let position: Int
                    if isSame {
                        position = index
                    } else {
                        let p = toMask.i * Double(i) + row
                        guard p.x > -0.5, p.y > -0.5, p.z > -0.5, p.x < upper.x, p.y < upper.y, p.z < upper.z else {
                            continue
                        }
                        // Positive, so that conversion rounds down.
                        position = mask.grid.index(Int(p.x + 0.5), Int(p.y + 0.5), Int(p.z + 0.5))
                    }
                    guard mask.position[position] >= 0 else { continue }
                    voxels += 1
                    let value = volume.values[index]
                    if value.isInfinite {
                        infinite += 1
                    } else if !value.isNaN, value != 0 {
                        values.append(value)
                    }
                }
            }
        }
        values.sort()
        self.values = values
        voxelCount = voxels
        infiniteCount = infinite
        maskVolume = Double(mask.count) * mask.grid.voxelVolume
        isUnscaledInteger = image.header.map { $0.datatype.isInteger && $0.scaling == nil } ?? false
    }

    /// Share of the voxels in the mask that have a value.
    var share: Double { Double(values.count) / Double(max(voxelCount, 1)) }

    var largest: Float { max(abs(values.first ?? 0), abs(values.last ?? 0)) }

    /// Of the sizes.
    var smallest: Float { values.reduce(.infinity) { min($0, abs($1)) } }

    var median: Float { values.isEmpty ? 0 : values[values.count / 2] }

    /// How many different values there are, and how often the two commonest occur.
    var commonest: (distinct: Int, value: Float, count: Int, next: Int) {
        var (distinct, value, count, next) = (0, Float(0), 0, 0)
        var start = 0
        while start < values.count {
            var end = start + 1
            while end < values.count, values[end] == values[start] { end += 1 }
            distinct += 1
            if end - start > count {
                (value, count, next) = (values[start], end - start, count)
            } else {
                next = max(next, end - start)
            }
            start = end
        }
        return (distinct, value, count, next)
    }

    /// Infinity says "too large for a number", the strongest voxels: never that there is no value.
    ///
    /// - Throws: where there are any.
    public func checkFinite(_ path: String, at source: SourceLocation? = nil) throws(InputError) {
        guard infiniteCount > 0 else { return }
        let source = source ?? SourceLocation(file: path)
        throw InputError(
            at: source,
            "\(MapWords.subject(path, at: source)) is infinite at \(infiniteCount) voxel\(infiniteCount == 1 ? "" : "s") of the mask: too large to be represented, not missing.",
            remedy:
                "Make it from t, or from the logarithm of p, so that the strongest voxels keep a finite value. Voxels without data are NaN or 0."
        )
    }
}
