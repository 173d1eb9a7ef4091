import Inference

/// Effects in every one of several contrasts: the minimum statistic against the conjunction null, that at least one of them
/// has none (Nichols et al. 2005, doi:10.1016/j.neuroimage.2004.12.005).
///
/// Under that null the other contrasts may have any effect, so each is compared with its own permutations and the largest
/// corrected p counts.
public struct StudyConjunction: Sendable {
    /// The smallest of the contrasts' values where all have the tested sign, else 0.
    public let statistic: [Float]
    /// The largest of the contrasts' corrected p.
    public let correctedP: [Float]

    /// - Parameters:
    ///   - inferences: of the contrasts, over one mask.
    ///   - side: all in this direction; `both`: all up, or all down.
    public init(
        _ inferences: [StudyInference], _ side: StudyInference.Side = .positive,
        correction: CorrectedLevel = .voxel
    ) throws(StudyError) {
        guard let first = inferences.first, inferences.allSatisfy({ $0.mask == first.mask }) else {
            throw .data("A conjunction needs at least one contrast, and all over one mask.")
        }
        let isTwoSided = side == .both
        func all(_ side: StudyInference.Side) -> (values: [Float], p: [Float]) {
            // Compared two-sided where both directions are looked at.
            var values = [Float](repeating: .infinity, count: first.statistic.count)
            var p = [Float](repeating: 0, count: values.count)
            for inference in inferences {
                let correct = inference.correction(correction.statistic, isTwoSided ? .both : side)
                for (voxel, value) in inference.values(correction.statistic, side).enumerated() {
                    values[voxel] = value.isNaN || values[voxel].isNaN ? .nan : min(values[voxel], value)
                    let own = correct(value)
                    p[voxel] = own.isNaN || p[voxel].isNaN ? .nan : max(p[voxel], own)
                }
            }
            return (values, p)
        }
        if isTwoSided {
            let (up, down) = (all(.positive), all(.negative))
            statistic = zip(up.values, down.values).map { $0 >= $1 || $0.isNaN ? $0 : -$1 }
            correctedP = zip(up.p, down.p).map { $0.isNaN ? .nan : min($0, $1) }
        } else {
            (statistic, correctedP) = all(side)
        }
    }

    /// Voxel height or TFCE.
    public enum CorrectedLevel: String, Hashable, Sendable {
        case voxel, tfce

        var statistic: NullDistribution.Statistic { self == .voxel ? .voxel : .tfce }
    }
}
