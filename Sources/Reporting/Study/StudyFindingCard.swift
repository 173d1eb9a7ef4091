import Evidence
import Figures
import Formats
import Imaging
import Inference
import PrimaryStudy

/// One finding of a study on the page: how sure, how large, who shows it, and who carries it.
struct StudyFindingCard {
    let result: StudyResult
    let finding: StudyFinding
    /// Unique on the page.
    let identifier: String
    private let words: StudyWords

    init(_ result: StudyResult, _ finding: StudyFinding, identifier: String) {
        self.result = result
        self.finding = finding
        self.identifier = identifier
        words = StudyWords(result)
    }

    private var design: ParticipantDesign { result.participants }

    var title: String { finding.name }

    var html: HTML {
        HTML.element(
            "div", [("class", "trust"), ("id", identifier)],
            HTML.element(
                "h4", [],
                HTML.text("\(finding.name): \(words.side(finding)) ")
                    + HTML.element("span", [("class", "class")], standing)) + facts + people + carried)
    }

    private var standing: String {
        finding.isCorrected
            ? (result.area.isWholeBrain
                ? "corrected, whole brain"
                : "corrected, \(result.area.kind == .smallVolume ? "SVC only" : "this area only")")
            : "not corrected"
    }

    private var facts: HTML {
        let peak = finding.cluster.peak
        let place = (0..<3).map { PrettyNumber.hundredths(peak.coordinate[$0]) }.joined(separator: ", ")
        var rows: [(String, String)] = []
        if !result.isRegional {
            rows.append(
                (
                    "Peak",
                    "(\(place)) mm, \(words.statisticName) = \(PrettyNumber.fixed(finding.peak, 2)); \(PrettyNumber.plural(finding.cluster.voxels.count, "voxel")), "
                        + "\(PrettyNumber.count(Int(finding.volume.rounded()))) mm³"
                ))
        }
        let all = StudyChoices.Correction.allCases.compactMap { correction in
            finding.byStatistic[correction].map { "\(correction.rawValue) \(words.corrected($0))" }
        }
        rows.append(("Corrected p", "\(words.corrected(finding.correctedP)) (\(all.joined(separator: ", ")))"))
        rows += StudyAddenda(result).facts(finding)
        if let effect = finding.effect {
            let name = StudyWords.symbol(effect)
            rows.append(
                (
                    "Size here",
                    "\(name) = \(StudyWords.effect(effect))\(words.chance): \(result.isRegional ? "of this region; the largest of several is still too large on average" : "too large, the voxels were chosen for it (circular)")"
                ))
        }
        if let validated = finding.validated {
            rows.append(
                (
                    "Size, cross-validated",
                    "\(StudyWords.symbol(validated)) = \(StudyWords.effect(validated)): each person read where the others alone point (their cluster of the same rank)"
                ))
        }
        if let share, share.of > 0 {
            rows.append(
                (
                    "Who shows it",
                    "\(share.with) of \(share.of) people (\(Int((100 * Double(share.with) / Double(share.of)).rounded())) %) have the sign of the mean"
                ))
        }
        return HTML.element(
            "dl", [], rows.map { HTML.element("dt", [], $0.0) + HTML.element("dd", [], $0.1) }.joined())
    }

    private var share: (with: Int, of: Int)? { result.countsPeople ? finding.share : nil }

    // MARK: - Figures

    private var unit: String { result.isRegional ? "value of the region" : "mean of the place's voxels" }

    private var people: HTML {
        var figures = HTML()
        if design.sessions.count > 1 {
            let names = design.question.groups?.names ?? []
            let plot = SpaghettiPlot(
                people: zip(finding.people, finding.trajectories).map { name, values in
                    let group = design.units.first { $0.subject == name }?.group
                    return .init(name: name, values: values, group: group.flatMap { names.firstIndex(of: $0) } ?? 0)
                }, sessions: design.sessions, groups: names, unit: unit, identifier: "\(identifier)-lines")
            let share = plot.share
            let count = names.isEmpty ? " \(share.with) of \(share.of) people go the way of the mean." : ""
            figures += figure(
                plot.html,
                "A line for each person; solid and filled with the mean, dashed and open against it; thick: the mean with its 95 % interval.\(count)"
            )
        } else if !result.isCorrelation {
            let groups = design.question.groups?.names ?? ["all"]
            let plot = PeoplePlot(
                groups: groups.map { name in
                    PeoplePlot.Group(
                        name: groups.count > 1 ? name : "everybody",
                        people: zip(design.units, finding.values).filter { groups.count == 1 || $0.0.group == name }
                            .map { ($0.0.subject, $0.1) })
                }, unit: unit, identifier: "\(identifier)-points")
            figures += figure(plot.html, "A point for each person; the large one is the mean with its 95 % interval.")
        }
        for (place, predictor) in design.predictors.enumerated() {
            let plot = PeopleScatter(
                people: zip(design.units, zip(finding.values, predictor.values)).map { unit, pair in
                    .init(name: unit.subject, score: pair.1, value: pair.0)
                }, scoreName: predictor.name, unit: design.sessions.count > 1 ? "change, \(unit)" : unit,
                identifier: "\(identifier)-scatter\(place > 0 ? "-\(place + 1)" : "")")
            figures += figure(
                plot.html,
                design.predictors.count > 1
                    ? "Read from the voxels that were chosen for this test, so the line is too steep; the other numbers are not held constant in it."
                    : "Read from the voxels that were chosen for this correlation, so the line is too steep; the cross-validated r is above."
            )
        }
        return HTML.element("div", [("class", "figures-pair")], figures + leftOut)
    }

    private var leftOut: HTML {
        guard !finding.without.isEmpty else { return HTML() }
        let needed = finding.without.map(\.needed).filter(\.isFinite).max()
        let sign = finding.cluster.sign < 0 ? -1.0 : 1.0
        let plot = LeftOutPlot(
            runs: finding.without.map { .init(name: $0.subject, value: $0.statistic, isKept: $0.isKept) },
            whole: finding.peak,
            threshold: needed.map { sign * $0 }, unit: "\(words.statisticName) at the peak without the person",
            identifier: "\(identifier)-without")
        return figure(
            plot.html,
            "The study without each person. Dashed: what forms clusters (one-sided p = \(NumberText.shortest(result.choices.clusterP))). Open: nothing of the place passes it."
        )
    }

    private func figure(_ plot: HTML, _ caption: String) -> HTML {
        guard !plot.source.isEmpty else { return HTML() }
        return HTML.element("figure", [], plot + HTML.element("figcaption", [], caption))
    }

    private var carried: HTML {
        guard !finding.without.isEmpty else { return HTML() }
        let carriers = finding.carriers
        let text =
            carriers.isEmpty
            ? "It stays whoever is left out."
            : "Nothing of it passes the cluster-forming threshold without \(carriers.joined(separator: ", ")) (\(carriers.count) of \(finding.without.count) runs)."
        return HTML.element("p", [], HTML.element("b", [], "Who carries it. ") + HTML.text(text))
    }
}
