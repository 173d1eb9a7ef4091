public import Imaging

/// Peaks against the mask of an analysis: in white matter, say, where grey matter is analysed.
///
/// Such a peak is in the brain and right, and still says little: its effect counts only where its kernel reaches into the
/// mask. Whoever studies white matter should know.
public enum MaskCheck {
    private static let mostNames = 3

    /// One notice for all peaks of a model that lie farther from its mask than small slips do.
    public static func notices(_ experiments: [Experiment], mask: Mask, model: ModelPlan) -> [Notice] {
        guard mask.count > 0 else { return [] }
        // Between voxels of a coarse grid nothing is nearer than half their diagonal.
        let size = mask.grid.affine.voxelSize
        let tolerance = max(BrainCheck.tolerance, 0.5 * (size * size).sum().squareRoot())
        var found: [(experiment: Experiment, peak: Peak)] = []
        var count = 0
        for experiment in experiments {
            for peak in experiment.peaks {
                count += 1
                if !reaches(peak.mni, mask, within: tolerance) { found.append((experiment, peak)) }
            }
        }
        guard let first = found.first else { return [] }
        let brain = BrainCheck(mask)
        let shown = found.prefix(mostNames).map { experiment, peak in
            let distance = NumberText.text(brain.distance(to: peak.mni).rounded(digits: 1))
            return "\(peak.coordinate.inWords) of \"\(experiment.id)\", \(distance) mm away"
        }
        // A few peaks in white matter are in every table; many may mean that the mask is not the one that is wanted.
        let isMuch = 4 * found.count >= count
        return [
            Notice(
                isMuch ? .warning : .note, code: "peak-outside-mask", at: first.peak.source,
                "\(found.count) of \(count) peaks \(found.count == 1 ? "lies" : "lie") more than \(NumberText.text(tolerance.rounded(digits: 1))) mm from the mask of "
                    + "model \"\(model.name)\": \(shown.joined(separator: "; "))\(found.count > mostNames ? " ..." : "").",
                remedy:
                    "They count only where their kernels reach into the mask. If white matter or the whole brain is meant, "
                    + "set mask: brain, or name an image of your own.")
        ]
    }

    /// Whether a voxel of the mask is near, looked for around the point only.
    private static func reaches(_ point: SIMD3<Double>, _ mask: Mask, within tolerance: Double) -> Bool {
        let centre = mask.grid.voxel(at: point)
        guard (0..<3).allSatisfy({ abs(centre[$0]) < 1e6 }) else { return false }
        let size = mask.grid.affine.voxelSize
        let reach = (0..<3).map { Int((tolerance / size[$0]).rounded(.up)) }
        let middle = (0..<3).map { Int(centre[$0].rounded()) }
        for k in (middle[2] - reach[2])...(middle[2] + reach[2]) {
            for j in (middle[1] - reach[1])...(middle[1] + reach[1]) {
                for i in (middle[0] - reach[0])...(middle[0] + reach[0]) where mask.contains([i, j, k]) {
                    let d = mask.grid.world([i, j, k]) - point
                    if (d * d).sum() <= tolerance * tolerance { return true }
                }
            }
        }
        return false
    }
}
