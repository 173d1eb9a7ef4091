import Evidence
import Imaging

/// A project as the two tables of a Neurosynth database, gzip.
///
/// Carried: coordinates, and per experiment its space and the columns doi, title, authors, year and journal. All else is
/// not, and is listed.
enum NeurosynthWriter {
    static let coordinatesName = "coordinates.tsv.gz"
    static let metadataName = "metadata.tsv.gz"

    static func output(_ project: Project) throws(InputError) -> ProjectWriter.Output {
        let experiments = project.experiments.filter { !$0.foci.isEmpty }
        guard !experiments.isEmpty else {
            throw InputError("no experiment has peaks; a table of coordinates would be empty.")
        }
        var notices = losses(project, experiments)
        var metadata = TSV()
        metadata.append(["id", "space"] + NeurosynthReader.columns)
        var coordinates = TSV()
        coordinates.append(["id", "table_id", "table_num", "peak_id", "x", "y", "z"])
        for experiment in experiments {
            let (space, places) = SleuthWriter.coordinates(of: experiment, &notices)
            metadata.append(
                [experiment.id, space == .mni ? "MNI" : "TAL"]
                    + NeurosynthReader.columns.map { experiment.covariates[$0]?.words ?? "n/a" })
            for (number, (place, peak)) in zip(places, experiment.foci).enumerated() {
                let table = self.table(peak) ?? "n/a"
                coordinates.append(
                    [experiment.id, table, table, String(number + 1)]
                        + [place.x, place.y, place.z].map(NumberText.text))
            }
        }
        return ProjectWriter.Output(
            texts: [(coordinatesName, coordinates.text), (metadataName, metadata.text)], notices: notices)
    }

    private static func table(_ peak: Peak) -> String? {
        guard let note = peak.note, note.hasPrefix(NeurosynthReader.tableNote) else { return nil }
        let number = note.dropFirst(NeurosynthReader.tableNote.count)
        return number.isEmpty || number.contains(" ") ? nil : String(number)
    }

    private static func losses(_ project: Project, _ experiments: [Experiment]) -> [Notice] {
        var losses = SleuthWriter.commonLosses(project, experiments)
        if experiments.contains(where: { $0.n1 > 0 }) { losses.append("numbers of participants") }
        if experiments.contains(where: { $0.study != $0.id }) { losses.append("which experiments share a study") }
        if experiments.contains(where: { $0.foci.contains { $0.note != nil && table($0) == nil } }) {
            losses.append("the sources of peaks")
        }
        let others = project.covariateNames.filter { !NeurosynthReader.columns.contains($0) }
        if !others.isEmpty { losses.append("columns (\(others.joined(separator: ", ")))") }
        return losses.map { Notice.notCarried($0, by: "a Neurosynth table") }
    }
}
