import Foundation
import Imaging

/// The activations of one plane of voxels: those of the mask that any experiment reaches.
struct ActivationPlane: Sendable {
    var voxels: [Int32] = []
    /// Experiments that reach the plane.
    var studies: [Int] = []
    /// Their terms, −ln(1 − MA): a row of `voxels.count` per experiment.
    var terms: [Double] = []

    init(_ model: ActivationModel, z: Int) {
        let space = model.space.planes(z...z)
        let painter = ActivationPainter(model.with(model.studies, in: space))
        var painted: [(study: Int, voxels: [Int32], terms: [Double])] = []
        var number = [Int32](repeating: -1, count: space.mask.count)
        for (index, study) in model.studies.enumerated() {
            var own: (voxels: [Int32], terms: [Double]) = ([], [])
            painter.visitTerms(study) { voxel, term in
                own.voxels.append(Int32(voxel))
                own.terms.append(term)
            }
            if own.voxels.isEmpty { continue }
            for voxel in own.voxels { number[Int(voxel)] = 0 }
            painted.append((index, own.voxels, own.terms))
        }
        for voxel in number.indices where number[voxel] == 0 {
            number[voxel] = Int32(voxels.count)
            voxels.append(Int32(voxel))
        }
        let width = voxels.count
        studies = painted.map(\.study)
        terms = Array(repeating: 0, count: width * painted.count)
        for (row, own) in painted.enumerated() {
            for (voxel, term) in zip(own.voxels, own.terms) {
                terms[row * width + Int(number[Int(voxel)])] = term
            }
        }
    }

    /// Mean over subsamples of ALE of the experiments with sign 1 less that of those with −1.
    func meanDifference(_ subsamples: [[Int8]]) -> [Double] {
        let width = voxels.count
        var result = [Double](repeating: 0, count: width)
        var first = result
        var second = result
        terms.withUnsafeBufferPointer { terms in
            for signs in subsamples {
                for v in 0..<width {
                    first[v] = 0
                    second[v] = 0
                }
                for (row, study) in studies.enumerated() where signs[study] != 0 {
                    let from = terms.baseAddress! + row * width
                    if signs[study] > 0 {
                        for v in 0..<width { first[v] += from[v] }
                    } else {
                        for v in 0..<width { second[v] += from[v] }
                    }
                }
                for v in 0..<width { result[v] += exp(-second[v]) - exp(-first[v]) }
            }
        }
        let share = 1 / Double(subsamples.count)
        for v in 0..<width { result[v] *= share }
        return result
    }
}
