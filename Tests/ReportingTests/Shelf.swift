import Foundation

/// The read-only shelf of reference data, where there is one.
enum Shelf {
    static let root: String? = {
        let package = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let candidates: [String?] = [
            ProcessInfo.processInfo.environment["CUNEUS_SHELF"],
            package.deletingLastPathComponent().appendingPathComponent("shared").path, "/work/shared",
        ]
        return candidates.compactMap { $0 }.first { FileManager.default.fileExists(atPath: "\($0)/oracle") }
    }()
}

extension Shelf {
    /// Whether a look at the page with real names is wanted: only when the page is kept.
    static var usesInstalledAtlases: Bool { ProcessInfo.processInfo.environment["CUNEUS_REPORT_TO"] != nil }
}
