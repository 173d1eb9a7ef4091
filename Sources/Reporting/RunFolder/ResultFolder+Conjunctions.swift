import Comparison
import Imaging

extension ResultFolder {
    /// Writes the maps and the table of a conjunction into `folder`.
    ///
    /// - Returns: the hash of every file.
    /// - Throws: ``ReportingError``; `CancellationError` when the task is cancelled.
    func write(_ conjunction: ModelConjunction, folder: String, places: PlaceNamer) throws -> [ContentHash] {
        try Self.makeFolder("\(path)/\(folder)")
        try Task.checkCancellation()
        let grid = conjunction.mask.grid
        var files = try write(ResultMap.all(conjunction), mask: conjunction.mask) {
            "\(folder)/\(naming($0.name, model: folder, method: "conjunction", grid: grid))"
        }
        let name = "\(folder)/clusters.tsv"
        try write(
            ConjunctionTable(conjunction: conjunction, places: places).table, to: name, atlases: places.atlases)
        files.append(try ContentHash(of: name, at: "\(path)/\(name)"))
        return files
    }
}

extension RunResults {
    /// A folder for each of ``conjunctions``, beside those of the models.
    var conjunctionFolders: [String] {
        let models = all.map(\.plan.name)
        let own = conjunctions.map { (["conjunction"] + $0.parts.map(\.name)).joined(separator: "_") }
        return Array(ModelFindings.folderNames(models + own).dropFirst(models.count))
    }
}
