public import Claims
public import Evidence
public import Imaging

/// A ledger judged, ready for its page, its tables and the report.
public struct ClaimsReview: Sendable {
    public var project: String
    public var ledger: ClaimLedger
    public var claims: [JudgedClaim]
    /// Of the analysis; regions are drawn in it.
    public var mask: Mask
    /// Mask positions of each region that was found.
    public var voxels: [ClaimRegion: [Int32]]
    public var notices: [Notice]
    /// Settings in force, for the record: name and value.
    public var settings: [(name: String, value: String)]

    public init(
        project: String, ledger: ClaimLedger, claims: [JudgedClaim], mask: Mask, voxels: [ClaimRegion: [Int32]],
        notices: [Notice] = [], settings: [(name: String, value: String)] = []
    ) {
        self.project = project
        self.ledger = ledger
        self.claims = claims
        self.mask = mask
        self.voxels = voxels
        self.notices = notices
        self.settings = settings
    }

    /// How many claims have a grade.
    public func count(_ grade: ClaimGrade) -> Int { claims.count { $0.grade == grade } }
}
