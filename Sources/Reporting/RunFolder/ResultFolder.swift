import Evidence
import Formats
import Foundation
import Imaging
import SeedBasedMapping

/// The folder of a run: one folder of maps and tables per model, then `report.html`, and `run.json` last.
///
/// Every file appears whole or not at all. `run.json` is there only when everything else is: while a run is under
/// way the folder holds `run.partial.json`, and an earlier run's record steps aside as `run.previous.json`. Files of
/// earlier runs are replaced where the names agree, and those of models that this run did not write go to
/// `previous-<date>/`; nothing is deleted.
public struct ResultFolder: Sendable {
    public let path: String
    /// Whether the null is also written as SDM-PSI writes it.
    public var writesMaxsMinsZ = false
    /// How maps are called.
    public var naming = MapNaming.nimare
    /// Hears where files of an earlier run were moved to.
    public var tell: @Sendable (String) -> Void = { _ in }

    /// Opens a folder for results: makes it, or takes an empty one or one that an earlier run wrote.
    ///
    /// - Throws: ``ReportingError`` when the folder holds something else, so that no one's files are overwritten.
    public init(_ path: String) throws(ReportingError) {
        self.path = path
        try Self.makeFolder(path)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let visible = names.filter { !$0.hasPrefix(".") }
        let isOurs =
            visible.allSatisfy { $0.hasSuffix(Self.ledgerSuffix) }
            || visible.contains { Self.records.contains($0) && Self.isOurs("\(path)/\($0)") }
        guard isOurs
        else {
            throw ReportingError(
                path: path, reason: "the folder is not empty and was not written by cuneus (it has no run.json)",
                remedy: "Name a new or an empty folder with --out.")
        }
    }

    /// Marks the folder as being written. Call before the first model.
    public func begin(_ machine: MachineRecord) throws(ReportingError) {
        let old = "\(path)/run.json"
        if FileManager.default.fileExists(atPath: old) {
            guard rename(old, "\(path)/run.previous.json") == 0 else {
                throw ReportingError(path: old, reason: String(cString: strerror(errno)))
            }
        }
        try write(json: PartialRecord(version: CuneusVersion.text, machine: machine), to: "run.partial.json")
    }

    /// Writes a model's maps and tables into `folder`.
    ///
    /// - Parameters:
    ///   - folder: from ``ModelFindings/folderNames(_:)``.
    ///   - covariateNames: columns of `studies.tsv` beyond the fixed ones.
    /// - Returns: the record of the model for `run.json`, with the hash of every file.
    /// - Throws: ``ReportingError``; `CancellationError` when the task is cancelled.
    public func write(
        _ findings: ModelFindings, folder: String, covariateNames: [String], places: PlaceNamer
    ) throws -> RunRecord.Model {
        try Self.makeFolder("\(path)/\(folder)")
        var files: [ContentHash] = []
        func add(_ name: String) throws(ReportingError) {
            files.append(try ContentHash(of: "\(folder)/\(name)", at: "\(path)/\(folder)/\(name)"))
        }
        let maps = findings.result.maps
        for map in ResultMap.all(findings.result) + ResultMap.corrected(findings.result) {
            try Task.checkCancellation()
            let name = naming(map.name, model: folder)
            try write(map, mask: maps.mask, to: "\(folder)/\(name)")
            try add("\(name).nii.gz")
        }
        for name in try writeBounds(findings, folder: folder) { try add(name) }
        let tables = ClusterTables(findings, places: places)
        let studies = StudyTable(
            findings.result.experiments, covariateNames: covariateNames, shared: findings.result.sharedSamples
        ).table
        var texts = [("clusters.tsv", tables.clusters), ("peaks.tsv", tables.peaks), ("studies.tsv", studies)]
        if let words = RegressionWords(findings.result) {
            texts += [("design.tsv", words.designTable), ("coefficients.tsv", words.table(findings.clusters))]
        }
        if !findings.regions.isEmpty {
            texts.append(("regions.tsv", RegionTable(findings.regions, asked: findings.askedRegions).table))
        }
        if let test = findings.result.familyWise {
            let corrected = ClusterTables(
                ModelFindings(result: findings.result, clusters: findings.result.correctedClusters()), places: places)
            texts += [
                ("clusters_corr-FWE.tsv", corrected.clusters), ("peaks_corr-FWE.tsv", corrected.peaks),
                ("null.tsv", NullTable(test).table),
            ]
            if let other = findings.result.baseRate { texts.append(("null_baserate.tsv", NullTable(other).table)) }
        }
        if !findings.trust.isEmpty {
            let trust = TrustTables(findings.trust)
            texts += [("trust.tsv", trust.trust), ("evidence.tsv", trust.evidence)]
            if let terms = trust.terms { texts.append(("terms.tsv", terms)) }
            if let specificity = trust.specificity(model: findings.result.plan.name) {
                texts.append(("specificity.tsv", specificity))
            }
        }
        if let jackknife = findings.jackknife {
            let tables = JackknifeTables(jackknife)
            texts += [("jackknife.tsv", tables.omissions), ("contributions.tsv", tables.contributions)]
        }
        for (name, table) in texts {
            try write(text: table.text, to: "\(folder)/\(name)")
            try add(name)
        }
        if writesMaxsMinsZ, let test = findings.result.familyWise {
            try Self.makeFolder("\(path)/\(folder)/fwe")
            try write(text: NullTable(test).maxsMinsZ, to: "\(folder)/fwe/maxsMinsZ.asc")
            try add("fwe/maxsMinsZ.asc")
        }
        return RunRecord.Model(findings, folder: folder, files: files)
    }

    /// Writes the report and, last of all, `run.json`.
    public func finish(reportHTML: String, record: RunRecord) throws(ReportingError) {
        try write(text: reportHTML, to: "report.html")
        try write(json: record, to: "run.json")
        unlink("\(path)/run.partial.json")
    }

    // MARK: - Parts

    /// Where a model's finished permutations are kept while its test runs.
    public func ledgerPath(model: String) -> String {
        "\(path)/\(ModelFindings.folderName(model))\(Self.ledgerSuffix)"
    }

    private static let ledgerSuffix = ".permutations.tsv"

    private static let records = ["run.json", "run.partial.json", "run.previous.json"]

    private struct PartialRecord: Codable {
        var program = "cuneus"
        var version: String
        var machine: MachineRecord?
    }

    private static func isOurs(_ path: String) -> Bool {
        guard let data = FileManager.default.contents(atPath: path) else { return false }
        return (try? JSONDecoder().decode(PartialRecord.self, from: data))?.program == "cuneus"
    }

    static func makeFolder(_ path: String) throws(ReportingError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw ReportingError(path: path, reason: "the folder cannot be made: \(FileProblem.reason(error))")
        }
    }

    func write(_ map: ResultMap, mask: Mask, to name: String) throws(ReportingError) {
        try writeImage(
            mask.scatter(map.values, background: map.background), intent: map.intent, description: map.description,
            to: "\(name).nii.gz")
        try write(json: map.sidecar(software: "Cuneus \(CuneusVersion.text)"), to: "\(name).json")
    }

    /// Names of the files written, relative to the model's folder.
    private func writeBounds(_ findings: ModelFindings, folder: String) throws(ReportingError) -> [String] {
        let result = findings.result
        guard !result.bounds.isEmpty else { return [] }
        try Self.makeFolder("\(path)/\(folder)/bounds")
        var names: [String] = []
        let experiments = ModelFindings.folderNames(result.experiments.map(\.id))
        for (experiment, bounds) in zip(experiments, result.bounds) {
            for (side, values) in [("lower", bounds.lower), ("upper", bounds.upper)] {
                let name = "bounds/\(experiment)_\(side).nii.gz"
                try writeImage(
                    result.maps.mask.scatter(values), intent: .estimate("g \(side) bound"),
                    description: "\(side) bound of g", to: "\(folder)/\(name)")
                names.append(name)
            }
        }
        return names
    }

    private func writeImage(
        _ volume: Volume, intent: Intent, description: String, to name: String
    ) throws(ReportingError) {
        do {
            try NIfTIImage(volume, intent: intent, description: description).write(to: "\(path)/\(name)")
        } catch {
            throw ReportingError(path: "\(path)/\(name)", reason: error.description)
        }
    }

    func write(text: String, to name: String) throws(ReportingError) {
        try write(bytes: Array(text.utf8), to: name)
    }

    private func write(json value: some Encodable, to name: String) throws(ReportingError) {
        let bytes: [UInt8]
        do {
            bytes = try CanonicalJSON.bytes(value)
        } catch {
            throw ReportingError(path: "\(path)/\(name)", reason: "\(error)")
        }
        try write(bytes: bytes, to: name)
    }

    private func write(bytes: [UInt8], to name: String) throws(ReportingError) {
        do {
            try AtomicFile.write(bytes, to: "\(path)/\(name)")
        } catch {
            throw ReportingError(error)
        }
    }
}
