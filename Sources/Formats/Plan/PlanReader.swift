import Evidence
import Imaging
import Yams

/// Reads `cuneus.yaml`, the plan of a project.
///
///     question: What changes with psychotherapy?
///     inputs:
///       - {file: increases.txt, sign: positive, sizes: 18/18}
///       - {file: decreases.txt, sign: negative, space: mni, group: patients}
///     defaults: {imputations: 50}
///     models:
///       all: {question: Any change?}
///       rest:
///         filter: task == "rest"
///         settings: {threshold_column: t_thr_p005}
///       dose:
///         covariates: [{column: sessions, centre: mean, scale: 10}]
///         test: {covariate: sessions}
///     atlases:
///       - {name: Yeo, image: atlas/yeo.nii.gz, labels: atlas/yeo.txt}
///     conjunction: [all, rest]
///     bayes: {prior_scale: 0.5}
///     regions:
///       - {name: amygdala, atlas: AAL, labels: [Amygdala_L, Amygdala_R], direction: decrease}
///     prisma: {databases: {PubMed: 812}, duplicates: 12, screened: 800}
///
/// A key that is not known is an error: a mistyped setting must not pass for its default. `Docs/plan.md` describes the
/// language.
enum PlanReader {
    /// - Parameter takesInputs: whether the project was read from the plan's own `inputs:`; beside tables they would be passed
    ///   over.
    static func read(
        _ file: TextFile, folder: String, into project: inout Project, takesInputs: Bool = false
    ) throws(InputError) {
        let text = file.lines.map(\.text).joined(separator: "\n")
        guard let root = try compose(text, path: file.path), !root.isEmpty else { return }
        let models = ModelPlanReader(folder: folder)
        let entries = try root.entries(
            known: keys, of: "the plan")
        let bayes = entries.first { $0.key.text == "bayes" }?.value
        var priorScale = RegionHypothesis.defaultPriorScale
        if let bayes { priorScale = try RegionReader.priorScale(bayes) }
        // Named by outcomes, wherever the plan lists them.
        let atlasList = entries.first { $0.key.text == "atlases" }?.value
        if let node = atlasList { project.atlases = try atlases(node, folder: folder) }
        for (key, value) in entries {
            switch key.text {
            case "name": project.name = try value.text("name")
            case "question": project.question = try value.text("question")
            case "defaults":
                project.settings = try project.settings.applying(try models.assignments(value, "defaults"))
            case "models": project.models = try models.read(value, at: key.source)
            // What holds for all regions and what outcomes name is read above; what names models is read below.
            case "bayes", "conjunction", "atlases": break
            case "inputs" where takesInputs: break
            case "inputs":
                throw InputError(
                    at: key.source, "inputs names files, but the plan stands beside tables of its own.",
                    remedy: "Remove inputs, or put the plan into a folder without tables.")
            case "outcomes":
                let reader = OutcomePlanReader(folder: folder, atlases: project.atlases)
                (project.outcomes, project.together) = try reader.list(value, at: key.source)
            case "prisma": project.prisma = try PrismaReader.read(value)
            default: project.regions = try RegionReader(folder: folder, priorScale: priorScale).list(value)
            }
        }
        if let node = entries.first(where: { $0.key.text == "conjunction" })?.value {
            project.conjunctions = try ConjunctionReader.list(node, known: project.models.map(\.name))
        }
        try OutcomePlanReader.check(project.outcomes, regions: project.regions.map(\.name))
        project.notices += project.regions.compactMap { RegionSide.notice($0.name, $0.extent, at: $0.source) }
        for region in project.regions {
            guard case .mask(let path) = region.extent, Path.exists(path) else { continue }
            project.inputFiles.append(path)
        }
    }

    private static let keys = [
        "name", "question", "inputs", "defaults", "models", "conjunction", "atlases", "bayes", "regions", "prisma",
        "outcomes",
    ]

    /// The files that `inputs:` names; none when the plan has no such key.
    static func inputs(_ file: TextFile, folder: String) throws(InputError) -> [ProjectInput] {
        let text = file.lines.map(\.text).joined(separator: "\n")
        guard let root = try compose(text, path: file.path), !root.isEmpty else { return [] }
        let entries = try root.entries(known: keys, of: "the plan")
        guard let node = entries.first(where: { $0.key.text == "inputs" })?.value, !node.isEmpty else { return [] }
        guard let list = node.list, !list.isEmpty else {
            throw InputError(
                at: node.source, "inputs should be a list.",
                remedy: "Write - {file: increases.txt, sign: positive} for each.")
        }
        var inputs: [ProjectInput] = []
        for item in list { inputs.append(try input(item, folder: folder)) }
        return inputs
    }

    private static func input(_ node: PlanNode, folder: String) throws(InputError) -> ProjectInput {
        if let scalar = node.scalar {
            return ProjectInput(path: Path.absolute(scalar, in: folder), source: node.source)
        }
        var input = ProjectInput(path: "", source: node.source)
        for (key, value) in try node.entries(known: ["file", "sign", "space", "group", "sizes"], of: "an input") {
            let text = try value.text(key.text)
            switch key.text {
            case "file": input.path = Path.absolute(text, in: folder)
            case "sign":
                guard let sign = AssumedSign(shorthand: text) else {
                    throw InputError(
                        at: value.source, "sign is \"\(text)\"; positive or negative was expected.")
                }
                input.sign = sign
            case "space":
                guard let space = CoordinateSpace(rawValue: text) else {
                    throw InputError(
                        at: value.source, "the space \"\(text)\" is not known.",
                        remedy: "Known spaces: \(CoordinateSpace.explained).")
                }
                input.space = space
            case "group": input.group = text
            default:
                guard let sizes = GroupSizes(text) else {
                    throw InputError(
                        at: value.source, "sizes is \"\(text)\"; 18/18 or the name of a table was expected.")
                }
                if case .table(let path) = sizes {
                    input.sizes = .table(path: Path.absolute(path, in: folder))
                } else {
                    input.sizes = sizes
                }
            }
        }
        guard !input.path.isEmpty else {
            throw InputError(at: node.source, "the input has no file.", remedy: "Add file: increases.txt.")
        }
        return input
    }

    /// - Parameter path: the file's name, or what stands for it in messages.
    static func compose(_ text: String, path: String, hasLines: Bool = true) throws(InputError) -> PlanNode? {
        try refuseAliases(text, path: path, hasLines: hasLines)
        do {
            return try Yams.compose(yaml: text).map { PlanNode(node: $0, path: path, hasLines: hasLines) }
        } catch let error as YamlError {
            throw problem(error, in: text, path)
        } catch {
            throw InputError(at: SourceLocation(file: path), "is not YAML: \(error).")
        }
    }

    /// Aliases (`*name`, for what was written at `&name`) could multiply a few lines into more than any memory holds, while
    /// the text is still being read. A plan has no need of them.
    private static func refuseAliases(_ text: String, path: String, hasLines: Bool) throws(InputError) {
        let anchors = Set(text.matches(of: /(?:^|[\s\[{,:])&([^\s,\[\]{}]+)/).map(\.output.1))
        guard !anchors.isEmpty else { return }
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            for alias in line.matches(of: /(?:^|[\s\[{,:])\*([^\s,\[\]{}]+)/) {
                let name = alias.output.1.hasSuffix(":") ? alias.output.1.dropLast() : alias.output.1
                guard anchors.contains(name) || anchors.contains(alias.output.1) else { continue }
                throw InputError(
                    at: hasLines ? SourceLocation(file: path, line: index + 1) : SourceLocation(file: path),
                    "*\(name) stands for what is written at &\(name); a plan takes no such aliases.",
                    remedy: "Write it out where it is meant.")
            }
        }
    }

    private static func problem(_ error: YamlError, in text: String, _ path: String) -> InputError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let line = lines.indices.contains(mark.line - 1) ? lines[mark.line - 1] : ""
            // disorder[anxiety] within braces
            let hasBareLevel = line.contains("{") && line.contains(/[{,]\s*[\w.]+\[/)
            if let tab = line.prefix(while: { $0 == " " || $0 == "\t" }).firstIndex(of: "\t") {
                return InputError(
                    at: SourceLocation(
                        file: path, line: mark.line, column: line.distance(from: line.startIndex, to: tab) + 1),
                    "is indented with a tab; YAML takes blanks only.", remedy: "Put two blanks in its place.")
            }
            return InputError(
                at: SourceLocation(file: path, line: mark.line, column: mark.column),
                "is not YAML: \(problem).",
                remedy: hasBareLevel
                    ? "Within { } a name with [ ] needs quotes: {\"disorder[anxiety]\": 1}."
                    : "Check quotes, colons and the indentation (blanks, no tabs).")
        case .duplicatedKeysInMapping(let keys, let context):
            return InputError(
                at: SourceLocation(file: path, line: context.mark.line, column: context.mark.column),
                "the key \(keys.map { "\"\($0)\"" }.joined(separator: ", ")) stands twice.",
                remedy: "Keep one of them.")
        default:
            return InputError(at: SourceLocation(file: path), "is not YAML: \(error).")
        }
    }

    private static func atlases(_ node: PlanNode, folder: String) throws(InputError) -> [AtlasReference] {
        guard let list = node.list else {
            throw InputError(
                at: node.source, "atlases should be a list.",
                remedy: "Write - {name: ..., image: ..., labels: ...} per atlas.")
        }
        var atlases: [AtlasReference] = []
        for item in list {
            var values: [String: String] = [:]
            for (key, value) in try item.entries(known: ["name", "image", "labels"], of: "an atlas") {
                values[key.text] = try value.text(key.text)
            }
            guard let image = values["image"] else {
                throw InputError(at: item.source, "the atlas has no image.", remedy: "Add image: path.nii.gz.")
            }
            atlases.append(
                AtlasReference(
                    name: values["name"] ?? Path.name(image), image: Path.absolute(image, in: folder),
                    labels: values["labels"].map { Path.absolute($0, in: folder) }))
        }
        return atlases
    }
}

extension Path {
    /// `path` as seen from the working folder, when it was written as seen from `folder`.
    static func absolute(_ path: String, in folder: String) -> String {
        path.hasPrefix("/") || path.hasPrefix("~") ? path : join(folder, path)
    }
}
