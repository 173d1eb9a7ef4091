import Foundation
import Imaging
import Inference
import Statistics
import VoxelKernels

/// t of a contrast by ordinary least squares at every voxel: the kernel of ``PooledImages`` with all variances 1.
final class PlainLeastSquares: Sendable {
    private let data: PermutationData
    private let orthonormal: ImageDesign
    private let ones: ImagePlane
    private let tables: TailTables
    private let values: [SharedArray<Float>]
    private static let names: [MapName.Value] = [.t, .z, .p, .logp, .dof]

    init(_ data: PermutationData) throws(ImageError) {
        self.data = data
        orthonormal = data.design.orthonormal
        ones = ImagePlane(count: data.voxels) { $0.initialize(repeating: 1, count: data.voxels) }
        tables = TailTables(1..<max(2, data.rows.count))
        values = Self.names.map { _ in SharedArray(repeating: Float.nan, count: data.voxels) }
    }

    func run(_ range: Range<Int>) {
        let studies = data.rows.count
        let scratch = UnsafeMutableRawPointer.allocate(byteCount: 3 * 64 * studies, alignment: 64)
        defer { scratch.deallocate() }
        var fit = cuneus_image_fit()
        let effects = data.rows.optionalPointers
        let variances = [UnsafePointer<Float>?](repeating: ones.values, count: studies)
        orthonormal.matrix.elements.withUnsafeBufferPointer { matrix in
            orthonormal.contrast.withUnsafeBufferPointer { contrast in
                var model = cuneus_image_model(
                    studies: Int32(studies), columns: Int32(orthonormal.columns), estimator: Int32(CUNEUS_TAU2_GIVEN),
                    tau2: 0, design: matrix.baseAddress, contrast: contrast.baseAddress, targets: nil, gains: nil)
                for first in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
                    cuneus_image_pool(
                        VectorInstructions.best.code, &model, effects, variances, first,
                        scratch.assumingMemoryBound(to: Double.self), &fit)
                    withUnsafeBytes(of: &fit) { bytes in
                        let rows = bytes.bindMemory(to: SIMD8<Double>.self)
                        for lane in 0..<min(8, range.upperBound - first) {
                            let df = Int(rows[6][lane]) - orthonormal.columns
                            guard !rows[0][lane].isNaN, let table = tables[df] else { continue }
                            let t = rows[0][lane] / (rows[1][lane] * rows[3][lane] / Double(df)).squareRoot()
                            let (z, logP) = table(t)
                            let voxel = first + lane
                            values[0].buffer[voxel] = Float(t)
                            values[1].buffer[voxel] = Float(z)
                            values[2].buffer[voxel] = LogProbability.p(logP)
                            values[3].buffer[voxel] = Float(LogProbability.minusLog10(logP))
                            values[4].buffer[voxel] = Float(df)
                        }
                    }
                }
            }
        }
    }

    func maps(_ mask: Mask) -> ImageMaps {
        var maps = ImageMaps(mask: mask)
        for (name, value) in zip(Self.names, values) { maps[name] = value.array }
        return maps
    }
}
