import Foundation
import Imaging

/// Whole statistic maps of given or random foci, one after another, in memory that is reused.
package final class StatisticPainter {
    private let model: ActivationModel
    private let painter: ActivationPainter
    private var studies: [ActivationModel.Study]
    private var foci: [SIMD3<Int32>]
    /// Sums over experiments of the map painted last.
    package private(set) var sums: [Double]
    /// The map painted last.
    package private(set) var statistic: [Float]

    package init(_ model: ActivationModel) {
        self.model = model
        painter = ActivationPainter(model)
        studies = model.studies
        foci = Array(repeating: .zero, count: model.fociCount)
        sums = Array(repeating: 0, count: model.space.mask.count)
        statistic = Array(repeating: 0, count: model.space.mask.count)
    }

    /// As many foci as the experiments have, in their order.
    package func paint(_ random: FociRandomisation, iteration: Int) {
        foci.withUnsafeMutableBufferPointer { random.draw(iteration, count: $0.count, into: $0.baseAddress!) }
        paint(foci)
    }

    package func paint(_ foci: [SIMD3<Int32>]) {
        add(foci)
        for voxel in sums.indices { statistic[voxel] = sums[voxel] == 0 ? 0 : model.statistic(sums[voxel]) }
    }

    /// Only the sums, not the statistic.
    package func add(_ foci: [SIMD3<Int32>]) {
        var next = 0
        for number in studies.indices {
            for focus in studies[number].foci.indices {
                studies[number].foci[focus] = SIMD3<Int>(truncatingIfNeeded: foci[next])
                next += 1
            }
        }
        sums.withUnsafeMutableBufferPointer { sums in
            sums.update(repeating: 0)
            for study in studies {
                model.terms[study.kernel].withUnsafeBufferPointer { terms in
                    painter.visit(study) { voxel, level in sums[voxel] += study.weight * terms[level] }
                }
            }
        }
    }
}
