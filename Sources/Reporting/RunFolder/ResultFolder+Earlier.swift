import Foundation
import Imaging

/// What earlier runs left in a folder.
extension ResultFolder {
    /// Moves what this run did not write out of its folders, so that no old table stands beside new ones.
    ///
    /// The folders are those of the models of this run and of the one before. Nothing is deleted: files go to
    /// `previous-<date>/`, under the names they had.
    ///
    /// - Parameter written: paths of this run's files, relative to the folder.
    /// - Returns: where they went, and how many; nil when there were none.
    func setAside(
        except written: [String], folders: [String]
    ) throws(ReportingError) -> (folder: String, count: Int)? {
        let earlier = Self.record(at: "\(path)/run.previous.json")
        var kept = Set(written)
        for name in written {
            // Every map has a text beside it that describes it; so has every table with the names of BIDS.
            for ending in [Self.imageEnding] + (naming == .bids ? [".tsv"] : []) where name.hasSuffix(ending) {
                kept.insert(String(name.dropLast(ending.count)) + ".json")
            }
        }
        // What `cuneus report` and `cuneus figure` made of the earlier run is of that run, too.
        let models = Set(folders + (earlier?.folders ?? []) + [PaperFolder.name, Self.figuresName]).filter {
            !$0.isEmpty && !$0.hasPrefix(".")
        }
        var stale: [String] = []
        for model in models.sorted() {
            guard let names = FileManager.default.enumerator(atPath: "\(path)/\(model)") else { continue }
            for case let name as String in names {
                let file = "\(model)/\(name)"
                var isFolder: ObjCBool = false
                guard FileManager.default.fileExists(atPath: "\(path)/\(file)", isDirectory: &isFolder),
                    !isFolder.boolValue, !PathParts.name(name).hasPrefix("."), !kept.contains(file)
                else { continue }
                stale.append(file)
            }
        }
        guard !stale.isEmpty else { return nil }
        let folder = freeName("previous-\(earlier?.date ?? Self.today)")
        for file in stale.sorted() { try move(file, to: "\(folder)/\(file)") }
        removeEmptyFolders(models)
        return (folder, stale.count)
    }

    private static let imageEnding = ".nii.gz"

    private static var today: String { Date.now.formatted(.iso8601.year().month().day()) }

    private func freeName(_ name: String) -> String {
        var free = name
        var count = 1
        while FileManager.default.fileExists(atPath: "\(path)/\(free)") {
            count += 1
            free = "\(name)-\(count)"
        }
        return free
    }

    private func move(_ name: String, to target: String) throws(ReportingError) {
        try Self.makeFolder(PathParts.folder("\(path)/\(target)"))
        guard rename("\(path)/\(name)", "\(path)/\(target)") == 0 else {
            throw ReportingError(AtomicFile.Failure("\(path)/\(name)", "move to \(target)"))
        }
    }

    func removeEmptyFolders(_ models: Set<String>) {
        let manager = FileManager.default
        for model in models {
            let names = manager.enumerator(atPath: "\(path)/\(model)")?.compactMap { $0 as? String } ?? []
            let folders = ["\(path)/\(model)"] + names.map { "\(path)/\(model)/\($0)" }
            // Of folders only those that are empty go, the innermost first.
            for folder in folders.sorted(by: >) { rmdir(folder) }
        }
    }

    /// The folders of an earlier run's models, and the day it began.
    private static func record(at path: String) -> (folders: [String], date: String?)? {
        struct Record: Decodable {
            struct Result: Decodable {
                struct Model: Decodable { var folder: String }
                var models: [Model]?
                var comparisons: [Model]?
                var conjunctions: [Model]?
                var outcomes: [Model]?
                var together: [Model]?
            }
            struct Machine: Decodable { var started: String? }
            var result: Result?
            var machine: Machine?
        }
        guard let data = FileManager.default.contents(atPath: path),
            let record = try? JSONDecoder().decode(Record.self, from: data), let result = record.result
        else { return nil }
        let folders =
            (result.models ?? []) + (result.comparisons ?? []) + (result.conjunctions ?? []) + (result.outcomes ?? [])
            + (result.together ?? [])
        // A record is data like any other: nothing outside the folder is touched.
        let names = folders.map(\.folder).filter { !$0.contains("..") && !$0.hasPrefix("/") }
        return (names, record.machine?.started.map { String($0.prefix(10)) })
    }
}
