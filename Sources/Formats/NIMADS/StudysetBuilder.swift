import Evidence
import Imaging

/// Makes experiments of the analyses of a studyset.
///
/// An analysis is an experiment; analyses of one study share its sample. Metadata and annotations become columns. What
/// NIMADS has no word for (`t_thr`, `sample`, `measure`, `direction` ...) is read from the object `cuneus` in an analysis's metadata,
/// under the names of the study table's columns.
struct StudysetBuilder {
    let path: String
    let assumptions: ProjectReader.Assumptions
    var notices: [Notice] = []

    private var points: StudysetPoints
    private var images: StudysetImages
    private var columns = ColumnCollector()
    private var studies: [Study] = []
    private var drafts: [Draft] = []
    private var withoutAnalyses = StudysetPoints.Tally()
    private var empty = StudysetPoints.Tally()
    private var emptyNames: [String] = []
    private var withoutSize = StudysetPoints.Tally()
    private var unusedMetadata: Set<String> = []

    private struct Study {
        var id: String
        var label: String
        /// Whether the label is an author and a year, fit for naming experiments.
        var isCited = false
        var line: Int
        /// Columns that hold for all its analyses.
        var cells: [(key: String, value: JSONValue)] = []
        var metadata: JSONObject?
    }

    private struct Draft {
        var experiment: Experiment
        var study: Int
        var analysis: String
        var name: String?
        /// What the metadata say themselves.
        var explicitID: String?
        var explicitStudy: String?
        var explicitSample: String?
        var position: Double?
    }

    init(path: String, assumptions: ProjectReader.Assumptions) {
        self.path = path
        self.assumptions = assumptions
        points = StudysetPoints(assumptions: assumptions)
        let stem = Path.name(path).prefix { $0 != "." }
        images = StudysetImages(folders: [Path.folder(path), Path.join(Path.folder(path), String(stem))])
    }

    // MARK: NIMADS

    mutating func add(study value: JSONValue, index: Int, line: Int) {
        guard let object = value.object else {
            leaveOut("studies[\(index)] is not an object", line)
            return
        }
        let id = object["id"].words ?? "study\(index + 1)"
        let authors = object["authors"].words
        let year = object["year"].words
        let name = object["name"].words
        var study = Study(
            id: id, label: StudyLabel.text(authors: authors, year: year, name: name, id: id), line: object.line)
        study.isCited = study.label != name && study.label != id
        study.metadata = object["metadata"].object
        if let name, name != study.label { study.cells.append(("title", .text(name))) }
        for key in ["authors", "year", "publication", "doi", "pmid"] where object[key].words != nil {
            study.cells.append((key, object[key]))
        }
        if object["description"].words != nil { study.cells.append(("abstract", object["description"])) }
        let analyses = object["analyses"].list ?? []
        if analyses.isEmpty { withoutAnalyses.add(SourceLocation(file: path, line: object.line)) }
        studies.append(study)
        for (number, analysis) in analyses.enumerated() {
            guard let analysis = analysis.object else {
                leaveOut("studies[\(index)].analyses[\(number)] of study \"\(id)\" is not an object", object.line)
                continue
            }
            let analysisID = analysis["id"].words ?? String(number + 1)
            add(
                analysis, id: analysisID, study: studies.count - 1,
                called: "analysis \"\(analysisID)\" of study \"\(id)\" (studies[\(index)].analyses[\(number)])")
        }
    }

    private mutating func leaveOut(_ what: String, _ line: Int) {
        notices.append(
            Notice(
                .warning, code: "study-left-out", at: SourceLocation(file: path, line: line),
                "\(what); it is left out.",
                remedy: "Write {\"id\": ..., \"analyses\": [...]}."))
    }

    private mutating func add(_ analysis: JSONObject, id: String, study index: Int, called name: String) {
        let line = analysis.line
        let source = SourceLocation(file: path, line: line)
        let metadata = analysis["metadata"].object
        let own = OwnMetadata(metadata?[OwnMetadata.key].object)
        let sizes = SampleSizes([metadata, studies[index].metadata].compactMap { $0 }, of: name, at: source)
        notices += sizes.notices
        if let text = own.unknownDirection {
            notices.append(
                Notice(
                    .warning, code: "direction-unknown", at: source,
                    "\(name) has the direction \"\(text)\"; both, increases or decreases was expected. It is passed over.",
                    remedy: "Correct it in the analysis's metadata, \"\(OwnMetadata.key)\": "
                        + "{\"\(ReportedDirection.column)\": ...}."))
        }
        let basis = StatisticBasis(n1: sizes.n1, n2: own.measure == .correlation ? 0 : sizes.n2, measure: own.measure)
        let peaks = points.peaks(
            analysis["points"].list ?? [], basis: basis, of: name, file: path, line: line)
        var entries: [(kind: String, names: [String])] = []
        for image in analysis["images"].list ?? [] {
            guard let image = image.object, let kind = image["value_type"].words else { continue }
            let names = [image["filename"].words, image["url"].words].compactMap { $0 }
            if !names.isEmpty { entries.append((kind, names)) }
        }
        let map = images.map(entries, measure: own.measure, hasPoints: !peaks.isEmpty, at: source)
        guard var draft = draft(id, index, own, basis, peaks, map, called: name, at: source) else { return }
        draft.name = analysis["name"].words
        var cells: [String: Experiment.Covariate] = [:]
        for (key, value) in studies[index].cells { columns.set(key, value, in: &cells, at: source) }
        if analysis["description"].words != nil {
            columns.set("description", analysis["description"], in: &cells, at: source)
        }
        for object in [studies[index].metadata, metadata].compactMap({ $0 }) { take(object, into: &cells, at: source) }
        if let annotations = analysis["annotations"].object {
            for (key, value) in annotations.entries { columns.set(key, value, in: &cells, at: source) }
        }
        draft.experiment.covariates = cells
        drafts.append(draft)
    }

    private mutating func take(
        _ metadata: JSONObject, into cells: inout [String: Experiment.Covariate], at source: SourceLocation
    ) {
        for (key, value) in metadata.entries {
            let lower = key.lowercased()
            if SampleSizes.keys.contains(lower) || lower == OwnMetadata.key { continue }
            if case .object = value {
                unusedMetadata.insert(key)
                continue
            }
            if value.isEmpty { continue }
            columns.set(key, value, in: &cells, at: source)
        }
    }

    private mutating func draft(
        _ id: String, _ study: Int, _ own: OwnMetadata, _ basis: StatisticBasis, _ peaks: [Peak],
        _ map: Experiment.StatisticMap?, called name: String, at source: SourceLocation
    ) -> Draft? {
        let report: Experiment.Report
        if let map {
            report = .map(map)
        } else if !peaks.isEmpty || own.foundNothing {
            report = .peaks(peaks)
        } else {
            empty.add(source)
            if emptyNames.count < 3 { emptyNames.append(name) }
            return nil
        }
        if basis.n1 == 0 { withoutSize.add(source) }
        var experiment = Experiment(
            id: id, study: studies[study].label, sample: studies[study].label, n1: basis.n1, n2: basis.n2,
            measure: own.measure, tThreshold: own.tThreshold, thresholdIsAssumed: own.thresholdIsAssumed,
            direction: own.direction, report: report, peaksBesideMap: map == nil ? [] : peaks, source: source)
        experiment.sharesControls = own.sharesControls
        return Draft(
            experiment: experiment, study: study, analysis: id, explicitID: own.experiment, explicitStudy: own.study,
            explicitSample: own.sample, position: own.position)
    }

    // MARK: NiMARE's dataset

    /// `{"contrasts": {"1": {"coords": {"space", "x", "y", "z"}, "images": {kind: path}, "metadata": {...}}}}`.
    mutating func add(dataset object: JSONObject, id: String) {
        studies.append(Study(id: id, label: id, line: object.line, metadata: object["metadata"].object))
        for (key, value) in object["contrasts"].object?.entries ?? [] {
            guard let contrast = value.object else { continue }
            var analysis = JSONObject(line: contrast.line)
            let name = "contrast \"\(key)\" of \"\(id)\""
            analysis.append("metadata", contrast["metadata"])
            analysis.append("points", .list(datasetPoints(contrast["coords"].object, of: name, contrast.line)))
            let images = contrast["images"].object?.entries ?? []
            analysis.append(
                "images",
                .list(
                    images.map { kind, path in .object(JSONObject([("value_type", .text(kind)), ("url", path)])) }))
            var labels = contrast["labels"].object ?? JSONObject()
            for (key, value) in contrast["annotations"].object?.entries ?? [] { labels.append(key, value) }
            analysis.append("annotations", .object(labels))
            add(analysis, id: key, study: studies.count - 1, called: name)
        }
    }

    private mutating func datasetPoints(_ coords: JSONObject?, of name: String, _ line: Int) -> [JSONValue] {
        guard let coords else { return [] }
        let axes = ["x", "y", "z"].map { coords[$0].list ?? [] }
        let count = axes.map(\.count).max() ?? 0
        return (0..<count).map { index in
            let coordinate = axes.map { $0.indices.contains(index) ? $0[index] : .null }
            let space = coords["space"]
            let own = space.list.map { $0.indices.contains(index) ? $0[index] : .null } ?? space
            return .object(
                JSONObject([("coordinates", .list(coordinate)), ("space", own)], line: coords.line))
        }
    }

    // MARK: The project

    mutating func project(annotations: [StudysetAnnotation], format: Project.Format) throws(InputError) -> Project {
        let place = SourceLocation(file: path)
        guard !drafts.isEmpty else {
            throw InputError(
                at: place, "has no analysis with points or images.",
                remedy: "Check that the studyset was exported with its analyses nested in it.")
        }
        nameStudies()
        nameExperiments()
        for annotation in annotations { apply(annotation) }
        if drafts.contains(where: { $0.position != nil }) {
            drafts = drafts.enumerated().sorted { a, b in
                let (x, y) = (a.element.position ?? .infinity, b.element.position ?? .infinity)
                return x == y ? a.offset < b.offset : x < y
            }.map(\.element)
        }
        var experiments = drafts.map(\.experiment)
        columns.finish(&experiments)
        var inputs = [path] + annotations.map(\.path)
        for experiment in experiments {
            guard case .map(let map) = experiment.report else { continue }
            inputs += ImageFileName.files(of: map.path)
            if case .estimate(let variance) = map.kind { inputs += ImageFileName.files(of: variance) }
        }
        let name = Path.name(path)
        return Project(
            name: name.firstIndex(of: ".").map { String(name[..<$0]) } ?? name, format: format,
            experiments: experiments, covariateNames: columns.names(last: annotations.flatMap(\.keys)),
            inputFiles: inputs,
            notices: notices + points.summary + images.summary + columns.notices + summary)
    }

    /// Studies of one label are told apart by their ids.
    private mutating func nameStudies() {
        var indices: [String: [Int]] = [:]
        for (index, study) in studies.enumerated() { indices[study.label, default: []].append(index) }
        for (label, several) in indices where several.count > 1 {
            for index in several { studies[index].label = "\(label) [\(studies[index].id)]" }
        }
        for index in drafts.indices {
            let study = drafts[index].explicitStudy ?? studies[drafts[index].study].label
            drafts[index].experiment.study = study
            drafts[index].experiment.sample = drafts[index].explicitSample ?? study
        }
    }

    private mutating func nameExperiments() {
        var names = UniqueNames()
        var repeated: [String: SourceLocation] = [:]
        for draft in drafts { if let id = draft.explicitID { names.reserve(id) } }
        var reserved: Set<String> = []
        let needsIDs = drafts.contains { $0.explicitID == nil }
        let needsStudyIDs = needsIDs && drafts.contains { studies[$0.study].id != studies[$0.study].label }
        var needsAnalysisIDs = false
        for index in drafts.indices {
            let draft = drafts[index]
            let study = studies[draft.study]
            let wanted = ExperimentName.safe(
                study.isCited ? study.label : "\(study.id)-\(draft.analysis)")
            if let id = draft.explicitID, reserved.insert(id).inserted {
                drafts[index].experiment.id = id
            } else {
                drafts[index].experiment.id = names.next(wanted)
                let implied = StudysetWriter.analysisID(of: drafts[index].experiment.id, study: study.id)
                if implied != draft.analysis { needsAnalysisIDs = true }
            }
            let key = "\(study.id)\u{0}\(draft.analysis)"
            if let first = repeated[key] {
                notices.append(
                    Notice(
                        .warning, code: "experiment-repeated", at: draft.experiment.source,
                        "analysis \"\(draft.analysis)\" of study \"\(study.id)\" stands in line \(first.line ?? 0) "
                            + "already; both are kept, this one as \(drafts[index].experiment.id).",
                        remedy: "Remove one of them if they are the same."))
            } else {
                repeated[key] = draft.experiment.source
            }
            let id = drafts[index].experiment.id
            if let name = draft.name, name != id, name != draft.analysis {
                columns.set(
                    SleuthReader.contrastColumn, .text(name), in: &drafts[index].experiment.covariates,
                    at: draft.experiment.source)
            }
        }
        for index in drafts.indices {
            let draft = drafts[index]
            if needsStudyIDs {
                columns.set("study_id", .text(studies[draft.study].id), in: &drafts[index].experiment.covariates)
            }
            if needsAnalysisIDs {
                columns.set("analysis_id", .text(draft.analysis), in: &drafts[index].experiment.covariates)
            }
        }
    }

    /// Notes of the annotation become cells; they win over the studyset's own of the same name.
    private mutating func apply(_ annotation: StudysetAnnotation) {
        let place = SourceLocation(file: annotation.path)
        var byAnalysis: [String: [Int]] = [:]
        for (index, draft) in drafts.enumerated() { byAnalysis[draft.analysis, default: []].append(index) }
        for key in annotation.keys { columns.declare(key, at: place) }
        var annotated: Set<Int> = []
        var strangers = 0
        var overruled: Set<String> = []
        for note in annotation.notes {
            let candidates = byAnalysis[note.analysis] ?? []
            let matches = candidates.filter { note.study == nil || studies[drafts[$0].study].id == note.study }
            guard let only = matches.first else {
                strangers += 1
                continue
            }
            // Of several the first that has no note yet.
            let index = matches.first { !annotated.contains($0) } ?? only
            annotated.insert(index)
            for (key, value) in note.cells.entries {
                if columns.set(key, value, in: &drafts[index].experiment.covariates, at: place) != nil,
                    !value.isEmpty
                {
                    overruled.insert(key)
                }
            }
        }
        if strangers > 0 {
            notices.append(
                Notice(
                    .warning, code: "note-unused", at: place,
                    "\(strangers) of \(annotation.notes.count) notes are of analyses that the studyset does not have, or "
                        + "that were left out.",
                    remedy: "Is it the annotation of another studyset?"))
        }
        if annotated.count < drafts.count {
            notices.append(
                Notice(
                    .note, code: "note-missing", at: place,
                    "\(drafts.count - annotated.count) of \(drafts.count) analyses have no note; their cells are missing."
                ))
        }
        if !overruled.isEmpty {
            notices.append(
                Notice(
                    .warning, code: "column-overruled", at: place,
                    "the annotation's values replace other ones of the studyset: \(overruled.sorted().joined(separator: ", "))."
                ))
        }
    }

    private var summary: [Notice] {
        var result: [Notice] = []
        if withoutAnalyses.count > 0 {
            result.append(
                Notice(
                    .note, code: "study-empty", at: withoutAnalyses.first,
                    "\(withoutAnalyses.count) studies have no analyses and are left out."))
        }
        if empty.count > 0 {
            result.append(
                Notice(
                    .warning, code: "analysis-empty", at: empty.first,
                    "\(empty.count) analyses have neither points nor an image that can be used, and are left out: "
                        + emptyNames.joined(separator: ", ") + (empty.count > 3 ? " ..." : "") + ".",
                    remedy:
                        "When the whole brain was searched and nothing found, write \"cuneus\": {\"report\": \"none\"} "
                        + "in the analysis's metadata; it then counts."))
        }
        if withoutSize.count > 0 {
            result.append(
                Notice(
                    .error, code: "n-missing", at: withoutSize.first,
                    "\(withoutSize.count) of \(drafts.count) analyses have no number of participants.",
                    remedy:
                        "Write \"sample_sizes\": [20] in the metadata of the analysis or of its study; two numbers for "
                        + "two groups."))
        }
        if !unusedMetadata.isEmpty {
            result.append(
                Notice(
                    .note, code: "metadata-unused",
                    "metadata with members of their own are not used: \(unusedMetadata.sorted().joined(separator: ", "))."
                ))
        }
        return result
    }
}

/// The object `cuneus` in an analysis's metadata.
struct OwnMetadata {
    var experiment: String?
    var study: String?
    var sample: String?
    var measure = EffectMeasure.change
    var tThreshold: Double?
    var thresholdIsAssumed = false
    var sharesControls = false
    var direction: ReportedDirection?
    /// What stands there in place of a direction.
    var unknownDirection: String?
    var foundNothing = false
    /// Where the experiment stood, when studies could not be written in its order.
    var position: Double?

    static let key = "cuneus"
    static let positionKey = "row"

    init(_ metadata: JSONObject?) {
        guard let metadata else { return }
        for (key, value) in metadata.entries {
            switch key.lowercased() {
            case "experiment": experiment = value.words.flatMap { ExperimentName.isValid($0) ? $0 : nil }
            case "study": study = value.words
            case "sample": sample = value.words
            case "measure": measure = value.words.flatMap { EffectMeasure(rawValue: $0.lowercased()) } ?? .change
            case "t_thr": tThreshold = value.double.map { abs($0) }
            case "t_thr_assumed":
                if case .bool(let flag) = value { thresholdIsAssumed = flag }
                if let words = value.words?.lowercased() { thresholdIsAssumed = ["yes", "true"].contains(words) }
            case NativeReader.sharesControlsColumn:
                if case .bool(let flag) = value { sharesControls = flag }
                if let words = value.words?.lowercased() { sharesControls = ["yes", "true"].contains(words) }
            case ReportedDirection.column:
                guard let words = value.words else { break }
                direction = ReportedDirection(spelling: words)
                if direction == nil { unknownDirection = words }
            case "report": foundNothing = value.words?.lowercased() == "none"
            case Self.positionKey: position = value.double
            default: break
            }
        }
    }
}

/// Gives out names, a repeated one with `_2`, `_3` ...
struct UniqueNames {
    private var taken: Set<String> = []
    private var counts: [String: Int] = [:]

    mutating func reserve(_ name: String) { taken.insert(name) }

    mutating func next(_ wanted: String) -> String {
        var name = wanted
        while !taken.insert(name).inserted {
            counts[wanted, default: 1] += 1
            name = "\(wanted)_\(counts[wanted] ?? 2)"
        }
        return name
    }
}
