/// Numbers of participants that cannot be right.
enum SizeChecks {
    /// - Parameter needsEffects: whether a method asks for effect sizes; where foci are in a place, any n will do.
    static func notices(_ experiment: Experiment, needsEffects: Bool) -> [Notice] {
        let (n1, n2) = (experiment.n1, experiment.n2)
        // A missing n1 is the reader's to report.
        guard n1 > 0 else { return [] }
        if needsEffects, experiment.measure == .correlation, n1 < 4 {
            return [
                Notice(
                    .error, code: "n-too-small", at: experiment.source,
                    "experiment \"\(experiment.id)\" is a correlation over n1 = \(n1): its variance, 1/(n - 3), needs 4.",
                    remedy: "Leave it out, or correct n.")
            ]
        }
        if needsEffects, n1 < 3 && n2 == 0 || n2 > 0 && n1 + n2 < 5 {
            return [
                Notice(
                    .error, code: "n-too-small", at: experiment.source,
                    "experiment \"\(experiment.id)\" has n1 = \(n1)\(n2 > 0 ? ", n2 = \(n2)" : ""): "
                        + "too few for an effect size with a variance.",
                    remedy: "Leave case studies out, or correct n.")
            ]
        }
        if n2 > 0, min(n1, n2) < 3 {
            return [
                Notice(
                    .warning, code: "n-implausible", at: experiment.source,
                    "experiment \"\(experiment.id)\" has groups of \(n1) and \(n2).", remedy: "Check n1 and n2.")
            ]
        }
        if experiment.n > 5000 {
            return [
                Notice(
                    .warning, code: "n-implausible", at: experiment.source,
                    "experiment \"\(experiment.id)\" has \(experiment.n) participants.", remedy: "Check n1 and n2.")
            ]
        }
        return []
    }

    /// A note for the samples of which several experiments have a second group of one size: whether their first groups are
    /// the same people is not known, and changes how many people there are.
    static func sharedControls(_ experiments: [Experiment]) -> [Notice] {
        let bySample = Dictionary(grouping: experiments.filter { $0.n2 > 0 }, by: \.sample)
        let found = bySample.values.filter { members in
            members.count > 1 && Set(members.map(\.n2)).count == 1 && !members.contains(where: \.sharesControls)
        }.compactMap { members in members.dropFirst().first }
        guard let first = experiments.first(where: { experiment in found.contains { $0.id == experiment.id } }),
            let mate = bySample[first.sample]?.first
        else { return [] }
        let more = found.count > 1 ? ", as those of \(found.count - 1) more samples" : ""
        return [
            Notice(
                .note, code: "shares-controls-unsaid", at: first.source,
                "experiments \"\(mate.id)\" and \"\(first.id)\" share sample \"\(first.sample)\" and are counted as the same "
                    + "people\(more).",
                remedy: "If only their second groups (the controls) are the same, write yes for them in a column "
                    + "shares_controls: the first groups are then counted each.")
        ]
    }
}
