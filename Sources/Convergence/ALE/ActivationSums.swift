import Foundation
import Imaging
package import Inference

/// What all experiments together say: the sum at every voxel, and how often each experiment takes each level.
package struct ActivationSums: Sendable {
    /// Per mask voxel: Σ −ln(1 − MA), or Σ w·MA.
    package var sums: [Double]
    /// Per experiment: voxels of the mask at each level, a rank of its kernel or where foci lie between the voxels a bin
    /// of 1e-5; level 0 is where it says nothing.
    package var counts: [[Int]]

    /// Experiments are summed in sixteen fixed blocks, one after another within a block, and the blocks in their order: the same bits for
    /// any number of threads, in memory that does not grow with the experiments.
    package init(_ model: ActivationModel, workers: Workers) async throws {
        let blocks = OrderedSums.blocks(of: model.studies.count)
        let size = model.space.mask.count
        let ordered = OrderedSums(size: size)
        let levels = model.studies.map { study in
            study.continuous == nil ? model.terms[study.kernel].count : model.levels(of: study).count
        }
        let width = levels.max() ?? 1
        let tallies = SharedArray(repeating: 0, count: model.studies.count * width)
        try await workers.forEach(blocks.count) { block in
            let painter = ActivationPainter(model)
            let own = ordered.take()
            let sums = own.baseAddress!
            for number in blocks[block] {
                try Task.checkCancellation()
                let study = model.studies[number]
                let tally = tallies.buffer.baseAddress! + number * width
                let weight = study.weight
                if let foci = study.continuous {
                    painter.visit(foci) { voxel, activation in
                        sums[voxel] -= weight * log1p(-activation)
                        tally[HistogramNull.activationBin(activation)] += 1
                    }
                    continue
                }
                model.terms[study.kernel].withUnsafeBufferPointer { terms in
                    painter.visit(study) { voxel, level in
                        sums[voxel] += weight * terms[level]
                        tally[level] += 1
                    }
                }
            }
            ordered.give(own, block)
        }
        sums = ordered.total
        counts = model.studies.indices.map { number in
            var row = (0..<levels[number]).map { tallies.buffer[number * width + $0] }
            row[0] = size - row.dropFirst().reduce(0, +)
            return row
        }
    }
}
