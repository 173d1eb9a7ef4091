import Evidence
import Figures
import Formats
import Imaging
import Inference
import PrimaryStudy

/// What the terminal shows when a study is done.
public struct StudyOutline: Sendable {
    let result: StudyResult

    public init(_ result: StudyResult) { self.result = result }

    public var text: String {
        let words = StudyWords(result)
        var lines = ["\(result.participants.title), \(words.people); \(result.area.words)"]
        if let caution = result.area.caution { lines.append(caution) }
        lines.append("")
        let shown = result.findings.isEmpty ? Array(result.others.prefix(3)) : Array(result.findings.prefix(12))
        lines.append(
            result.findings.isEmpty
                ? "Nothing survives correction (\(result.choices.correction.rawValue), p <= \(NumberText.shortest(result.choices.level))). Nearest, not corrected:"
                : "\(PrettyNumber.plural(result.findings.count, "finding")) (corrected by \(result.choices.correction.rawValue), p <= \(NumberText.shortest(result.choices.level))):"
        )
        for finding in shown {
            let peak = finding.cluster.peak.coordinate
            let place =
                result.isRegional || finding.name.hasPrefix("(")
                ? "" : " (\((0..<3).map { NumberText.hundredths(peak[$0]) }.joined(separator: ", ")))"
            let kept = finding.without.count(where: \.isKept)
            let stays =
                finding.without.isEmpty ? "" : "; stays in \(kept) of \(finding.without.count) without one person"
            lines.append(
                "  \(finding.name)\(place): \(words.side(finding)), \(words.statisticName) = \(NumberText.fixed(finding.peak, 2)), "
                    + "corrected p = \(words.corrected(finding.correctedP))\(stays)")
        }
        if let conjunction = result.conjunction {
            lines.append(
                "In all of \(conjunction.contrasts.joined(separator: "; ")): \(conjunction.places.isEmpty ? "nothing" : conjunction.places.prefix(6).map { "\($0.name), p = \(words.corrected($0.correctedP))" }.joined(separator: "; "))"
            )
        }
        for region in result.reliability {
            lines.append(
                "  \(region.region): reliability \(NumberText.fixed(region.change.reliability, 2)) (\(region.estimate == nil ? "stated" : "estimated")); "
                    + "\(region.people.count(where: \.isReliable)) of \(region.people.count) changed reliably"
            )
        }
        if let row = result.limits?.rows.last, let detectable = row.detectable {
            lines.append("")
            lines.append(
                "\(PrettyNumber.plural(result.participants.people, "person", "people")): at one \(result.isRegional ? "region" : "voxel") \(result.limits?.isCorrected == true ? "" : "that was named beforehand ")a true \(result.isCorrelation ? "r" : "d") of \(NumberText.fixed(detectable, 2)) is found in four of five studies."
            )
        }
        return lines.joined(separator: "\n")
    }
}
