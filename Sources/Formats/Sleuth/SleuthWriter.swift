import Evidence
import Imaging

/// A project's coordinates as Sleuth/GingerALE text.
///
/// Carried: study, contrast, number of participants (both groups together), coordinates. Not carried, and listed:
/// heights and signs, thresholds, covariates, the plan, maps, experiments without peaks, DOIs (NiMARE fails on a text that has them).
enum SleuthWriter {
    static func output(_ project: Project) throws(InputError) -> ProjectWriter.Output {
        let experiments = project.experiments.filter { !$0.foci.isEmpty }
        guard !experiments.isEmpty else {
            throw InputError("no experiment has peaks; a Sleuth text would be empty.")
        }
        var notices = losses(project, experiments)
        var text = ""
        var current: CoordinateSpace?
        for experiment in experiments {
            let (space, coordinates) = coordinates(of: experiment, &notices)
            if space != current {
                text += "//Reference=\(space == .mni ? "MNI" : "Talairach")\n"
                current = space
            }
            text += "//\(title(of: experiment, in: project, &notices))\n"
            if experiment.n > 0 { text += "//Subjects=\(experiment.n)\n" }
            for c in coordinates {
                text += "\(NumberText.text(c.x))\t\(NumberText.text(c.y))\t\(NumberText.text(c.z))\n"
            }
            text += "\n"
        }
        return ProjectWriter.Output(texts: [("", text)], notices: notices)
    }

    /// Sleuth knows MNI and Talairach; anything else, and mixtures within an experiment, are brought to MNI.
    static func coordinates(
        of experiment: Experiment, _ notices: inout [Notice]
    ) -> (CoordinateSpace, [SIMD3<Double>]) {
        let peaks = experiment.foci
        let spaces = Set(peaks.map(\.space))
        if spaces == [.mni] || spaces == [.talairach], let space = spaces.first {
            return (space, peaks.map(\.coordinate))
        }
        let names = spaces.map(\.rawValue).sorted().joined(separator: " and ")
        notices.append(
            Notice(
                .warning, code: "converted-to-mni", at: experiment.source,
                "peaks of \"\(experiment.id)\" in \(names) were brought to MNI."))
        return (.mni, peaks.map(\.mni))
    }

    private static func title(of experiment: Experiment, in project: Project, _ notices: inout [Notice]) -> String {
        var contrast = ""
        if case .text(let text) = experiment.covariates[SleuthReader.contrastColumn] {
            contrast = text
        } else if !project.covariateNames.contains(SleuthReader.contrastColumn), experiment.id != experiment.study {
            contrast = experiment.id
        }
        let wanted = (experiment.study, contrast)
        let title = contrast.isEmpty ? experiment.study : "\(experiment.study): \(contrast)"
        if SleuthReader.split([title]) == wanted { return title }
        if SleuthReader.split([title + ":"]) == wanted { return title + ":" }
        let study = String(experiment.study.map { ":;\n\r".contains($0) ? "," : $0 })
        notices.append(
            Notice(
                .warning, code: "study-renamed", at: experiment.source,
                "study \"\(experiment.study)\" is written as \"\(study)\": a colon ends the name in Sleuth text."))
        return "\(study): \(contrast.split(whereSeparator: \.isNewline).joined(separator: " "))"
    }

    private static func losses(_ project: Project, _ experiments: [Experiment]) -> [Notice] {
        var losses = commonLosses(project, experiments)
        if experiments.contains(where: { $0.n2 > 0 }) { losses.append("two groups; their sizes are added up") }
        if experiments.contains(where: { $0.sample != $0.study }) { losses.append("which experiments share a sample") }
        let others = project.covariateNames.filter { $0 != SleuthReader.contrastColumn }
        if !others.isEmpty { losses.append("covariates (\(others.joined(separator: ", ")))") }
        if experiments.contains(where: { $0.foci.contains { $0.note != nil } }) {
            losses.append("the sources of peaks")
        }
        return losses.map { Notice.notCarried($0, by: "Sleuth text") }
    }

    /// What no format of bare coordinates can hold.
    static func commonLosses(_ project: Project, _ experiments: [Experiment]) -> [String] {
        var losses: [String] = []
        let maps = project.experiments.filter { $0.hasMap }
        if !maps.isEmpty {
            losses.append(
                "statistic maps"
                    + (maps.contains { $0.foci.isEmpty } ? "; experiments without peaks are left out" : ""))
        }
        if project.experiments.contains(where: { $0.report == .peaks([]) }) {
            losses.append("experiments that found nothing; they are left out")
        }
        if experiments.contains(where: { $0.foci.contains { $0.height != .unknown } }) {
            losses.append("t values and signs of peaks")
        }
        if experiments.contains(where: { $0.measure == .correlation }) {
            losses.append("which experiments are correlations")
        }
        if experiments.contains(where: { $0.tThreshold != nil }) { losses.append("thresholds") }
        if experiments.contains(where: { $0.direction != nil }) { losses.append("which signs a table was to show") }
        if !project.question.isEmpty || project.hasPlan { losses.append("the question, models and settings") }
        if !project.atlases.isEmpty { losses.append("atlases") }
        if !project.regions.isEmpty { losses.append("hypotheses on regions") }
        return losses
    }
}
