import Comparison
import Evidence
import Imaging

extension ModelComparison {
    /// The mask of the coordinate methods; nil where none ran.
    var fociMask: Mask? {
        results.first { $0.method.family == .foci || $0.method.family == .groups }?.mask
    }

    /// Foci in that mask, and too far from it.
    var placement: PeakPlacement? { fociMask.map { PeakPlacement(foci: experiments, mask: $0) } }
}
