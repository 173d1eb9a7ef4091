import Evidence
import Foundation
import Imaging

/// A project as a NIMADS studyset and its annotation.
///
/// Carried: studies, analyses, sizes, coordinates with statistics, images by place, all columns (in the annotation, and
/// what NIMADS has a field for there too). What NIMADS has no word for stands in the metadata of each analysis under
/// `cuneus`; other programs pass it over. Not carried by a single file, and listed: models, settings, atlases, hypotheses.
/// A folder holds these in a `cuneus.yaml`.
enum StudysetWriter {
    static let studysetName = "studyset.json"
    static let annotationName = "annotation.json"

    /// - Parameter path: a new folder, or a file whose name ends with `.json` or `.json.gz`.
    static func output(_ project: Project, to path: String) -> ProjectWriter.Output {
        let isFolder = !isFile(path)
        var output = ProjectWriter.Output()
        var writer = Writer(project, isFolder: isFolder)
        let studyset = writer.studyset()
        output.copies = writer.copies
        let name = isFolder ? studysetName : Path.name(path)
        if !project.covariateNames.isEmpty {
            let annotation = isFolder ? annotationName : StudysetAnnotation.name(for: name)
            output.texts.append((annotation, JSONText(writer.annotation()).text))
        }
        let hasPlan = project.hasPlan || !project.atlases.isEmpty || !project.regions.isEmpty
        if isFolder, hasPlan { output.texts.append((NativeReader.planName, NativeWriter.plan(project))) }
        // Last: where it is, the others are.
        output.texts.append((isFolder ? name : "", JSONText(studyset).text))
        output.notices = losses(project, isFolder: isFolder, hasPlan: hasPlan)
        return output
    }

    static func isFile(_ path: String) -> Bool {
        let name = path.lowercased()
        return name.hasSuffix(".json") || name.hasSuffix(".json.gz")
    }

    /// The analysis id that an experiment's name stands for, when no column says it.
    static func analysisID(of experiment: String, study: String) -> String {
        let prefix = ExperimentName.safe(study) + "-"
        return experiment.hasPrefix(prefix) && experiment != prefix
            ? String(experiment.dropFirst(prefix.count)) : experiment
    }

    private static func losses(_ project: Project, isFolder: Bool, hasPlan: Bool) -> [Notice] {
        var notices: [Notice] = []
        if hasPlan, !isFolder {
            notices.append(
                Notice(
                    .warning, code: "not-carried-over",
                    "a studyset file cannot hold models, settings, atlases and hypotheses on regions.",
                    remedy: "Write to a folder (--out without .json) to keep them in a cuneus.yaml."))
        }
        let spaces = Set(project.experiments.flatMap(\.foci).map(\.space)).subtracting([.mni, .talairach])
        if !spaces.isEmpty {
            notices.append(
                Notice(
                    .note, code: "space-by-own-name",
                    "points keep their spaces \(spaces.map(\.rawValue).sorted().joined(separator: ", ")); other programs "
                        + "know MNI and TAL only."))
        }
        return notices
    }

    private struct Writer {
        let project: Project
        let isFolder: Bool
        var copies: [(from: String, to: String)] = []
        /// Study and analysis ids by experiment, once ``studyset()`` was made.
        private var ids: [(study: String, analysis: String)] = []

        init(_ project: Project, isFolder: Bool) {
            self.project = project
            self.isFolder = isFolder
        }

        mutating func studyset() -> JSONValue {
            var groups: [(study: String, members: [Int])] = []
            var places: [String: Int] = [:]
            for (index, experiment) in project.experiments.enumerated() {
                if let place = places[experiment.study] {
                    groups[place].members.append(index)
                } else {
                    places[experiment.study] = groups.count
                    groups.append((experiment.study, [index]))
                }
            }
            let isInOrder = groups.flatMap(\.members) == Array(project.experiments.indices)
            ids = Array(repeating: ("", ""), count: project.experiments.count)
            var names = UniqueNames()
            var labels: [String: Int] = [:]
            let fields = groups.map { Fields($0.members.map { project.experiments[$0] }, study: $0.study) }
            for field in fields { labels[field.label, default: 0] += 1 }
            var studies: [JSONValue] = []
            for (group, field) in zip(groups, fields) {
                let id = names.next(field.id)
                var study = field.object(id: id)
                let label = labels[field.label] == 1 && id == field.id ? field.label : nil
                var analyses: [JSONValue] = []
                var analysisNames = UniqueNames()
                for index in group.members {
                    let experiment = project.experiments[index]
                    let own = experiment.covariates["analysis_id"]?.words ?? analysisID(of: experiment.id, study: id)
                    let analysis = analysisNames.next(own)
                    ids[index] = (id, analysis)
                    analyses.append(
                        .object(
                            self.analysis(
                                experiment, id: analysis, study: id, label: label, row: isInOrder ? nil : index + 1)))
                }
                study.append("analyses", .list(analyses))
                studies.append(.object(study))
            }
            var root = JSONObject([
                ("id", .text(ExperimentName.safe(project.name))), ("name", .text(project.name)),
                ("description", .text(project.question)),
            ])
            root.append("studies", .list(studies))
            return .object(root)
        }

        private mutating func analysis(
            _ experiment: Experiment, id: String, study: String, label: String?, row: Int?
        ) -> JSONObject {
            let contrast = experiment.covariates[SleuthReader.contrastColumn]?.words
            var analysis = JSONObject([("id", .text(id)), ("name", .text(contrast ?? id))])
            analysis.append("description", .text(experiment.covariates["description"]?.words ?? ""))
            analysis.append("conditions", .list([]))
            analysis.append("weights", .list([]))
            analysis.append("points", .list(experiment.foci.map(point)))
            analysis.append("images", .list(images(experiment)))
            var metadata = JSONObject()
            if experiment.n1 > 0 {
                let sizes = experiment.n2 > 0 ? [experiment.n1, experiment.n2] : [experiment.n1]
                metadata.append("sample_sizes", .list(sizes.map { .number(Double($0)) }))
            }
            var own = JSONObject([("experiment", .text(experiment.id))])
            if experiment.study != label { own.append("study", .text(experiment.study)) }
            if experiment.sample != experiment.study { own.append("sample", .text(experiment.sample)) }
            if experiment.measure != .change { own.append("measure", .text(experiment.measure.rawValue)) }
            if let threshold = experiment.tThreshold { own.append("t_thr", .number(threshold)) }
            if experiment.thresholdIsAssumed { own.append("t_thr_assumed", .bool(true)) }
            if experiment.sharesControls { own.append(NativeReader.sharesControlsColumn, .bool(true)) }
            if let direction = experiment.direction {
                own.append(ReportedDirection.column, .text(direction.rawValue))
            }
            if experiment.report == .peaks([]) { own.append("report", .text("none")) }
            if let row { own.append(OwnMetadata.positionKey, .number(Double(row))) }
            metadata.append(OwnMetadata.key, .object(own))
            analysis.append("metadata", .object(metadata))
            return analysis
        }

        private func point(_ peak: Peak) -> JSONValue {
            let c = peak.coordinate
            var point = JSONObject([("coordinates", .list([.number(c.x), .number(c.y), .number(c.z)]))])
            let space: String
            switch peak.space {
            case .mni: space = "MNI"
            case .talairach: space = "TAL"
            default: space = peak.space.rawValue
            }
            point.append("space", .text(space))
            if let (kind, value) = value(peak) {
                point.append(
                    "values", .list([.object(JSONObject([("kind", .text(kind.rawValue)), ("value", .number(value))]))]))
            }
            point.append("note", words: peak.note)
            return .object(point)
        }

        private func value(_ peak: Peak) -> (PointValue, Double)? {
            switch peak.height {
            case .unknown: return nil
            case .positive: return (.sign, 1)
            case .negative: return (.sign, -1)
            case .t(let t):
                guard let reported = peak.reported else { return (.t, t) }
                let kind = PointValue.allCases.first { $0.statistic == reported.statistic } ?? .t
                return (kind, reported.value)
            }
        }

        private mutating func images(_ experiment: Experiment) -> [JSONValue] {
            guard case .map(let map) = experiment.report else { return [] }
            var files: [(kind: String, path: String)]
            switch map.kind {
            case .t: files = [("T", map.path)]
            case .z: files = [("Z", map.path)]
            case .g: files = [("g", map.path)]
            case .r: files = [("R", map.path)]
            case .estimate(let variance): files = [("beta", map.path), ("varcope", variance)]
            }
            if isFolder {
                let places = NativeWriter.copies(of: map, for: experiment.id)
                copies += places
                for index in files.indices { files[index].path = places[index].to }
            } else {
                for index in files.indices {
                    files[index].path = URL(fileURLWithPath: files[index].path).standardizedFileURL.path
                }
            }
            return files.map { kind, path in
                .object(
                    JSONObject([
                        ("url", .text(path)), ("filename", .text(Path.name(path))), ("space", .text("MNI")),
                        ("value_type", .text(kind)),
                    ]))
            }
        }

        func annotation() -> JSONValue {
            let names = project.covariateNames
            var flags: Set<String> = []
            var keys = JSONObject()
            for name in names {
                let cells = project.experiments.map { $0.covariates[name] ?? .missing }.filter { $0 != .missing }
                let isFlag = !cells.isEmpty && cells.allSatisfy { $0 == .text("true") || $0 == .text("false") }
                if isFlag { flags.insert(name) }
                let isNumber = cells.contains { if case .number = $0 { true } else { false } }
                keys.append(name, .text(isFlag ? "boolean" : isNumber ? "number" : "string"))
            }
            let notes = project.experiments.indices.map { index -> JSONValue in
                var cells = JSONObject()
                for name in names {
                    switch project.experiments[index].covariates[name] ?? .missing {
                    case .number(let value): cells.append(name, .number(value))
                    case .text(let text):
                        cells.append(name, flags.contains(name) ? .bool(text == "true") : .text(text))
                    case .missing: cells.append(name, .null)
                    }
                }
                return .object(
                    JSONObject([
                        ("study", .text(ids[index].study)), ("analysis", .text(ids[index].analysis)),
                        ("note", .object(cells)),
                    ]))
            }
            let id = ExperimentName.safe(project.name)
            return .object(
                JSONObject([
                    ("id", .text(id + "_annotation")), ("name", .text("Columns of \(project.name)")),
                    ("studyset", .text(id)), ("note_keys", .object(keys)), ("notes", .list(notes)),
                ]))
        }
    }

    /// What NIMADS says of a study, where all its experiments agree.
    private struct Fields {
        let id: String
        let name: String
        /// As the reader will call the study.
        let label: String
        private var entries: [(key: String, value: JSONValue)] = []

        init(_ experiments: [Experiment], study: String) {
            func common(_ column: String) -> Experiment.Covariate? {
                let cell = experiments[0].covariates[column] ?? .missing
                guard cell != .missing, experiments.allSatisfy({ $0.covariates[column] == cell }) else { return nil }
                return cell
            }
            id = common("study_id")?.words ?? study
            name = common("title")?.words ?? study
            for key in ["doi", "pmid", "authors", "year", "publication"] {
                guard let cell = common(key) else { continue }
                if case .number(let value) = cell, key == "year" {
                    entries.append((key, .number(value)))
                } else if let words = cell.words {
                    entries.append((key, .text(words)))
                }
            }
            if let abstract = common("abstract")?.words { entries.append(("description", .text(abstract))) }
            label = StudyLabel.text(
                authors: common("authors")?.words, year: common("year")?.words, name: name, id: id)
        }

        func object(id: String) -> JSONObject {
            var object = JSONObject([("id", .text(id)), ("name", .text(name))])
            object.entries += entries
            return object
        }
    }
}

extension Experiment.Covariate {
    /// As text; nil when missing.
    var words: String? { self == .missing ? nil : cell }
}
