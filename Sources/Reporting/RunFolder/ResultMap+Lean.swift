extension ResultMap {
    /// What `--lean` keeps of a set of maps that are written together: all but those that follow from another of the set,
    /// voxel by voxel.
    ///
    /// | left out | follows from |
    /// |---|---|
    /// | `p`, `p_tail-positive`, `p_tail-negative` of the effect | `z`: the normal distribution's tails |
    /// | `logp_…` | `p_…` of the same name: −log₁₀ p |
    /// | `H2` | `I2`: 1 / (1 − I²) |
    /// | `r` | `fisherz`: tanh |
    /// | `z_desc-thresholded` | `z` and `label` |
    /// | `z_desc-LABEL` | `g_desc-LABEL` and `se_desc-LABEL` of the same label: their quotient |
    ///
    /// - Parameter p: whether the uncorrected p of the set follow from its z; of methods other than effect sizes they do not.
    static func lean(_ maps: [ResultMap], p: Bool) -> [ResultMap] {
        let names = Set(maps.map(\.name))
        return maps.filter { map in
            switch map.name {
            case "p", "p_tail-positive", "p_tail-negative": return !(p && names.contains("z"))
            case "H2": return !(p && names.contains("I2"))
            case "r": return !names.contains("fisherz")
            case thresholdedName: return !(names.contains("z") && names.contains("label"))
            case _ where map.name.hasPrefix("logp"): return !names.contains("p" + map.name.dropFirst("logp".count))
            case _ where map.name.hasPrefix("z_desc-"):
                let label = map.name.dropFirst("z".count)
                return !(names.contains("g" + label) && names.contains("se" + label))
            default: return true
            }
        }
    }
}
