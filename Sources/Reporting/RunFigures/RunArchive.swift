package import Evidence
import Formats
import Foundation
package import Imaging

/// A finished run's folder, read back: its record, maps and tables.
package struct RunArchive: Sendable {
    package struct Model: Hashable, Sendable {
        package var name: String
        package var folder: String
        package var experiments: Int
        /// Labels of methods with a folder of their own; empty of a model by effect sizes alone.
        package var methods: [String]
    }

    package let path: String
    package let project: String
    package let models: [Model]

    /// - Throws: where the folder has no record, or one that cannot be read.
    package init(_ path: String) throws(InputError) {
        self.path = path
        let file = "\(path)/run.json"
        guard let data = FileManager.default.contents(atPath: file) else {
            let isPartial = FileManager.default.fileExists(atPath: "\(path)/run.partial.json")
            throw InputError(
                at: SourceLocation(file: path),
                isPartial
                    ? "the run in this folder has not finished."
                    : "this is not the folder of a run: it has no run.json.",
                remedy: isPartial ? "Give its command again." : "Name the folder that `cuneus run` wrote.")
        }
        guard let record = try? JSONDecoder().decode(RunRecord.self, from: data), record.program == "cuneus" else {
            throw InputError(
                at: SourceLocation(file: file), "this record of a run cannot be read.",
                remedy: "Run the analysis anew with this version of cuneus.")
        }
        project = record.result.project
        let compared = record.result.comparisons ?? []
        let mains = record.result.models.map { model in
            Model(
                name: model.name, folder: model.folder, experiments: model.experiments.count,
                methods: compared.first { $0.name == model.name }?.methods.map(\.label) ?? [])
        }
        let others = compared.filter { other in !mains.contains { $0.name == other.name } }.map { other in
            Model(
                name: other.name, folder: other.folder, experiments: other.experiments.count,
                methods: other.methods.map(\.label))
        }
        models = mains + others
        // A record is data like any other: nothing outside the folder is read.
        let folders = models.flatMap { [$0.folder] + $0.methods }
        guard !models.isEmpty, folders.allSatisfy({ !$0.contains("..") && !$0.hasPrefix("/") }) else {
            throw InputError(at: SourceLocation(file: file), "this record of a run names no model's folder.")
        }
    }

    /// - Parameter name: nil for the first of the run.
    package func model(_ name: String?) throws(InputError) -> Model {
        guard let name else { return models[0] }
        if let found = models.first(where: { $0.name == name || $0.folder == name }) { return found }
        throw InputError(
            at: SourceLocation(file: path), "the run has no model \"\(name)\".",
            remedy: "It has \(models.map(\.name).joined(separator: ", ")).")
    }

    /// A map by our name for it, whatever naming the run had; nil where the run has none.
    package func map(_ name: String, of model: Model, method: String? = nil) throws -> Volume? {
        let inside = "\(path)/\(model.folder)" + (method.map { "/\($0)" } ?? "")
        for naming in MapNaming.allCases {
            let file = "\(naming(name, model: model.folder, method: method)).nii.gz"
            guard let found = MapNaming.find(file, in: inside) else { continue }
            return try NIfTIImage(contentsOf: "\(inside)/\(found)").volume(0)
        }
        return nil
    }

    /// Names of a model's maps as they are in its folder, without ending.
    package func mapNames(of model: Model, method: String? = nil) -> [String] {
        let inside = "\(path)/\(model.folder)" + (method.map { "/\($0)" } ?? "")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: inside)) ?? []
        return names.filter { $0.hasSuffix(".nii.gz") }.map { String($0.dropLast(7)) }.sorted()
    }

    /// Rows of a table by column; empty where the run has none.
    package func table(_ name: String, of model: Model) -> [[String: String]] {
        guard let data = FileManager.default.contents(atPath: "\(path)/\(model.folder)/\(name)") else { return [] }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
        guard let header = lines.first?.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) else {
            return []
        }
        return lines.dropFirst().map { line in
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            return Dictionary(zip(header, cells), uniquingKeysWith: { first, _ in first })
        }
    }

    /// The plots that the run kept of a model's findings; nil where it kept none.
    package func plots(of model: Model) -> [FindingPlots.Plot]? {
        guard let data = FileManager.default.contents(atPath: "\(path)/\(model.folder)/plots.json") else { return nil }
        return (try? JSONDecoder().decode(FindingPlots.self, from: data))?.plots
    }
}
