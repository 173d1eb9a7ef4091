/// What a map of a method holds, in the words file names are made of (NiMARE's).
public struct MapName: Hashable, Sendable {
    public enum Value: String, Hashable, Sendable, CaseIterable {
        case stat, t, z, p, logp, chi2, prob
        /// Share of the experiments that can speak at a voxel.
        case coverage
        /// The tested coefficient (or combination), and its standard error.
        case est, se
        /// Variance between studies; `sigma2`: variance of one participant (sample-size based likelihood).
        case tau2, sigma2
        /// Degrees of freedom of the test; of combined tests, independent images less 1.
        case dof
        /// Residual heterogeneity, I² (a share) and H².
        case q = "Q"
        case i2 = "I2"
        case h2 = "H2"
    }
    public enum Level: String, Hashable, Sendable { case voxel, cluster }
    public enum Correction: String, Hashable, Sendable { case fwe = "FWE", fdr = "FDR" }

    public var value: Value
    /// Group, test or cluster measure; `lower` or `upper` end of an interval: `desc-…`.
    public var label: String?
    public var level: Level?
    public var correction: Correction?
    /// How it was corrected: `montecarlo`, `bonferroni`, `indep` (Benjamini–Hochberg), `negcorr` (–Yekutieli).
    public var method: String?

    public init(
        _ value: Value, label: String? = nil, level: Level? = nil, correction: Correction? = nil,
        method: String? = nil
    ) {
        self.value = value
        self.label = label
        self.level = level
        self.correction = correction
        self.method = method
    }

    /// NiMARE's name, without ending.
    public var nimare: String {
        var text = value.rawValue
        if let label { text += "_desc-\(label)" }
        if let level { text += "_level-\(level.rawValue)" }
        if let correction { text += "_corr-\(correction.rawValue)" }
        if let method { text += "_method-\(method)" }
        return text
    }
}
