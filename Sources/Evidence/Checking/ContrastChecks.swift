/// What the names of contrasts say against how they were entered: two groups with one number of people, and the two
/// directions of one contrast as two experiments.
enum ContrastChecks {
    static let column = "contrast"
    private static let mostNames = 3

    /// One warning for all experiments that compare two groups by their name and have one number of participants.
    ///
    /// `Subjects=36` of "Patients > Controls" is 18 and 18. Taken for one group, g is half of what it was.
    static func oneGroup(_ experiments: [Experiment]) -> [Notice] {
        let found = experiments.filter { experiment in
            experiment.n1 > 0 && experiment.n2 == 0 && experiment.measure == .change
                && sides(of: experiment)?.comparesGroups == true
        }
        guard let first = found.first else { return [] }
        let who =
            found.count == 1
            ? "experiment \"\(first.id)\" compares two groups by its name (\(name(of: first))) but has"
            : "\(found.count) experiments compare two groups by their names "
                + "(\(found.prefix(mostNames).map { "\"\($0.id)\": \(name(of: $0))" }.joined(separator: ", "))"
                + "\(found.count > mostNames ? " ..." : "")) but have"
        return [
            Notice(
                .warning, code: "one-group", at: first.source,
                "\(who) one number of participants: taken for one group, its effect is about half of what it is of two.",
                remedy:
                    "Give both sizes: --groups 18/18, or --groups with a table of study, n1 and n2; in the file itself "
                    + "//Subjects=18/18 (Sleuth), \"sample_sizes\": [18, 18] (NIMADS), columns n1 and n2 (tables).")
        ]
    }

    /// A note for a Sleuth file, which has one number for every experiment, whatever it compares.
    static func sleuthSizes(_ project: Project) -> [Notice] {
        guard project.format == .sleuth, let first = project.experiments.first(where: { $0.n1 > 0 && $0.n2 == 0 })
        else {
            return []
        }
        return [
            Notice(
                .note, code: "sleuth-subjects", at: first.source,
                "Subjects of a Sleuth file is taken for the size of one group, as of a contrast within people.",
                remedy: "Of comparisons of two groups give both sizes, such as --groups 18/18.")
        ]
    }

    /// A warning for each sample with experiments of which some show increases only and others decreases only: perhaps the
    /// two directions of one contrast, of which each is silent where the other has its peak.
    static func directionsApart(_ experiments: [Experiment]) -> [Notice] {
        var order: [String] = []
        var bySample: [String: [Experiment]] = [:]
        for experiment in experiments where experiment.peaks.count > 0 {
            if bySample[experiment.sample] == nil { order.append(experiment.sample) }
            bySample[experiment.sample, default: []].append(experiment)
        }
        return order.compactMap { sample in
            let members = bySample[sample] ?? []
            guard members.count > 1 else { return nil }
            let up = members.filter { sign(of: $0) > 0 }
            let down = members.filter { sign(of: $0) < 0 }
            for a in up {
                guard let b = down.first(where: { mayBeOne(a, $0) }) else { continue }
                return Notice(
                    .warning, code: "directions-apart", at: b.source,
                    "experiments \"\(a.id)\" and \"\(b.id)\" share sample \"\(sample)\"; one has increases only, the other "
                        + "decreases only. If they are the two directions of one contrast, each is silent where the other "
                        + "has its peak, and their mean halves both.",
                    remedy:
                        "Keep one row and give it all peaks with their signs; two Sleuth files can be given together: "
                        + "cuneus run increases.txt:+ decreases.txt:-.")
            }
            return nil
        }
    }

    /// Contrasts whose names compare the same, or do not say what they compare.
    private static func mayBeOne(_ a: Experiment, _ b: Experiment) -> Bool {
        guard a.n1 == b.n1, a.n2 == b.n2 else { return false }
        guard let x = sides(of: a), let y = sides(of: b) else { return true }
        return x.sides == y.sides
    }

    private static func sign(of experiment: Experiment) -> Int {
        guard let sign = experiment.peaks.first?.height.sign else { return 0 }
        return experiment.peaks.allSatisfy { $0.height.sign == sign } ? sign : 0
    }

    private static func sides(of experiment: Experiment) -> ContrastSides? { ContrastSides(name(of: experiment)) }

    /// The contrast where a column says it, else the names.
    private static func name(of experiment: Experiment) -> String {
        if case .text(let contrast) = experiment.covariates[column] ?? .missing { return contrast }
        return ContrastSides(experiment.study) == nil ? experiment.id : experiment.study
    }
}
