import Evidence
import Formats
import Foundation
import Imaging
public import Inference
import SeedBasedMapping

/// The folder of a run: one folder of maps and tables per model, then `report.html`, and `run.json` last.
///
/// The folder is this process's until the value goes away: a second run is refused. Every file appears whole or not at all.
/// `run.json` is there only when everything else is: while a run is under
/// way the folder holds `run.partial.json`, and an earlier run's record steps aside as `run.previous.json`. Files of
/// earlier runs are replaced where the names agree, and those of models that this run did not write go to
/// `previous-<date>/`; nothing is deleted.
public struct ResultFolder: Sendable {
    public let path: String
    /// Whether the null is also written as SDM-PSI writes it.
    public var writesMaxsMinsZ = false
    /// How maps are called.
    public var naming = MapNaming.nimare
    /// Whether maps that follow from others are left out (``ResultMap/lean(_:p:)``).
    public var isLean = false
    /// Who packs maps and composes pages: the same bytes for any number of threads.
    public var workers = Workers(threads: 1)
    /// Hears where files of an earlier run were moved to.
    public var tell: @Sendable (String) -> Void = { _ in }
    private let lock: FileLock

    /// Opens a folder for results: makes it, or takes an empty one or one that an earlier run wrote.
    ///
    /// What a killed run left half-written is removed; its ledgers stay.
    ///
    /// - Throws: ``ReportingError`` when the folder holds something else, so that no one's files are overwritten; when another
    ///   process writes there; when nothing can be written.
    public init(_ path: String) throws(ReportingError) {
        self.path = path
        try OutputPlace.make(path)
        // First, so that nothing is put into a folder of others.
        try Self.refuseForeign(path)
        lock = try OutputPlace.lock(folder: path)
        try Self.refuseForeign(path)
        for name in Self.records + [Self.reportName] where Self.isFolder("\(path)/\(name)") {
            throw ReportingError(
                path: "\(path)/\(name)", reason: "a folder stands where a file of the run goes",
                remedy: "Move it away, or name another folder with --out.")
        }
        sweep()
    }

    private static func refuseForeign(_ path: String) throws(ReportingError) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let visible = names.filter { !$0.hasPrefix(".") }
        let isOurs =
            visible.allSatisfy { $0.hasSuffix(Self.ledgerSuffix) || Self.holdsNoFiles("\(path)/\($0)") }
            || visible.contains { Self.records.contains($0) && Self.isOurs("\(path)/\($0)") }
        guard isOurs
        else {
            throw ReportingError(
                path: path, reason: "the folder is not empty and was not written by cuneus (it has no run.json)",
                remedy: "Name a new or an empty folder with --out.")
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        // Of a link itself, not of what it points to.
        (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType == .typeDirectory
    }

    /// Whether this is a folder with nothing in it but folders, as a run leaves that was killed before it wrote.
    private static func holdsNoFiles(_ path: String) -> Bool {
        guard isFolder(path), let names = FileManager.default.enumerator(atPath: path) else { return false }
        for case let name as String in names where !isFolder("\(path)/\(name)") {
            guard AtomicFile.isTemporary(PathParts.name(name)) else { return false }
        }
        return true
    }

    /// Removes files that a killed run had not finished. Under the lock, none of them can be another's.
    private func sweep() {
        guard let names = FileManager.default.enumerator(atPath: path) else { return }
        for case let name as String in names where AtomicFile.isTemporary(PathParts.name(name)) {
            unlink("\(path)/\(name)")
        }
    }

    /// Makes the folders of models, so that a place where they cannot be is found before the work.
    ///
    /// - Parameter folders: from ``ModelFindings/folderNames(_:)``.
    public func prepare(_ folders: [String]) throws(ReportingError) {
        for folder in folders {
            try OutputPlace.make("\(path)/\(folder)")
            guard access("\(path)/\(folder)", W_OK) == 0 else {
                throw ReportingError(AtomicFile.Failure("\(path)/\(folder)", "write into the folder"))
            }
        }
    }

    /// Removes the folders of models that this run left empty.
    public func removeEmptyFolders(_ folders: [String]) { removeEmptyFolders(Set(folders)) }

    /// Marks the folder as being written. Call before the first model.
    public func begin(_ machine: MachineRecord) throws(ReportingError) {
        let old = "\(path)/run.json"
        if FileManager.default.fileExists(atPath: old) {
            guard rename(old, "\(path)/run.previous.json") == 0 else {
                throw ReportingError(AtomicFile.Failure(old, "move to run.previous.json"))
            }
        }
        try write(
            json: PartialRecord(version: CuneusVersion.text, machine: machine), to: "run.partial.json", isDurable: true)
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
        var images =
            ResultMap.all(findings.result) + ResultMap.corrected(findings.result) + ResultMap.labels(findings)
        if isLean { images = ResultMap.lean(images, p: true) }
        try Task.checkCancellation()
        files += try write(images, mask: maps.mask) {
            "\(folder)/\(naming($0.name, model: folder, grid: maps.mask.grid))"
        }
        files += try writeBounds(findings, folder: folder)
        for (name, table) in ResultMap.labelTables(findings, places: places) {
            // The sidecar of the image describes this table too.
            let file = "\(naming(name, model: folder, grid: maps.mask.grid)).tsv"
            try write(text: table.text, to: "\(folder)/\(file)")
            try add(file)
        }
        let tables = ClusterTables(findings, places: places)
        let studies = StudyTable(
            findings.result.experiments, covariateNames: covariateNames, shared: findings.result.sharedSamples,
            mask: maps.mask
        ).table
        let regions = ClusterRegionTable(findings.clusters, mask: maps.mask, places: places).table
        var texts = [
            ("clusters.tsv", tables.clusters), ("peaks.tsv", tables.peaks), ("clusters_regions.tsv", regions),
            ("studies.tsv", studies),
        ]
        if let words = RegressionWords(findings.result) {
            texts += [("design.tsv", words.designTable), ("coefficients.tsv", words.table(findings.clusters))]
        }
        if !findings.regions.isEmpty {
            texts.append(("regions.tsv", RegionTable(findings.regions, asked: findings.askedRegions).table))
        }
        if let test = findings.result.familyWise {
            var found = findings.corrected
            found.bases = findings.bases
            let corrected = ClusterTables(found, places: places)
            texts += [
                ("clusters_corr-FWE.tsv", corrected.clusters), ("peaks_corr-FWE.tsv", corrected.peaks),
                (
                    "clusters_regions_corr-FWE.tsv",
                    ClusterRegionTable(found.clusters, mask: maps.mask, places: places).table
                ),
                ("null.tsv", NullTable(test).table),
            ]
            if let other = findings.result.baseRate { texts.append(("null_baserate.tsv", NullTable(other).table)) }
        }
        if !findings.trust.isEmpty {
            let trust = TrustTables(findings.trust)
            texts += [("trust.tsv", trust.trust), ("evidence.tsv", trust.evidence)]
            if let terms = trust.terms { texts.append(("terms.tsv", terms)) }
            if let cumulative = CumulativeTable(findings: findings.trust).table {
                texts.append(("cumulative.tsv", cumulative))
            }
            if let specificity = trust.specificity(model: findings.result.plan.name) {
                texts.append(("specificity.tsv", specificity))
            }
        }
        if let jackknife = findings.jackknife {
            let tables = JackknifeTables(jackknife)
            texts += [("jackknife.tsv", tables.omissions), ("contributions.tsv", tables.contributions)]
        }
        let foci = FociTable(findings.result.experiments).table
        if !foci.rows.isEmpty { texts.append(("foci.tsv", foci)) }
        for (name, table) in texts {
            try write(table, to: "\(folder)/\(name)", covariates: covariateNames, atlases: places.atlases)
            try add(name)
        }
        if !findings.trust.isEmpty {
            try write(json: FindingPlots(findings.trust), to: "\(folder)/plots.json")
            try add("plots.json")
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
        try write(text: reportHTML, to: Self.reportName)
        try write(json: record, to: "run.json", isDurable: true)
        unlink("\(path)/run.partial.json")
    }

    // MARK: - Parts

    /// Where a model's finished permutations are kept while its test runs.
    ///
    /// - Parameter folder: from ``ModelFindings/folderNames(_:)``, so that no two models share a ledger.
    public func ledgerPath(folder: String) -> String { "\(path)/\(folder)\(Self.ledgerSuffix)" }

    private static let ledgerSuffix = ".permutations.tsv"

    private static let records = ["run.json", "run.partial.json", "run.previous.json"]

    private static let reportName = "report.html"

    /// Folder of the figures that ``writeFigures(template:formats:)`` and `cuneus figure` write.
    static let figuresName = "figures"

    /// Names that no model's folder may have.
    static let reserved = records + [reportName, PaperFolder.name, figuresName, descriptionName, outcomesName]

    private struct PartialRecord: Codable {
        var program = "cuneus"
        var version: String
        var machine: MachineRecord?
    }

    private static func isOurs(_ path: String) -> Bool {
        guard let data = FileManager.default.contents(atPath: path) else { return false }
        return (try? JSONDecoder().decode(PartialRecord.self, from: data))?.program == "cuneus"
    }

    static func makeFolder(_ path: String) throws(ReportingError) { try OutputPlace.make(path) }

    /// Writes maps with their sidecars, several at once.
    ///
    /// - Parameter name: of a map's files within the folder, without an ending.
    /// - Returns: the hashes of the images, in the order of the maps.
    func write(
        _ maps: [ResultMap], mask: Mask, name: @Sendable (ResultMap) -> String
    ) throws(ReportingError) -> [ContentHash] {
        try workers.results(maps.count) { n throws(ReportingError) in
            let (map, file) = (maps[n], name(maps[n]))
            try writeImage(
                mask.scatter(map.values, background: map.background), intent: map.intent,
                description: map.description, to: "\(file).nii.gz")
            try write(json: map.sidecar(software: "Cuneus \(CuneusVersion.text)"), to: "\(file).json")
            return try ContentHash(of: "\(file).nii.gz", at: "\(path)/\(file).nii.gz")
        }
    }

    private func writeBounds(_ findings: ModelFindings, folder: String) throws(ReportingError) -> [ContentHash] {
        let result = findings.result
        guard !result.bounds.isEmpty else { return [] }
        try Self.makeFolder("\(path)/\(folder)/bounds")
        let experiments = ModelFindings.folderNames(result.experiments.map(\.id))
        return try workers.results(2 * result.bounds.count) { n throws(ReportingError) in
            let (bounds, side) = (result.bounds[n / 2], n % 2 == 0 ? "lower" : "upper")
            let name = "\(folder)/bounds/\(experiments[n / 2])_\(side).nii.gz"
            try writeImage(
                result.maps.mask.scatter(n % 2 == 0 ? bounds.lower : bounds.upper),
                intent: .estimate("g \(side) bound"), description: "\(side) bound of g", to: name)
            return try ContentHash(of: name, at: "\(path)/\(name)")
        }
    }

    private func writeImage(
        _ volume: Volume, intent: Intent, description: String, to name: String
    ) throws(ReportingError) {
        let content: [UInt8]
        do {
            content = try NIfTIImage(volume, intent: intent, description: description).encoded(file: "\(path)/\(name)")
        } catch {
            throw ReportingError(path: "\(path)/\(name)", reason: "found \(error.found)", remedy: error.remedy)
        }
        try write(bytes: Gzip.compress(content), to: name)
    }

    func write(text: String, to name: String) throws(ReportingError) {
        try write(bytes: Array(text.utf8), to: name)
    }

    func write(json value: some Encodable, to name: String, isDurable: Bool = false) throws(ReportingError) {
        let bytes: [UInt8]
        do {
            bytes = try CanonicalJSON.bytes(value)
        } catch {
            throw ReportingError(path: "\(path)/\(name)", reason: "\(error)")
        }
        try write(bytes: bytes, to: name, isDurable: isDurable)
    }

    /// For files that are not part of a model, such as figures.
    func write(content: [UInt8], to name: String) throws(ReportingError) { try write(bytes: content, to: name) }

    private func write(bytes: [UInt8], to name: String, isDurable: Bool = false) throws(ReportingError) {
        do {
            try AtomicFile.write(bytes, to: "\(path)/\(name)", isDurable: isDurable)
        } catch {
            throw ReportingError(error)
        }
    }
}
