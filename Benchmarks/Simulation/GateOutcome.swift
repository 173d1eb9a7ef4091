/// What one replicate of a ``GateCell`` gave: smallest corrected p where findings count, by test, statistic and tail.
public struct GateOutcome: Codable, Hashable, Sendable {
    public var cell: String
    public var replicate: Int
    /// Peaks of all tables.
    public var peaks: Int
    /// By statistic and tail ("voxel+", "tfce-", …).
    public var agreement: [String: Double] = [:]
    /// The permutation of subject images on the same peaks; empty where it was not run.
    public var subjects: [String: Double] = [:]
    /// ALE's on the increases: "voxel", "size", "mass"; empty where it was not run.
    public var ale: [String: Double] = [:]
    /// Of the agreement test.
    public var seconds: Double

    public init(cell: String, replicate: Int, peaks: Int, seconds: Double = 0) {
        self.cell = cell
        self.replicate = replicate
        self.peaks = peaks
        self.seconds = seconds
    }
}
