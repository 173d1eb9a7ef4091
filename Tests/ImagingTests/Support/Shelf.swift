import Foundation

/// The read-only folder of reference data that is not part of the package.
enum Shelf {
    /// `CUNEUS_SHELF`, else `../shared` beside the package, else where this project keeps it; nil when absent.
    static let path: String? = {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let candidates: [String?] = [
            ProcessInfo.processInfo.environment["CUNEUS_SHELF"],
            package.deletingLastPathComponent().appendingPathComponent("shared").path, "/work/shared",
        ]
        return candidates.compactMap { $0 }.first { FileManager.default.fileExists(atPath: $0 + "/oracle") }
    }()

    /// Path of a shelf file; nil, with the reason printed, when it is not there.
    static func file(_ name: String) -> String? {
        guard let path, FileManager.default.fileExists(atPath: "\(path)/\(name)") else {
            print("skipped: \(name) is not on a shelf (set CUNEUS_SHELF to its folder)")
            return nil
        }
        return "\(path)/\(name)"
    }
}
