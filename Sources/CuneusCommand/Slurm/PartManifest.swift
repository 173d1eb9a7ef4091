import Cuneus
import Foundation

/// What the parts in a folder are of, and which jobs were submitted for them: `parts.json`.
struct PartManifest: Codable, Hashable {
    struct Model: Codable, Hashable {
        var name: String
        /// Below `parts`.
        var folder: String
        /// Parts of its test.
        var parts: Int

        func file(_ shard: Int) -> String {
            let digits = String(repeating: "0", count: max(4 - "\(shard)".count, 0)) + "\(shard)"
            return "parts/\(folder)/part-\(digits).tsv"
        }
    }

    struct Submission: Codable, Hashable {
        var date: String
        /// Number of the array job; nil when only the merge was submitted.
        var array: Int?
        /// Number of the job that merges; nil when it could not be submitted.
        var merge: Int?
        /// Number of the job that computes what all parts share; nil when there was none.
        var prepare: Int?
        /// Tasks of the array.
        var tasks: String

        /// Of all its jobs.
        var jobs: [Int] { [prepare, array, merge].compactMap { $0 } }
    }

    var format = 1
    var program = CuneusVersion.text
    var project: String
    /// SHA-256 of the list of input files with theirs.
    var input: String
    /// Of the command line, those that decide about the result.
    var options: [String]
    /// Models asked for by name.
    var asked: [String]
    /// Folder of the results.
    var results: String
    var models: [Model]
    var submissions: [Submission] = []

    static let name = "parts.json"

    /// The tasks of the array, numbered from 1.
    var tasks: [JobScripts.Task] {
        models.flatMap { model in
            (1...model.parts).map {
                JobScripts.Task(file: model.file($0), shard: $0, count: model.parts, model: model.name)
            }
        }
    }

    /// nil where a folder has none.
    ///
    /// - Throws: `InputError` for one that cannot be used.
    init?(in folder: String) throws(InputError) {
        let path = Path.join(folder, Self.name)
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        guard let found = try? JSONDecoder().decode(PartManifest.self, from: data), found.format == 1,
            found.models.allSatisfy({ (1...1_000_000).contains($0.parts) && PathParts.name($0.folder) == $0.folder })
        else {
            throw InputError(
                at: SourceLocation(file: path), "is damaged, or of another version of cuneus.",
                remedy: "Remove the folder, or name another one with --work.")
        }
        self = found
    }

    init(project: String, input: String, options: [String], asked: [String], results: String, models: [Model]) {
        self.project = project
        self.input = input
        self.options = options
        self.asked = asked
        self.results = results
        self.models = models
    }

    func write(in folder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(
            Array(try encoder.encode(self) + Data("\n".utf8)), to: Path.join(folder, Self.name), isDurable: true)
    }

    /// Why this call cannot go on with the parts of an earlier one; nil where it can.
    func differenceOf(_ earlier: PartManifest) -> String? {
        if program != earlier.program { return "they were begun by cuneus \(earlier.program), and this is \(program)" }
        if input != earlier.input { return "the input has changed since they were begun" }
        if options != earlier.options || asked != earlier.asked { return "they were begun with other options" }
        if models.map(\.name) != earlier.models.map(\.name) { return "they are of other models" }
        if results != earlier.results { return "their results go to \(earlier.results)" }
        return nil
    }

    /// Folders of models as a run names them, by model.
    static func folders(of opened: AnalysisOptions.Opened) -> [String: String] {
        let names = opened.project.models.map(\.name).filter { name in opened.models.contains { $0.plan.name == name } }
        return Dictionary(zip(names, ModelFindings.folderNames(names)), uniquingKeysWith: { first, _ in first })
    }
}
