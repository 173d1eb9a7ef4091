/// Mean, SD and number of people of one group.
public struct GroupSummary: Hashable, Sendable {
    public var mean: Double
    public var sd: Double
    public var n: Double

    public init(mean: Double, sd: Double, n: Double) {
        self.mean = mean
        self.sd = sd
        self.n = n
    }

    /// SD by mean.
    var variation: Double { sd / mean }
}
