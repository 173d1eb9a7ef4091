import Cuneus
import Foundation

/// The reference shelf: real inputs and outputs of other programs, beside the checkout and never part of it.
struct Shelf {
    let path: String

    /// `path`, else `CUNEUS_SHELF`, else `../shared`.
    init?(_ path: String?) {
        let candidates = [path, ProcessInfo.processInfo.environment["CUNEUS_SHELF"], "../shared"].compactMap { $0 }
        guard let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0 + "/oracle/sdm-psi") })
        else { return nil }
        self.path = found
    }

    var oracle: String { path + "/oracle/sdm-psi" }

    func volume(_ name: String) throws -> Volume { try NIfTIImage(contentsOf: oracle + "/" + name).volume(0) }
}
