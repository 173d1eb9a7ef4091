public import Imaging

/// Peaks against the mask of an analysis: in white matter, say, where grey matter is analysed.
///
/// Such a peak is in the brain and right, and still says little: its effect counts only where its kernel reaches into the
/// mask. Whoever studies white matter should know.
public enum MaskCheck {
    private static let mostNames = 3

    /// One notice for all peaks of a model that lie farther from its mask than small slips do.
    ///
    /// - Parameter choice: what the mask was made from; the remedy names the others.
    public static func notices(
        _ experiments: [Experiment], mask: Mask, choice: Settings.MaskChoice, model: ModelPlan
    ) -> [Notice] {
        guard mask.count > 0 else { return [] }
        var found: [(experiment: Experiment, peak: Peak)] = []
        var count = 0
        for experiment in experiments {
            for peak in experiment.peaks {
                count += 1
                if !PeakPlacement.isInside(peak.mni, mask) { found.append((experiment, peak)) }
            }
        }
        guard let first = found.first else { return [] }
        let brain = BrainCheck(mask)
        let shown = found.prefix(mostNames).map { experiment, peak in
            let distance = NumberText.text(brain.distance(to: peak.mni).rounded(digits: 1))
            return "\(peak.coordinate.inWords) of \"\(experiment.id)\", \(distance) mm away"
        }
        let tolerance = NumberText.text(PeakPlacement.tolerance(mask).rounded(digits: 1))
        // A few peaks in white matter are in every table; many may mean that the mask is not the one that is wanted.
        let isMuch = 4 * found.count >= count
        return [
            Notice(
                isMuch ? .warning : .note, code: "peak-outside-mask", at: first.peak.source,
                "\(found.count) of \(count) peaks \(found.count == 1 ? "lies" : "lie") more than \(tolerance) mm from the mask of "
                    + "model \"\(model.name)\": \(shown.joined(separator: "; "))\(found.count > mostNames ? " ..." : "").",
                remedy: "They count only where their kernels reach into the mask. \(others(than: choice))")
        ]
    }

    /// Says once that kernels do not follow the tissue of white matter although the settings ask for it.
    public static func kernelNotices(_ experiments: [Experiment], settings: Settings, model: ModelPlan) -> [Notice] {
        guard settings.kernelAnisotropy < settings.anisotropy, experiments.contains(where: { !$0.peaks.isEmpty }) else {
            return []
        }
        return [
            Notice(
                .note, code: "isotropic-kernels",
                "kernels of model \"\(model.name)\" are isotropic: how alike neighbouring voxels are is known for grey matter "
                    + "only, and its mask is white matter.",
                remedy: "Nothing to do; set anisotropy: 0 and this is not said.")
        ]
    }

    private static func others(than choice: Settings.MaskChoice) -> String {
        switch choice {
        case .greyMatter:
            "If white matter was studied, set mask: white_matter; if the whole brain, mask: brain; or name an image of your own."
        case .whiteMatter:
            "If grey matter was studied, set mask: grey_matter; if the whole brain, mask: brain; or name an image of your own."
        case .brain: "Check the coordinates, or name an image of your own as the mask."
        case .file: "If more was studied than the image holds, set mask: grey_matter, white_matter or brain."
        }
    }
}
