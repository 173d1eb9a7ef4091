/// Tables of one sign: what they were to show, and whether their peaks agree.
enum DirectionChecks {
    /// A table of as many peaks, all of one sign, was perhaps to show no others.
    static let leastPeaks = 5
    /// How many experiments a notice names.
    private static let mostNames = 3

    /// One warning for each experiment with peaks against its own direction, at the first of them.
    static func contradictions(_ experiments: [Experiment]) -> [Notice] {
        experiments.compactMap { experiment in
            guard let direction = experiment.direction else { return nil }
            let others = experiment.peaks.filter { !direction.allows($0.height) }
            guard let first = others.first else { return nil }
            let sign = first.height.sign < 0 ? "negative" : "positive"
            let more = others.count > 1 ? ", as \(others.count - 1) more of its peaks" : ""
            return Notice(
                .warning, code: "direction-contradicted", at: first.source,
                "experiment \"\(experiment.id)\" is said to report \(direction.rawValue) only, but its peak at "
                    + "\(first.coordinate.inWords) is \(sign)\(more).",
                remedy: "Correct the peak's sign, or write both in the column direction.")
        }
    }

    /// One note for all experiments whose peaks, five or more, go one way, and whose source does not say whether the
    /// table would have shown the other.
    static func unsaid(_ experiments: [Experiment]) -> [Notice] {
        let found = experiments.filter { $0.direction == nil && isOneSided($0.peaks) }
        guard let first = found.first else { return [] }
        let names = found.prefix(mostNames).map { "\"\($0.id)\"" }.joined(separator: ", ")
        let who =
            found.count == 1
            ? "experiment \(names) has \(first.peaks.count) peaks, all of one sign"
            : "\(found.count) experiments have \(leastPeaks) or more peaks, all of one sign "
                + "(\(names)\(found.count > mostNames ? " ..." : ""))"
        return [
            Notice(
                .note, code: "one-direction", at: first.source,
                "\(who); nothing says whether the other sign would have been reported.",
                remedy:
                    "Write both, increases or decreases in the column direction of studies.tsv: what the paper's table "
                    + "was to show. Where it shows nothing, effects are taken to lie between plus and minus the "
                    + "threshold, and of a table of one sign only half of that is known.")
        ]
    }

    private static func isOneSided(_ peaks: [Peak]) -> Bool {
        guard peaks.count >= leastPeaks, let sign = peaks.first?.height.sign, sign != 0 else { return false }
        return peaks.allSatisfy { $0.height.sign == sign }
    }
}
