public import Comparison
import Imaging

extension ResultFolder {
    /// Writes what the other methods say about a model into `folder`: a folder per method, `methods.tsv`,
    /// `agreement.tsv`, `only_one_method.tsv` and the agreement map.
    ///
    /// - Returns: the hash of every file.
    /// - Throws: ``ReportingError``; `CancellationError` when the task is cancelled.
    public func write(
        _ comparison: ModelComparison, folder: String, places: PlaceNamer
    ) throws -> [ContentHash] {
        var files: [ContentHash] = []
        func add(_ name: String) throws(ReportingError) {
            files.append(try ContentHash(of: "\(folder)/\(name)", at: "\(path)/\(folder)/\(name)"))
        }
        func add(_ table: TextTable, as name: String) throws(ReportingError) {
            try write(table, to: "\(folder)/\(name)", atlases: places.atlases)
            try add(name)
        }
        try Self.makeFolder("\(path)/\(folder)")
        for result in comparison.results {
            try Self.makeFolder("\(path)/\(folder)/\(result.label)")
            try Task.checkCancellation()
            let maps = ResultMap.all(result) + ResultMap.labels(result)
            let (label, grid) = (result.label, result.mask.grid)
            files += try write(isLean ? ResultMap.lean(maps, p: false) : maps, mask: result.mask) {
                "\(folder)/\(label)/\(naming($0.name, model: folder, method: label, grid: grid))"
            }
            if !result.findings.isEmpty {
                let label = ClusterLabelTable(clusters: result.findings.map(\.cluster), places: places)
                try add(
                    label.table,
                    as: "\(result.label)/\(naming("label", model: folder, method: result.label, grid: grid)).tsv")
            }
            let tables = MethodTables(result: result, places: places)
            try add(tables.clusters, as: "\(result.label)/clusters.tsv")
            try add(tables.contributions, as: "\(result.label)/contributions.tsv")
        }
        let tables = AgreementTables(comparison: comparison, places: places)
        try add(tables.methods, as: "methods.tsv")
        if let agreement = comparison.agreement {
            try add(tables.pairs, as: "agreement.tsv")
            try add(tables.exclusives, as: "only_one_method.tsv")
            let inside = Mask(grid: agreement.grid) { voxel in
                comparison.views.contains { !$0.z[voxel].isNaN }
            }
            files += try write([ResultMap.agreement(agreement, mask: inside)], mask: inside) { _ in
                "\(folder)/\(naming("agreement", model: folder, method: "methods", grid: agreement.grid))"
            }
        }
        return files
    }
}
