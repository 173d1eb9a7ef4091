import SeedBasedMapping

/// What an estimate at a voxel rests on: how many experiments gave a statistic there, how many more have a peak that reaches it,
/// and how many reported nothing near. Of a posterior only; elsewhere the sources of ``StudyEffects`` say it at peaks.
struct Basis {
    let measured: Int
    let reached: Int
    let silent: Int
    /// g under the learnt prior: how large, at our best guess.
    let shrunken: Double

    /// - Returns: nil for a result that is no posterior.
    init?(_ result: ModelResult, at position: Int) {
        guard let found = result.posterior, found.maps.measured.indices.contains(position) else { return nil }
        measured = Int(found.maps.measured[position])
        reached = Int(found.maps.reached[position])
        silent = found.posterior.rows.count { row in
            row.contains { found.posterior.reports[$0].bounds(at: position) != nil }
        } - measured - reached
        shrunken = found.shrunken.map { Double($0.g[position]) } ?? .nan
    }

    /// `3 measured, 2 near, 5 silent`
    var words: String { "\(measured) measured, \(reached) near, \(silent) silent" }
}
