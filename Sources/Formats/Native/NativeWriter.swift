import Evidence
import Foundation
import Imaging

/// A project as `cuneus.yaml`, `studies.tsv`, `peaks.tsv` and `maps/`.
///
/// The tables are tab-separated with `n/a` for what is missing, and beside each stands a JSON dictionary of its columns, as
/// BIDS asks (Gorgolewski et al. 2016, doi:10.1038/sdata.2016.44).
enum NativeWriter {
    static func output(_ project: Project) throws(InputError) -> ProjectWriter.Output {
        var output = ProjectWriter.Output()
        let names = columnNames(project.covariateNames, &output)
        output.texts.append((NativeReader.planName, plan(project)))
        let unused = NativeReader.unusedColumns(of: project)
        let columns = NativeReader.studyColumns.filter { !unused.contains($0) }
        var studies = TSV()
        studies.append(columns + names.map(\.new))
        for experiment in project.experiments {
            studies.append(
                columns.map { ownCell($0, of: experiment) }
                    + names.map { cell(experiment.covariates[$0.old] ?? .missing) })
        }
        output.texts.append((NativeReader.studiesName, studies.text))
        output.texts.append((NativeReader.peaksName, peaks(project)))
        output.texts += ColumnDictionary.files(project, columns: names)
        for experiment in project.experiments {
            if case .map(let map) = experiment.report { output.copies += copies(of: map, for: experiment.id) }
            if let coverage = experiment.coverage {
                output.copies += copies(of: coverage.path, to: coverageStem(experiment))
            }
        }
        return output
    }

    /// As BIDS writes it.
    private static let missing = "n/a"

    /// The cell of a column with a meaning of its own.
    private static func ownCell(_ column: String, of experiment: Experiment) -> String {
        switch column {
        case "experiment": experiment.id
        case "study": experiment.study
        case "sample": experiment.sample
        case "n1": experiment.n1 > 0 ? String(experiment.n1) : missing
        case "n2": String(experiment.n2)
        case NativeReader.sharesControlsColumn: experiment.sharesControls ? "yes" : "no"
        case "measure": experiment.measure.rawValue
        case "t_thr": experiment.tThreshold.map(NumberText.text) ?? missing
        case "t_thr_assumed": experiment.thresholdIsAssumed ? "yes" : "no"
        case ReportedDirection.column: experiment.direction?.rawValue ?? missing
        case NativeReader.coverageColumn:
            experiment.coverage.flatMap { copies(of: $0.path, to: coverageStem(experiment)).first?.to } ?? missing
        case "report": experiment.hasMap ? "map" : experiment.peaks.isEmpty ? "none" : "peaks"
        default: missing
        }
    }

    /// Each experiment has its own copy, so that a row can be taken to another project.
    private static func coverageStem(_ experiment: Experiment) -> String { "coverage/\(experiment.id)" }

    private static func cell(_ covariate: Experiment.Covariate) -> String {
        covariate == .missing ? missing : covariate.cell
    }

    /// A covariate may not bear the name of a column with a meaning of its own.
    private static func columnNames(
        _ covariates: [String], _ output: inout ProjectWriter.Output
    ) -> [(old: String, new: String)] {
        var taken = Set(NativeReader.studyColumns + FilterExpression.builtInColumns)
        taken.formUnion(covariates.map { $0.lowercased() })
        var seen: Set<String> = []
        return covariates.map { name in
            let reserved = NativeReader.studyColumns + FilterExpression.builtInColumns
            let isReserved = reserved.contains(name.lowercased())
            guard isReserved || !seen.insert(name.lowercased()).inserted else { return (name, name) }
            var new = "\(name)_covariate"
            while taken.contains(new.lowercased()) { new += "_" }
            taken.insert(new.lowercased())
            output.notices.append(
                Notice(
                    .warning, code: "column-renamed",
                    "column \"\(name)\" is called \"\(new)\": the name has a meaning of its own in studies.tsv, or is taken."
                ))
            return (name, new)
        }
    }

    private static func peaks(_ project: Project) -> String {
        var table = TSV()
        table.append(NativeReader.peakColumns)
        for experiment in project.experiments {
            for peak in experiment.foci {
                let (stat, value) = statistic(peak)
                table.append(
                    [
                        experiment.id, NumberText.text(peak.coordinate.x), NumberText.text(peak.coordinate.y),
                        NumberText.text(peak.coordinate.z), peak.space.rawValue, stat, value, peak.note ?? missing,
                    ])
            }
        }
        return table.text
    }

    private static func statistic(_ peak: Peak) -> (String, String) {
        if let reported = peak.reported { return (reported.statistic.rawValue, NumberText.text(reported.value)) }
        switch peak.height {
        case .t(let t): return ("t", NumberText.text(t))
        case .positive: return ("sign", "p")
        case .negative: return ("sign", "n")
        case .unknown: return (missing, missing)
        }
    }

    /// The files of a map under their names in a project: first one for each image, then the voxels of pairs.
    static func copies(of map: Experiment.StatisticMap, for id: String) -> [(from: String, to: String)] {
        func files(_ tag: String, _ path: String) -> [(from: String, to: String)] {
            copies(of: path, to: "\(NativeReader.mapsName)/\(id)\(tag)")
        }
        switch map.kind {
        case .t: return files("", map.path)
        case .z: return files("_z", map.path)
        case .g: return files("_g", map.path)
        case .r: return files("_r", map.path)
        case .estimate(let variance):
            let (own, other) = (files("_beta", map.path), files("_var", variance))
            return Array(own.prefix(1) + other.prefix(1) + own.dropFirst() + other.dropFirst())
        }
    }

    /// All files of an image under another name.
    static func copies(of path: String, to stem: String) -> [(from: String, to: String)] {
        ImageFileName.files(of: path).map { file in
            let ending = ImageFileName(file)?.ending.lowercased() ?? (file.hasSuffix(".gz") ? ".nii.gz" : ".nii")
            return (from: file, to: stem + ending)
        }
    }

    /// `cuneus.yaml`.
    static func plan(_ project: Project) -> String {
        var lines = ["name: \(project.name.inYAMLQuotes)"]
        if !project.question.isEmpty { lines.append("question: \(project.question.inYAMLQuotes)") }
        let changes = project.settings.changes
        if !changes.isEmpty {
            lines.append("defaults:")
            lines += changes.map { "  \($0.key): \(value($0).inYAMLQuotes)" }
        }
        lines.append("models:")
        for model in project.models {
            let asked = ModelPlanWriter.lines(model).map { "    \($0)" }
            let isBare =
                model.question.isEmpty && model.filter == nil && asked.isEmpty && model.overrides.isEmpty
            lines.append("  \(model.name.inYAMLQuotes):\(isBare ? " {}" : "")")
            if !model.question.isEmpty { lines.append("    question: \(model.question.inYAMLQuotes)") }
            if let filter = model.filter { lines.append("    filter: \(filter.text.inYAMLQuotes)") }
            lines += asked
            if !model.overrides.isEmpty {
                lines.append("    settings:")
                lines += last(model.overrides).map { "      \($0.key): \(value($0).inYAMLQuotes)" }
            }
        }
        if !project.conjunctions.isEmpty {
            lines.append("conjunction:")
            lines += project.conjunctions.map {
                "  - [\($0.models.map(\.inYAMLQuotes).joined(separator: ", "))]"
            }
        }
        if !project.atlases.isEmpty {
            lines.append("atlases:")
            for atlas in project.atlases {
                lines.append("  - name: \(atlas.name.inYAMLQuotes)")
                lines.append("    image: \(fullPath(atlas.image).inYAMLQuotes)")
                if let labels = atlas.labels { lines.append("    labels: \(fullPath(labels).inYAMLQuotes)") }
            }
        }
        if !project.regions.isEmpty {
            lines.append("regions:")
            for region in project.regions { lines += Self.lines(region) }
        }
        if let flow = project.prisma { lines += PrismaWriter.lines(flow) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(_ region: RegionHypothesis) -> [String] {
        var lines = ["  - name: \(region.name.inYAMLQuotes)"]
        switch region.extent {
        case .atlas(let name, let labels):
            lines.append("    atlas: \(name.inYAMLQuotes)")
            lines.append("    labels: [\(labels.map(\.text.inYAMLQuotes).joined(separator: ", "))]")
        case .spheres(let centres, let radius):
            let points = centres.map { centre in
                "[\((0..<3).map { NumberText.text(centre[$0]) }.joined(separator: ", "))]"
            }
            lines.append("    sphere: [\(points.joined(separator: ", "))]")
            lines.append("    radius: \(NumberText.text(radius))")
        case .mask(let path): lines.append("    mask: \(fullPath(path).inYAMLQuotes)")
        }
        lines.append("    direction: \(region.direction.rawValue)")
        if let group = region.group { lines.append("    group: \(group.inYAMLQuotes)") }
        if region.priorScale != RegionHypothesis.defaultPriorScale {
            lines.append("    bayes: {prior_scale: \(NumberText.text(region.priorScale))}")
        }
        return lines
    }

    /// The assignment that wins for each key.
    private static func last(_ assignments: [SettingAssignment]) -> [SettingAssignment] {
        assignments.indices.filter { index in
            !assignments[(index + 1)...].contains { $0.key == assignments[index].key }
        }.map { assignments[$0] }
    }

    /// Files are named by their full path, since the new plan may stand elsewhere.
    private static func value(_ assignment: SettingAssignment) -> String {
        let isFile =
            SettingKey.files.contains(assignment.key)
            && !["grey_matter", "gray_matter", "white_matter", "brain", "neurosynth"].contains(assignment.value)
        return isFile ? fullPath(assignment.value) : assignment.value
    }

    private static func fullPath(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
}
