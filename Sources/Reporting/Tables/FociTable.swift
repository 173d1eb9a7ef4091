import Evidence

/// `foci.tsv` of a model: every peak that entered, in MNI mm.
struct FociTable {
    let experiments: [Experiment]

    init(_ experiments: [Experiment]) { self.experiments = experiments }

    /// `t` is n/a where only a sign is known; `sign` is 0 where not even that is.
    var table: TextTable {
        TextTable(
            header: ["experiment", "study", "x_mm", "y_mm", "z_mm", "t", "sign"],
            rows: experiments.flatMap { experiment -> [[String]] in
                // Peaks listed beside a whole-brain map do not enter.
                guard case .peaks = experiment.report else { return [] }
                return experiment.peaks.map { peak in
                    var t = NumberText.missing
                    if case .t(let value) = peak.height { t = NumberText.significant(value) }
                    let place = peak.mni
                    return [
                        experiment.id, experiment.study, NumberText.hundredths(place.x), NumberText.hundredths(place.y),
                        NumberText.hundredths(place.z), t, String(peak.height.sign),
                    ]
                }
            })
    }
}
