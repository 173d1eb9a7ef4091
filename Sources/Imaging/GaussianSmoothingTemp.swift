import Foundation

extension Volume {
    func gaussianSmoothed(fwhm: Double) -> Volume { smoothed(fwhm: fwhm) }
    func smoothed(fwhm: Double) -> Volume {
        var out = self
        let n = [grid.shape.x, grid.shape.y, grid.shape.z]
        let vs = [grid.affine.voxelSize.x, grid.affine.voxelSize.y, grid.affine.voxelSize.z]
        var step = 1
        for a in 0..<3 {
            let s = fwhm / 2.35482 / vs[a], R = Int(4 * s + 0.5)
            var k = (-R...R).map { Float(exp(-0.5 * Double($0 * $0) / (s * s))) }
            let t = k.reduce(0, +); k = k.map { $0 / t }
            let src = out.values
            for i in 0..<src.count {
                let c = i / step % n[a]
                var acc: Float = 0
                for r in max(-R, -c)...min(R, n[a] - 1 - c) { acc += k[r + R] * src[i + r * step] }
                out.values[i] = acc
            }
            step *= n[a]
        }
        return out
    }
}
