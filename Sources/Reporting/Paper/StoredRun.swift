import Foundation
import Imaging

/// The folder of a finished run, read back: its record and its tables.
public struct StoredRun: Sendable {
    /// As the user gave it.
    public let path: String
    public let record: RunRecord

    /// - Throws: ``ReportingError`` where the folder holds no run, or one that is not finished.
    public init(_ path: String) throws(ReportingError) {
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        let place = "\(path)/run.json"
        guard FileManager.default.fileExists(atPath: place) else {
            let isUnderWay = FileManager.default.fileExists(atPath: "\(path)/run.partial.json")
            throw ReportingError(
                path: path,
                reason: isUnderWay ? "the run is not finished" : "the folder holds no run (it has no run.json)",
                remedy: isUnderWay ? "Wait for it, or give its command again." : "Name a folder that cuneus run wrote.")
        }
        self.path = path
        record = try Self.decode(try Self.read(place), at: place)
    }

    private static func decode(_ bytes: [UInt8], at path: String) throws(ReportingError) -> RunRecord {
        do {
            return try JSONDecoder().decode(RunRecord.self, from: Data(bytes))
        } catch {
            throw ReportingError(
                path: path, reason: "is not the record of a run: \(error.localizedDescription)",
                remedy: "Run the analysis again; a record of another version may lack what is asked for.")
        }
    }

    static func read(_ path: String) throws(ReportingError) -> [UInt8] {
        do throws(AtomicFile.Failure) {
            return try AtomicFile.read(path, count: try AtomicFile.size(of: path))
        } catch {
            throw ReportingError(error)
        }
    }

    /// A table of the run; nil where there is none.
    ///
    /// - Parameter name: relative to the run's folder.
    public func table(_ name: String) throws(ReportingError) -> StoredTable? {
        guard FileManager.default.fileExists(atPath: "\(path)/\(name)") else { return nil }
        return StoredTable(String(decoding: try Self.read("\(path)/\(name)"), as: UTF8.self))
    }
}
