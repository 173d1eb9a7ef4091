import Foundation
public import Testing

/// The reference shelf: real data and outputs of other programs, beside the checkout and never part of it.
///
/// Tests that need it are skipped, with the reason, where it is absent.
public enum Shelf {
    /// `$CUNEUS_SHELF`, else `../shared` beside the package; nil when there is neither.
    public static let path: String? = {
        let package = URL(fileURLWithPath: Checkout.path)
        let candidates: [String?] = [
            ProcessInfo.processInfo.environment["CUNEUS_SHELF"],
            package.deletingLastPathComponent().appendingPathComponent("shared").path,
        ]
        return candidates.compactMap { $0 }.first { FileManager.default.fileExists(atPath: $0 + "/oracle") }
    }()

    public static let isHere = path != nil

    /// Why a test is skipped.
    public static let absence: Comment = "no reference shelf at ../shared or $CUNEUS_SHELF"

    /// Path of a file on the shelf; nil when it is not there.
    public static func file(_ name: String) -> String? {
        guard let path, FileManager.default.fileExists(atPath: "\(path)/\(name)") else { return nil }
        return "\(path)/\(name)"
    }
}
