/// What a standardised difference d between two groups means, for readers who do not think in standard deviations.
///
/// All by two normal distributions of equal spread, d apart. Only a d in units of the spread *between people* may be put
/// in: for change within people use ``init(changeScore:correlation:)``. See Docs/evidence-words.md.
public struct StandardizedDifference: Hashable, Sendable {
    public let d: Double

    public init(_ d: Double) { self.d = d }

    /// From d_z, the mean change over the spread of the changes: d = d_z·√(2(1 − r)).
    ///
    /// - Parameter correlation: r of the two measurements over people.
    public init(changeScore dz: Double, correlation r: Double) { self.init(dz * (2 * (1 - r)).squareRoot()) }

    /// OVL = 2Φ(−|d|/2): the share that the two distributions have in common.
    public var overlap: Double { 2 * Normal.cdf(-abs(d) / 2) }

    /// PS = Φ(d/√2): how often a person drawn from the first group is above one drawn from the second (McGraw & Wong
    /// 1992, doi:10.1037/0033-2909.111.2.361).
    public var probabilityOfSuperiority: Double { Normal.cdf(d * 0.5.squareRoot()) }

    /// Cohen's U₃ = Φ(d): the share of the first group above the middle of the second.
    public var u3: Double { Normal.cdf(d) }

    /// 1/(2·PS − 1): how many to treat for one more success, where success is doing better than an untreated person
    /// (Kraemer & Kupfer 2006, doi:10.1016/j.biopsych.2005.09.014).
    ///
    /// Below zero for harm, infinite for d = 0.
    public var numberNeededToTreat: Double {
        let difference = probabilityOfSuperiority - Normal.cdf(-d * 0.5.squareRoot())
        return difference == 0 ? .infinity : 1 / difference
    }

    /// 1/(Φ(d + Φ⁻¹(CER)) − CER): how many to treat for one more response, when the share CER responds without
    /// (Furukawa & Leucht 2011, doi:10.1371/journal.pone.0019070).
    ///
    /// Below zero for harm, infinite for d = 0.
    public func numberNeededToTreat(controlEventRate rate: Double) -> Double {
        let difference = Normal.cdf(d + Normal.quantile(rate)) - rate
        return d == 0 || difference == 0 ? .infinity : 1 / difference
    }
}
