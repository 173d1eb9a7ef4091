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
}
