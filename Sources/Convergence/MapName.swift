/// What a map holds, in the words file names are made of.
public struct MapName: Hashable, Sendable {
    public enum Value: String, Hashable, Sendable, CaseIterable {
        case stat, t, z, p, logp, chi2, prob, est, se, tau2, sigma2, dof, coverage, q = "Q", i2 = "I2", h2 = "H2"
    }
    public enum Level: String, Hashable, Sendable { case voxel, cluster }
    public enum Correction: String, Hashable, Sendable { case fwe = "FWE", fdr = "FDR" }

    public var value: Value
    /// Group, tail of a test or cluster measure: `desc-…`.
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
