import Yams

/// Reads `cuneus.yaml`, the plan of a native project.
///
///     question: What changes with psychotherapy?
///     defaults: {imputations: 50}
///     models:
///       all: {question: Any change?}
///       rest:
///         filter: task == "rest"
///         settings: {threshold_column: t_thr_p005}
///     atlases:
///       - {name: Yeo, image: atlas/yeo.nii.gz, labels: atlas/yeo.txt}
///
/// A key that is not known is an error: a mistyped setting must not pass for its default.
enum PlanReader {
    static func read(_ file: TextFile, folder: String, into project: inout Project) throws(InputError) {
        let text = file.lines.map(\.text).joined(separator: "\n")
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw problem(error, in: file)
        } catch {
            throw InputError(at: SourceLocation(file: file.path), "is not YAML: \(error).")
        }
        guard let root, !isEmpty(root) else { return }
        let reader = Reader(path: file.path, folder: folder)
        for (key, node) in try reader.entries(
            root, known: ["name", "question", "defaults", "models", "atlases"], of: "the plan")
        {
            switch key.text {
            case "name": project.name = try reader.text(node, key)
            case "question": project.question = try reader.text(node, key)
            case "defaults":
                project.settings = try project.settings.applying(try reader.assignments(node, key))
            case "models": project.models = try reader.models(node, key)
            default: project.atlases = try reader.atlases(node, key, folder: folder)
            }
        }
    }

    private static func isEmpty(_ node: Node) -> Bool { node.scalar?.string.trimmingBlanks.isEmpty == true }

    private static func problem(_ error: YamlError, in file: TextFile) -> InputError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return InputError(
                at: SourceLocation(file: file.path, line: mark.line, column: mark.column),
                "is not YAML: \(problem).", remedy: "Check quotes, colons and the indentation (blanks, no tabs).")
        case .duplicatedKeysInMapping(let keys, let context):
            return InputError(
                at: SourceLocation(file: file.path, line: context.mark.line, column: context.mark.column),
                "the key \(keys.map { "\"\($0)\"" }.joined(separator: ", ")) stands twice.",
                remedy: "Keep one of them.")
        default:
            return InputError(at: SourceLocation(file: file.path), "is not YAML: \(error).")
        }
    }

    private struct Key {
        let text: String
        let source: SourceLocation
    }

    private struct Reader {
        let path: String
        let folder: String

        func source(_ node: Node) -> SourceLocation {
            SourceLocation(file: path, line: node.mark?.line, column: node.mark?.column)
        }

        /// The entries of a mapping in their order; `known` nil lets every key pass.
        func entries(_ node: Node, known: [String]?, of owner: String) throws(InputError) -> [(Key, Node)] {
            guard let mapping = node.mapping else {
                throw InputError(
                    at: source(node), "\(owner) should be a list of key: value lines.",
                    remedy: known.map { "Known keys: \($0.joined(separator: ", "))." })
            }
            var entries: [(Key, Node)] = []
            for (keyNode, value) in mapping {
                guard let text = keyNode.scalar?.string else {
                    throw InputError(at: source(keyNode), "a key of \(owner) must be a word.")
                }
                let key = Key(text: text, source: source(keyNode))
                if entries.contains(where: { $0.0.text == text }) {
                    throw InputError(at: key.source, "the key \"\(text)\" stands twice.", remedy: "Keep one of them.")
                }
                if let known, !known.contains(text) {
                    throw InputError(
                        at: key.source, "\(owner) has no key \"\(text)\".",
                        remedy: Nearest.suggestion(text, among: known, called: "keys"))
                }
                entries.append((key, value))
            }
            return entries
        }

        func text(_ node: Node, _ key: Key) throws(InputError) -> String {
            guard let scalar = node.scalar else {
                throw InputError(at: source(node), "\(key.text) should be a single value.")
            }
            return scalar.string
        }

        func assignments(_ node: Node, _ key: Key) throws(InputError) -> [SettingAssignment] {
            if isEmpty(node) { return [] }
            var assignments: [SettingAssignment] = []
            for (key, value) in try entries(node, known: nil, of: key.text) {
                assignments.append(try assignment(value, key))
            }
            return assignments
        }

        /// A mask file is looked for beside the plan.
        private func assignment(_ node: Node, _ key: Key) throws(InputError) -> SettingAssignment {
            var value = try text(node, key)
            if key.text == "mask" {
                let settings = try Settings().applying([
                    SettingAssignment(key: "mask", value: value, source: key.source)
                ])
                if case .file(let path) = settings.mask { value = Path.absolute(path, in: folder) }
            }
            return SettingAssignment(key: key.text, value: value, source: key.source)
        }

        func models(_ node: Node, _ key: Key) throws(InputError) -> [ModelPlan] {
            var models: [ModelPlan] = []
            for (name, body) in try entries(node, known: nil, of: "models") {
                try ExperimentName.check(name.text, called: "model", at: name.source)
                var model = ModelPlan(name: name.text, source: name.source)
                if !isEmpty(body) { try fill(&model, from: body) }
                _ = try Settings().applying(model.overrides)
                models.append(model)
            }
            guard !models.isEmpty else {
                throw InputError(at: key.source, "models is empty.", remedy: "Name a model, or remove the key.")
            }
            return models
        }

        private func fill(_ model: inout ModelPlan, from body: Node) throws(InputError) {
            let settingNames = SettingKey.all.map(\.name)
            let known = ["question", "filter", "settings"] + settingNames
            for (key, value) in try entries(body, known: known, of: "model \"\(model.name)\"") {
                switch key.text {
                case "question": model.question = try text(value, key)
                case "filter":
                    let source = SourceLocation(file: path, line: source(value).line, column: source(value).column)
                    model.filter = try FilterExpression(parsing: try text(value, key), at: source)
                case "settings": model.overrides += try assignments(value, key)
                default:
                    model.overrides.append(try assignment(value, key))
                }
            }
        }

        func atlases(_ node: Node, _ key: Key, folder: String) throws(InputError) -> [AtlasReference] {
            guard let list = node.sequence else {
                throw InputError(
                    at: source(node), "atlases should be a list.",
                    remedy: "Write - {name: ..., image: ..., labels: ...} per atlas.")
            }
            var atlases: [AtlasReference] = []
            for item in list {
                var values: [String: String] = [:]
                for (key, value) in try entries(item, known: ["name", "image", "labels"], of: "an atlas") {
                    values[key.text] = try text(value, key)
                }
                guard let image = values["image"] else {
                    throw InputError(at: source(item), "the atlas has no image.", remedy: "Add image: path.nii.gz.")
                }
                atlases.append(
                    AtlasReference(
                        name: values["name"] ?? Path.name(image), image: Path.absolute(image, in: folder),
                        labels: values["labels"].map { Path.absolute($0, in: folder) }))
            }
            return atlases
        }

        private func isEmpty(_ node: Node) -> Bool { PlanReader.isEmpty(node) }
    }
}

extension Path {
    /// `path` as seen from the working folder, when it was written as seen from `folder`.
    static func absolute(_ path: String, in folder: String) -> String {
        path.hasPrefix("/") || path.hasPrefix("~") ? path : join(folder, path)
    }
}
