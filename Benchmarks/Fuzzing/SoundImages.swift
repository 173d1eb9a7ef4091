import Foundation
import Imaging

/// Small images that pass the gate, and the mask they are read with.
enum SoundImages {
    /// Voxels of 16 mm: a brain of some hundred of them, files of some kilobytes.
    private static let grid = Grid.mni(voxelSize: 16) ?? .mni2mm

    static let mask = Mask(grid: grid) { index in
        let p = grid.world(atIndex: index)
        return (p.x * p.x) / 4900 + (p.y + 16) * (p.y + 16) / 8100 + (p.z - 10) * (p.z - 10) / 4225 < 1
    }

    static let files: [String: [UInt8]] = {
        let map = NIfTIImage(Volume(grid: grid, values: values(spread: 1.5)))
        let thousands = NIfTIImage(Volume(grid: grid, values: values(spread: 1.5).map { $0 * 1000 }))
        let variance = NIfTIImage(Volume(grid: grid, values: values(spread: 0).map { _ in 0.25 }))
        return [
            "map.nii": encoded(map, .float32, "map.nii"),
            "scaled.nii": scaled(encoded(thousands, .int16, "scaled.nii")),
            "variance.nii": encoded(variance, .float32, "variance.nii"), "mask.nii": maskFile,
        ]
        .merging(pair(map)) { first, _ in first }
    }()

    /// 1 inside the brain, a byte a voxel.
    private static let maskFile: [UInt8] = {
        let inside = Volume(grid: grid, values: mask.position.map { $0 < 0 ? 0 : 1 })
        return encoded(NIfTIImage(inside), .uint8, "mask.nii")
    }()

    /// Smooth values of both signs, none of them 0.
    private static func values(spread: Double) -> [Float] {
        (0..<grid.count).map { index in
            let p = grid.world(atIndex: index)
            return Float(
                spread * (sin(p.x / 17 + 1) + cos(p.y / 23) - sin(p.z / 19)) + 0.01 * Double(index % 7) + 0.001)
        }
    }

    private static func encoded(_ image: NIfTIImage, _ datatype: NIfTIDatatype, _ name: String) -> [UInt8] {
        (try? image.encoded(datatype: datatype, file: name)) ?? []
    }

    /// With scl_slope 0.001, at its offset in nifti1.h.
    private static func scaled(_ image: [UInt8]) -> [UInt8] {
        guard image.count > 116 else { return image }
        let slope = withUnsafeBytes(of: Float(0.001).bitPattern.littleEndian) { Array($0) }
        return image[..<112] + slope + image[116...]
    }

    /// The same map as `.hdr` and `.img`, plain and gzip, and as `.nii.gz`.
    private static func pair(_ image: NIfTIImage) -> [String: [UInt8]] {
        let whole = encoded(image, .float32, "map.nii")
        var header = Array(whole.prefix(348))
        let voxels = Array(whole.dropFirst(352))
        guard header.count == 348 else { return [:] }
        // vox_offset 0 and magic "ni1", by the offsets of nifti1.h.
        header.replaceSubrange(108..<112, with: [0, 0, 0, 0])
        header.replaceSubrange(344..<348, with: Array("ni1\0".utf8))
        return [
            "pair.hdr": header, "pair.img": voxels, "zipped_pair.hdr": header,
            "zipped_pair.img.gz": Gzip.compress(voxels), "zipped.nii.gz": Gzip.compress(whole),
        ]
    }
}
