import Evidence
import Figures
import Formats
import Inference
import PrimaryStudy

/// What was asked for beyond the test, on the page: other intervals and sizes, a robust fit, q, a continued tail, what contrasts have in
/// common, and whose change is reliable.
struct StudyAddenda {
    let result: StudyResult

    init(_ result: StudyResult) { self.result = result }

    // MARK: - Of one finding

    func facts(_ finding: StudyFinding) -> [(String, String)] {
        var rows: [(String, String)] = []
        if result.choices.continuesTail {
            let counted = "counted: the value is below the tail, or no tail fits"
            rows.append(
                (
                    "p, tail continued",
                    finding.tailP.map { "\(NumberText.significant($0, 2)): an extrapolation, not counted" } ?? counted
                ))
        }
        if let q = result.falseDiscoveries {
            let least = finding.cluster.voxels.map { q[Int($0)] }.filter { !$0.isNaN }.min() ?? 1
            rows.append(("False discovery rate", "q = \(NumberText.significant(Double(least), 2)) at its lowest"))
        }
        if result.robust != nil {
            let value = result.robust(at: finding.cluster.peak.position).map { PrettyNumber.fixed($0, 2) } ?? "–"
            rows.append(
                (
                    "Robust \(result.inference.contrast.isJoint ? "F" : "t") at the peak",
                    "\(value) (bisquare, not permuted)"
                ))
        }
        let intervals = [("here", finding.effect), ("cross-validated", finding.validated)].compactMap { name, effect in
            effect?.bootstrap.map {
                "\(name) \(PrettyNumber.fixed($0.lower, 2)) to \(PrettyNumber.fixed($0.upper, 2))"
            }
        }
        if !intervals.isEmpty {
            rows.append(("95 % by drawing people anew", "\(intervals.joined(separator: "; ")) (BCa bootstrap)"))
        }
        if let within = finding.within {
            let r =
                within.correlation.isFinite
                ? ", r of the two sessions \(PrettyNumber.fixed(within.correlation, 2))" : ""
            rows.append(
                (
                    "In spreads between people",
                    "d_av = \(PrettyNumber.fixed(within.dav, 2))\(r): what compares with differences of groups; d_z is in spreads of changes"
                ))
        }
        return rows
    }

    // MARK: - Of the whole study

    /// Below the paragraph on the test.
    var html: HTML {
        var html = HTML()
        if result.choices.continuesTail { html += HTML.element("p", [], tail) }
        if result.falseDiscoveries != nil {
            html += HTML.element(
                "p", [],
                "q: of the voxels up to a q, that share is expected to be false (Benjamini and Hochberg), by p that were counted at each "
                    + "voxel. It is no correction for having looked everywhere: one of the voxels may be false at any q."
            )
        }
        if let robust = result.robust { html += HTML.element("p", [], weights(robust)) }
        if let conjunction = result.conjunction { html += common(conjunction) }
        if !result.reliability.isEmpty { html += reliability }
        return html
    }

    private var tail: String {
        guard let tail = result.tail else {
            return result.inference.rearrangements.isExhaustive
                ? "All arrangements were made: p are exact, and there is no tail to continue."
                : "No generalised Pareto distribution fits the tail of the \(PrettyNumber.count(result.inference.rearrangements.count)) arrangements: p are counted."
        }
        return
            "Where p is called an extrapolation, a generalised Pareto distribution continues the upper "
            + "\(PrettyNumber.fixed(100 * Double(tail.exceedances) / Double(tail.permutations), 0)) % of the \(PrettyNumber.count(tail.permutations)) "
            + "arrangements (Winkler et al. 2016; fit p = \(NumberText.significant(tail.fitP, 2))). Findings are called by counted p; more "
            + "permutations are better than a longer tail."
    }

    private func weights(_ robust: RobustMaps) -> String {
        let pairs = zip(result.participants.units.map(\.subject), robust.meanWeights).filter { $0.1.isFinite }
        let lowest = pairs.sorted { $0.1 < $1.1 }.prefix(3).map { "\($0.0) \(PrettyNumber.fixed($0.1, 2))" }
        return
            "A robust fit (Tukey's bisquare) stands beside least squares as a second opinion; it was not permuted. The people who count least in it, by mean weight "
            + "over the voxels: \(lowest.joined(separator: ", ")) (1: as all others). robust_weights.tsv has everybody."
    }

    private func common(_ conjunction: StudyResult.Conjunction) -> HTML {
        let list = conjunction.contrasts.joined(separator: "; ")
        let places = conjunction.places.map {
            "\($0.name) (\($0.cluster.sign > 0 ? "higher" : "lower") in all, p = \(StudyWords(result).corrected($0.correctedP)))"
        }
        let found =
            places.isEmpty
            ? "Nothing passes in every one."
            : "\(PrettyNumber.plural(places.count, "place")): \(places.prefix(6).joined(separator: "; "))\(places.count > 6 ? " and \(places.count - 6) more in conjunction.tsv" : "")."
        return HTML.element(
            "p", [],
            "Conjunction of \(list): the least statistic, and the largest corrected p, against the null that at least one has no effect (Nichols "
                + "et al. 2005). \(found)")
    }

    private var reliability: HTML {
        let isEstimated = result.reliability.contains { $0.estimate != nil }
        let rows = result.reliability.map { region -> [HTML] in
            let icc = region.estimate
            let interval = icc.map {
                "\(PrettyNumber.fixed($0.consistencyInterval.lowerBound, 2)) to \(PrettyNumber.fixed($0.consistencyInterval.upperBound, 2))"
            }
            let up = region.people.count { $0.isReliable && $0.last > $0.first }
            let down = region.people.count { $0.isReliable && $0.last < $0.first }
            return [
                .text(region.region),
                .text(PrettyNumber.fixed(region.change.reliability, 2) + (interval.map { " (\($0))" } ?? " (stated)")),
                .text(icc.map { PrettyNumber.fixed($0.agreement, 2) } ?? "–"),
                .text(NumberText.significant(region.change.smallestReliable(), 3)),
                .text("\(up) up, \(down) down, of \(region.people.count)"),
                .text(region.expectedOfGroup.map { NumberText.significant($0, 3) } ?? "–"),
            ]
        }
        let table = HTMLTable(
            caption: "Reliability of the values, and whose change is more than it would make",
            columns: [
                .init("Region", wide: true), .init("Reliability (95 %)", number: true),
                .init("Agreement", number: true),
                .init("Smallest reliable change", number: true), .init("Reliably changed", number: true),
                .init("By regression to the mean", number: true),
            ], rows: rows)
        let source =
            isEstimated
            ? "Reliability: consistency ICC(3,1) of sessions without treatment (agreement: ICC(2,1)); mean and spread are theirs. "
            : "The reliability was stated; mean and spread are those of the first values, so what regression to the mean does to the group cannot be told. "
        return HTML.element(
            "p", [],
            source
                + "A change is reliable where it is beyond what unreliability makes in 95 % of people who did not change (Jacobson and Truax 1991). "
                + "reliable_change.tsv has each person.") + table.html
    }
}
