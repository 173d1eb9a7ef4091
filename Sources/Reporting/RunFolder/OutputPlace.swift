import Formats
import Foundation
package import Imaging

/// A place that results are to be written to: made, locked and tried before anything is computed.
package enum OutputPlace {
    /// Makes a folder, if it is not there, with those above it.
    package static func make(_ path: String) throws(ReportingError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw ReportingError(
                path: path, reason: "the folder cannot be made: \(FileProblem.reason(error))",
                remedy: "Name another place, or change the permissions.")
        }
    }

    /// Keeps a folder for this process until the lock is released.
    ///
    /// - Throws: where another process writes there, or nothing can be written.
    package static func lock(folder path: String) throws(ReportingError) -> FileLock {
        do throws(FileLock.Problem) {
            return try FileLock.folder(path)
        } catch {
            throw ReportingError(error, path: path)
        }
    }

    /// Keeps a file that is to be written for this process until the lock is released. Its folder must be there.
    ///
    /// - Throws: where another process writes it, or nothing can be written there.
    package static func lock(file path: String) throws(ReportingError) -> FileLock {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw ReportingError(path: path, reason: "is a folder", remedy: "Name a file.")
        }
        do throws(FileLock.Problem) {
            return try FileLock.file(path)
        } catch {
            throw ReportingError(error, path: path)
        }
    }
}

extension ReportingError {
    init(_ problem: FileLock.Problem, path: String) {
        switch problem {
        case .taken(let holder):
            self.init(
                path: path,
                reason: "another cuneus\(holder.map { " (process \($0))" } ?? "") is writing there",
                remedy: "Wait until it has ended, or name another place.")
        case .failed(let failure):
            self.init(path: path, reason: "nothing can be written there: \(failure.reason)", remedy: failure.remedy)
        }
    }
}
