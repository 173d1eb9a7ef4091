import Cuneus
import Foundation

/// The folder that machines share: the staged input, the scripts, the parts, and what they are of.
struct PartFolder {
    /// Absolute.
    let path: String
    var manifest: PartManifest

    /// A task of the array with what its ledger says.
    struct Part {
        /// From 1.
        var number: Int
        var task: JobScripts.Task
        var found: PartState.Found
    }

    init(_ path: String, manifest: PartManifest) {
        self.path = StagedInput.absolute(path)
        self.manifest = manifest
    }

    /// Opens one that is there.
    init(opening path: String) throws(InputError) {
        guard let manifest = try PartManifest(in: path) else {
            throw InputError(
                at: SourceLocation(file: path), "has no \(PartManifest.name): no parts were begun there.",
                remedy: "Name the folder that cuneus slurm said it wrote.")
        }
        self.init(path, manifest: manifest)
    }

    /// Every part, in the order of its number.
    var parts: [Part] {
        var number = 0
        return manifest.models.flatMap { model in
            let files = (1...model.parts).map { model.file($0) }
            return zip(1..., PartState.look(at: files.map { "\(path)/\($0)" })).map { shard, found in
                number += 1
                return Part(
                    number: number,
                    task: JobScripts.Task(file: files[shard - 1], shard: shard, count: model.parts, model: model.name),
                    found: found)
            }
        }
    }

    /// When the results were written, as the merge job left it; nil before.
    var merged: String? {
        FileManager.default.contents(atPath: "\(path)/merged").map {
            String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    /// Whether what all parts share is there for them.
    var isPrepared: Bool { Path.exists("\(path)/\(JobScripts.preparedFile)") }

    /// Writes what is not the input: folders, the list of tasks and the scripts.
    func write(_ scripts: JobScripts) throws {
        for folder in manifest.models.map({ "parts/\($0.folder)" }) + ["logs"] {
            try OutputPlace.make("\(path)/\(folder)")
        }
        try write(manifest.tasks.map(\.line).joined(separator: "\n") + "\n", "tasks.tsv")
        try write(scripts.part, "part.sh")
        try write(scripts.prepare, "prepare.sh")
        try write(scripts.merge, "merge.sh")
    }

    func write(_ text: String, _ name: String) throws {
        try AtomicFile.write(Array(text.utf8), to: "\(path)/\(name)", isDurable: true)
    }

    /// Moves a damaged part out of the way, so that it is run anew and can still be looked at.
    func setAside(_ part: Part) throws {
        let file = "\(path)/\(part.task.file)"
        try? FileManager.default.removeItem(atPath: "\(file).damaged")
        do {
            try FileManager.default.moveItem(atPath: file, toPath: "\(file).damaged")
        } catch {
            throw OutputError(
                path: file, reason: "it is damaged and cannot be moved: \(FileProblem.reason(error)).",
                remedy: "Remove it.")
        }
    }

    /// Before parts are run again: the results will be of them.
    func forgetMerge() { try? FileManager.default.removeItem(atPath: "\(path)/merged") }
}
