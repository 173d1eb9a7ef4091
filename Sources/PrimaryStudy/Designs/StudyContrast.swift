/// What is tested of a design: one combination of coefficients (t), or several together (F).
public struct StudyContrast: Hashable, Sendable {
    public let name: String
    /// One number per column of the design, one row per combination; independent of each other.
    public let rows: [[Double]]

    public init(name: String, rows: [[Double]]) {
        self.name = name
        self.rows = rows
    }

    /// One combination of coefficients.
    public init(name: String, _ weights: [Double]) { self.init(name: name, rows: [weights]) }

    /// Whether several combinations are tested together, without a direction.
    public var isJoint: Bool { rows.count > 1 }
}
