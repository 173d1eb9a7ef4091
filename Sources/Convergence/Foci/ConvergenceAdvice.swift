import Foundation
import Imaging
public import Inference

/// What a reader should know before believing a convergence analysis.
public struct ConvergenceAdvice: Sendable, Hashable {
    /// Experiments with at least one focus.
    public var experiments: Int
    public var foci: Int
    /// Foci whose voxel is outside the mask: their kernels still reach in.
    public var outsideMask: Int
    /// Experiments that report no focus: they say nothing to these methods.
    public var empty: Int
    /// Studies that contribute several experiments, which are counted as independent.
    public var repeatedStudies: [String]
    /// At the 0.001 level, more than this many experiments are needed so that no single one can carry a cluster
    /// (Eickhoff 2016, doi:10.1016/j.neuroimage.2016.04.072).
    public static let advisedExperiments = 17

    public var isEnough: Bool { experiments >= Self.advisedExperiments }

    public init(_ foci: [FociSet], in space: ConvergenceSpace) {
        experiments = foci.count { !$0.foci.isEmpty }
        self.foci = foci.reduce(0) { $0 + $1.foci.count }
        empty = foci.count - experiments
        outsideMask = foci.reduce(0) { sum, set in
            sum + set.foci.count { space.voxel(at: $0).map { !space.mask.contains($0) } ?? true }
        }
        var seen: [String: Int] = [:]
        for set in foci { seen[set.study, default: 0] += 1 }
        repeatedStudies = seen.filter { $0.value > 1 }.keys.sorted()
    }

    /// Sentences for a report; empty when there is nothing to say.
    public var sentences: [String] {
        var result: [String] = []
        if !isEnough {
            result.append(
                "\(experiments) experiments: at least \(Self.advisedExperiments) are advised, or single experiments can carry a cluster (Eickhoff et al. 2016)."
            )
        }
        if empty > 0 { result.append("\(empty) experiment(s) report no focus and are not used by these methods.") }
        if outsideMask > 0 {
            result.append("\(outsideMask) of \(foci) foci lie outside the mask; their kernels still reach into it.")
        }
        if !repeatedStudies.isEmpty {
            result.append(
                "\(repeatedStudies.count) studies give several experiments, which are taken as independent; pool them by study if they share participants."
            )
        }
        return result
    }
}

extension PreparedFoci {
    /// Share of the experiments whose foci reach each voxel: where it is 0, the method could not have found anything.
    /// - Throws: `CancellationError`.
    public func coverage(workers: Workers = Workers(threads: 1)) async throws -> [Float] {
        let model = model
        let blocks = OrderedSums.blocks(of: model.studies.count)
        let ordered = OrderedSums(size: model.space.mask.count)
        try await workers.forEach(blocks.count) { block in
            let painter = ActivationPainter(model)
            let counts = ordered.take()
            for study in model.studies[blocks[block]] {
                try Task.checkCancellation()
                painter.visit(study) { voxel, _ in counts[voxel] += 1 }
            }
            ordered.give(counts, block)
        }
        return ordered.total.map { Float($0) / Float(max(model.studies.count, 1)) }
    }
}
