import Evidence
import Figures
import Foundation

/// What changed between two runs: program, input, plan, settings, experiments, clusters and their numbers.
///
/// Works from the two folders alone. A section without lines is left out; two runs of the same bytes have none.
public struct RunDifference: Sendable {
    public struct Section: Hashable, Sendable {
        public var title: String
        public var lines: [String]
    }

    public let first: StoredRun
    public let second: StoredRun
    public let sections: [Section]

    /// - Throws: ``ReportingError`` where a table of one of them cannot be read.
    public init(_ first: StoredRun, _ second: StoredRun) throws(ReportingError) {
        self.first = first
        self.second = second
        let (a, b) = (first.record.result, second.record.result)
        var sections = [
            Section(title: "Program and plan", lines: Self.program(first.record, second.record)),
            Section(title: "Input", lines: Self.files(a.inputs, b.inputs)),
        ]
        let names =
            a.models.map(\.name) + b.models.map(\.name).filter { name in !a.models.contains { $0.name == name } }
        for name in names {
            let (one, other) = (a.models.first { $0.name == name }, b.models.first { $0.name == name })
            let title = "Model “\(name)”"
            guard let one, let other else {
                sections.append(Section(title: title, lines: ["only in the \(one == nil ? "second" : "first") run"]))
                continue
            }
            let clusters = try ClusterDifference(first, one, second, other).lines
            sections.append(Section(title: title, lines: Self.model(one, other) + clusters + Self.outputs(one, other)))
        }
        sections.append(
            Section(
                title: "Other methods",
                lines: Self.comparisons(a.comparisons ?? [], b.comparisons ?? [], told: Set(names))))
        self.sections = sections.filter { !$0.lines.isEmpty }
    }

    // MARK: - Parts

    private static func program(_ a: RunRecord, _ b: RunRecord) -> [String] {
        var lines = change("version", a.version, b.version) + change("project", a.result.project, b.result.project)
        lines += change("question", a.result.question, b.result.question)
        if a.result.planSHA256 != b.result.planSHA256 { lines.append("the plan has another hash") }
        let settings = { (record: RunRecord) in
            record.result.commandLineSettings.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        }
        return lines + change("--set", settings(a), settings(b))
    }

    private static func change(_ name: String, _ a: String, _ b: String) -> [String] {
        a == b ? [] : ["\(name): \(a.isEmpty ? "nothing" : a) → \(b.isEmpty ? "nothing" : b)"]
    }

    /// Files are the same by their last two names, since two runs may have read two copies of a project.
    private static func files(_ a: [ContentHash], _ b: [ContentHash]) -> [String] {
        func key(_ file: ContentHash) -> String { file.path.split(separator: "/").suffix(2).joined(separator: "/") }
        func name(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }
        var rest = b
        var lines: [String] = []
        for file in a {
            let found =
                rest.firstIndex { key($0) == key(file) } ?? rest.firstIndex { name($0.path) == name(file.path) }
            guard let found else {
                lines.append("\(file.path) is gone")
                continue
            }
            let other = rest.remove(at: found)
            if other.sha256 != file.sha256 { lines.append("\(other.path) has changed") }
        }
        return lines + rest.map { "\($0.path) is new" }
    }

    private static func model(_ a: RunRecord.Model, _ b: RunRecord.Model) -> [String] {
        var lines = change("question", a.question, b.question)
        lines += change("filter", a.filter ?? "", b.filter ?? "")
        for key in Set(a.settings.keys).union(b.settings.keys).sorted() {
            lines += change(key, a.settings[key] ?? "", b.settings[key] ?? "")
        }
        let gone = a.experiments.filter { !b.experiments.contains($0) }
        let new = b.experiments.filter { !a.experiments.contains($0) }
        if !gone.isEmpty { lines.append("experiments gone: \(gone.joined(separator: ", "))") }
        if !new.isEmpty { lines.append("experiments new: \(new.joined(separator: ", "))") }
        lines += change("participants", String(a.participants), String(b.participants))
        lines += change("voxels of the mask", String(a.maskVoxels), String(b.maskVoxels))
        func test(_ model: RunRecord.Model) -> String {
            model.permutationTest.map { "\($0.permutations) (least p \(NumberText.significant($0.smallestP, 3)))" }
                ?? ""
        }
        return lines + change("permutations or relocations", test(a), test(b))
    }

    /// How many of the files that both wrote hold the same.
    private static func outputs(_ a: RunRecord.Model, _ b: RunRecord.Model) -> [String] {
        func tail(_ file: ContentHash) -> String { file.path.split(separator: "/").dropFirst().joined(separator: "/") }
        let others = Dictionary(b.files.map { (tail($0), $0.sha256) }, uniquingKeysWith: { one, _ in one })
        let common = a.files.filter { others[tail($0)] != nil }
        let same = common.count { others[tail($0)] == $0.sha256 }
        return same == common.count ? [] : ["\(same) of \(common.count) files that both runs wrote hold the same"]
    }

    /// What went into the methods: of a model of coordinates alone nothing else tells it.
    private static func inputs(_ a: RunRecord.Comparison, _ b: RunRecord.Comparison) -> [String] {
        var lines = change("\(a.name): filter", a.filter ?? "", b.filter ?? "")
        for key in Set(a.settings.keys).union(b.settings.keys).sorted() {
            lines += change("\(a.name): \(key)", a.settings[key] ?? "", b.settings[key] ?? "")
        }
        let gone = a.experiments.filter { !b.experiments.contains($0) }
        let new = b.experiments.filter { !a.experiments.contains($0) }
        if !gone.isEmpty { lines.append("\(a.name): experiments gone: \(gone.joined(separator: ", "))") }
        if !new.isEmpty { lines.append("\(a.name): experiments new: \(new.joined(separator: ", "))") }
        return lines
    }

    /// - Parameter models: of effect sizes, whose settings and experiments have a section of their own.
    private static func comparisons(
        _ a: [RunRecord.Comparison], _ b: [RunRecord.Comparison], told models: Set<String>
    ) -> [String] {
        var lines: [String] = []
        let new = b.map(\.name).filter { name in !a.contains { $0.name == name } }
        lines += new.map { "\($0): only in the second run" }
        for one in a {
            guard let other = b.first(where: { $0.name == one.name }) else {
                lines.append("\(one.name): only in the first run")
                continue
            }
            if !models.contains(one.name) { lines += inputs(one, other) }
            for method in one.methods {
                guard let twin = other.methods.first(where: { $0.label == method.label }) else {
                    lines.append("\(one.name), \(method.label): only in the first run")
                    continue
                }
                let name = "\(one.name), \(method.label)"
                lines += change("\(name): clusters", String(method.clusters), String(twin.clusters))
                lines += change("\(name): voxels", String(method.significantVoxels), String(twin.significantVoxels))
                lines += change("\(name): foci", String(method.foci), String(twin.foci))
            }
            for method in other.methods where !one.methods.contains(where: { $0.label == method.label }) {
                lines.append("\(one.name), \(method.label): only in the second run")
            }
        }
        return lines
    }

    // MARK: - As text and as a page

    private var title: String { "\(first.path) and \(second.path)" }

    static let nothing = "Nothing changed: the two runs have the same input, settings and results."

    /// Lines without markup; no line break at the end.
    public var text: String {
        guard !sections.isEmpty else { return "What changed between \(title)\n\n\(Self.nothing)" }
        let blocks = sections.map { section in
            ([section.title] + section.lines.map { "  \($0)" }).joined(separator: "\n")
        }
        return "What changed between \(title)\n\n" + blocks.joined(separator: "\n\n")
    }

    /// A page of its own.
    public var page: String {
        let blocks = sections.map { section in
            HTML.element("h2", [], section.title)
                + HTML.element("ul", [], section.lines.map { HTML.element("li", [], $0) }.joined())
        }
        let body = blocks.isEmpty ? HTML.element("p", [], Self.nothing) : blocks.joined()
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>What changed between two runs</title>
            <style>
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 50em; margin: 2em auto; padding: 0 1em; }
            h2 { font-size: 1.1em; margin: 1.6em 0 .3em; }
            ul { margin: 0; padding-left: 1.2em; }
            </style>
            </head>
            <body>
            <h1>What changed</h1>
            <p>First: \(HTML.escape(first.path)), Cuneus \(HTML.escape(first.record.version)). \
            Second: \(HTML.escape(second.path)), Cuneus \(HTML.escape(second.record.version)).</p>
            \(body.source)
            </body>
            </html>

            """
    }
}
