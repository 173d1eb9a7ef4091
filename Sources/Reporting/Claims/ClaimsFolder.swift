import Claims
import Evidence
import Foundation
import Imaging

/// The folder of a judged ledger: `claims.html`, the tables, `claims.json`, `claims.jsonld`, and `badges/` with one SVG a claim.
public struct ClaimsFolder: Sendable {
    public let path: String

    /// - Throws: ``ReportingError`` where it cannot be made.
    public init(_ path: String) throws(ReportingError) {
        self.path = path
        try OutputPlace.make(path)
        try OutputPlace.make("\(path)/badges")
    }

    /// - Returns: the files written, as seen from the folder.
    public func write(_ review: ClaimsReview) throws(ReportingError) -> [String] {
        let lock = try OutputPlace.lock(folder: path)
        defer { withExtendedLifetime(lock) {} }
        let json = ClaimsJSON(review)
        var files = ClaimsTables(review).all.map { ($0.name, $0.table.text) }
        files += [("claims.json", json.text), ("claims.jsonld", json.reviews)]
        files += review.claims.map {
            ("badges/\($0.claim.name).svg", ClaimBadge(judged: $0, caution: review.ledger.caution).svg)
        }
        // The page last: where it stands, the rest is there.
        files.append(("claims.html", ClaimsPage(review).text))
        for (name, text) in files {
            do {
                try AtomicFile.write(Array(text.utf8), to: "\(path)/\(name)")
            } catch {
                throw ReportingError(error)
            }
        }
        return files.map(\.0)
    }
}
