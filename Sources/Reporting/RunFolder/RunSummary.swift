import Appraisal
import Comparison
import Evidence
import Figures
import Imaging
import Inference
import SeedBasedMapping
import Statistics

/// What a run found, in a few lines for the terminal.
public struct RunSummary: Sendable {
    public let run: RunResults

    public init(_ run: RunResults) { self.run = run }

    /// Lines without colour or markup; no line break at the end.
    ///
    /// - Parameter columns: of the terminal; lines that are longer are broken between words. nil leaves them whole, for those who search them.
    public func text(columns: Int?) -> String {
        guard let columns else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { Self.broken(String($0), columns) }.joined(separator: "\n")
    }

    /// Of which two blanks and more, and what stands before them, are the columns of a table: its last cell goes on below itself, or
    /// where it begins too far to the right, below the line's beginning. Blanks within a line stay as many as they are.
    package static func broken(_ line: String, _ columns: Int) -> String {
        guard line.count > columns else { return line }
        let indent = line.prefix { $0 == " " }.count
        var hang = indent + 2
        if let gap = line.dropFirst(indent).ranges(of: "  ").last {
            let start = line.distance(from: line.startIndex, to: gap.upperBound)
            if start < columns - 16 { hang = start }
        }
        var lines: [String] = []
        var current = String(line.prefix(hang))
        var rest = line.dropFirst(hang)
        var isFresh = true
        while !rest.isEmpty {
            let gap = rest.prefix { $0 == " " }
            let word = rest.dropFirst(gap.count).prefix { $0 != " " }
            rest = rest.dropFirst(gap.count + word.count)
            if !isFresh, !word.isEmpty, current.count + gap.count + word.count > columns {
                lines.append(current)
                current = String(repeating: " ", count: hang)
            } else {
                current += gap
            }
            current += word
            isFresh = false
        }
        return (lines + [current]).joined(separator: "\n")
    }

    /// The same, lines whole.
    public var text: String {
        let models = run.all.map { model in
            ([model.findings.map(block)] + [model.comparison.map { methods($0, isAlone: model.findings == nil) }])
                .compactMap { $0 }.joined(separator: "\n")
        }
        return (models + run.conjunctions.map(common)).joined(separator: "\n\n")
    }

    /// What models have in common.
    private func common(_ conjunction: ModelConjunction) -> String {
        var lines = ["\(ConjunctionSection.name(conjunction)) in common: \(conjunction.criterion)"]
        if conjunction.clusters.isEmpty { lines.append("  nothing") }
        let shown = 10
        let numbers = ConjunctionTable(conjunction: conjunction, places: run.places)
        if !conjunction.clusters.isEmpty {
            lines += Self.aligned(
                [["", "mm3", "x", "y", "z mm", "z", "p", ""]]
                    + conjunction.clusters.prefix(shown).map { cluster in
                        let peak = cluster.peak
                        return [
                            cluster.sign < 0 ? "-" : "+", NumberText.hundredths(numbers.volume(cluster)),
                            NumberText.hundredths(peak.coordinate.x), NumberText.hundredths(peak.coordinate.y),
                            NumberText.hundredths(peak.coordinate.z),
                            NumberText.fixed(Double(conjunction.z[peak.position]), 2),
                            numbers.correctedP(peak).map { NumberText.significant($0, 2) } ?? "",
                            run.places.line(peak.coordinate),
                        ]
                    })
        }
        if conjunction.clusters.count > shown { lines.append("  and \(conjunction.clusters.count - shown) more") }
        if let shared = ConjunctionSection.sharing(conjunction) { lines.append("  \(shared)") }
        return lines.joined(separator: "\n")
    }

    /// One line per method, then what they have in common.
    private func methods(_ comparison: ModelComparison, isAlone: Bool) -> String {
        var lines: [String] = []
        if isAlone {
            lines.append(
                "\(comparison.plan.name): \(PrettyNumber.plural(comparison.experiments.count, "experiment")), "
                    + People(comparison.experiments).words)
        }
        for result in comparison.results {
            lines.append("  \(result.title): \(result.criterion)")
            guard !result.findings.isEmpty else {
                lines.append("  nothing survived")
                continue
            }
            let shown = 10
            lines += Self.aligned(
                [["", "mm3", "x", "y", "z mm", "z", "p", ""]]
                    + result.findings.prefix(shown).map { found in
                        let peak = found.cluster.peak
                        let sign = ["all": "", "negative": "-"][result.direction.rawValue]
                        return [
                            sign ?? (found.cluster.sign < 0 ? "-" : "+"), NumberText.hundredths(found.volume),
                            NumberText.hundredths(peak.coordinate.x), NumberText.hundredths(peak.coordinate.y),
                            NumberText.hundredths(peak.coordinate.z), NumberText.fixed(peak.value, 2),
                            found.corrected.map { NumberText.significant($0.value, 2) } ?? "",
                            run.places.line(peak.coordinate),
                        ]
                    })
            if result.findings.count > shown {
                lines.append("  and \(result.findings.count - shown) more in \(result.label)/clusters.tsv")
            }
        }
        lines += comparison.skipped.map { "  not run: \($0.reason)" }
        if comparison.agreement != nil {
            lines.append("  side by side: \(MethodsWords(comparison, places: run.places).text)")
        }
        return lines.joined(separator: "\n")
    }

    private func block(_ findings: ModelFindings) -> String {
        let result = findings.result
        var lines = [
            "\(result.plan.name): \(PrettyNumber.plural(result.experiments.count, "experiment")), "
                + findings.people.words
        ]
        let shown = 10
        for words in [PermutationWords(result), PermutationWords(baseRateOf: result)].compactMap({ $0 }) {
            lines.append("  \(words.sentence)")
        }
        if let words = PermutationWords(result) { lines += corrected(words) }
        guard !findings.clusters.isEmpty else {
            lines.append(
                result.familyWise == nil
                    ? "  nothing survived: no \(Exploratory.criteria(result.settings))"
                    : "  exploratory, uncorrected: no \(Exploratory.criteria(result.settings))")
            return (lines + regions(findings)).joined(separator: "\n")
        }
        lines.append("  \(Exploratory.criteria(result.settings)); exploratory, uncorrected")
        lines += table(findings.clusters, named: "clusters.tsv") { _, _ in nil }
        return (lines + regions(findings)).joined(separator: "\n")

        /// What survived the correction is the result; it is told before what is exploratory.
        func corrected(_ words: PermutationWords) -> [String] {
            let clusters = findings.corrected.clusters
            guard !clusters.isEmpty else { return ["  \(words.nothing)"] }
            var lines = ["  \(words.criteria): \(PrettyNumber.plural(clusters.count, "cluster"))"]
            lines += table(clusters, named: "clusters_corr-FWE.tsv") { cluster, _ in
                words.p(words.statistic, of: cluster)
            }
            let isBelow = clusters.contains { cluster in
                guard let peak = cluster.peaks.first,
                    let p = words.p(words.statistic, of: cluster)
                else { return false }
                return p < VoxelStatistics(result, at: peak.position).p
            }
            if isBelow { lines.append("  \(PermutationWords.correctedBelowUncorrected)") }
            return lines
        }

        func table(
            _ clusters: [Cluster], named name: String, _ p: (Cluster, ClusterPeak) -> Double?
        ) -> [String] {
            let hasCorrected = clusters.contains { cluster in cluster.peaks.first.flatMap { p(cluster, $0) } != nil }
            let header =
                ["", "voxels", "x", "y", "z mm", result.measure.symbol, "measured/sign/silent", "z", "p"]
                + (hasCorrected ? ["p(FWE)"] : []) + [
                    ""
                ]
            let rows = clusters.prefix(shown).compactMap { cluster in
                row(
                    cluster,
                    corrected: hasCorrected ? cluster.peaks.first.map { peak in p(cluster, peak).map(text) } : nil)
            }
            let more = clusters.count > shown ? ["  and \(clusters.count - shown) more in \(name)"] : []
            return Self.aligned([header] + rows) + more
        }

        func text(_ p: Double) -> String {
            PermutationWords(result)?.text(p) ?? NumberText.significant(p, 2)
        }

        /// - Parameter corrected: nil for a table without such a column; nil within it where there is none.
        func row(_ cluster: Cluster, corrected: String??) -> [String]? {
            guard let peak = cluster.peaks.first else { return nil }
            let at = VoxelStatistics(result, at: peak.position)
            let place = [peak.coordinate.x, peak.coordinate.y, peak.coordinate.z].map(NumberText.hundredths)
            return [cluster.sign < 0 ? "-" : "+", String(cluster.voxels.count)] + place + [
                NumberText.fixed(at.effect, 2), findings.bases[peak.position]?.compact ?? "", NumberText.fixed(at.z, 2),
                NumberText.significant(at.p, 2),
            ] + (corrected.map { [$0 ?? ""] } ?? []) + [
                run.places.line(peak.coordinate)
            ]
        }
    }

    /// The plan's hypotheses on regions.
    private func regions(_ findings: ModelFindings) -> [String] {
        guard !findings.regions.isEmpty else { return [] }
        let rows = findings.regions.map { finding in
            let interval = finding.interval
            return [
                finding.region.name, finding.region.direction.rawValue, NumberText.fixed(finding.estimate.value, 2),
                "\(NumberText.fixed(interval.lower, 2)) to \(NumberText.fixed(interval.upper, 2))",
                PrettyNumber.bayesFactor(finding.overNull, decimals: 2), RegionWords(finding).verdict,
            ]
        }
        return ["  regions of the plan: g, 95 % interval, Bayes factor against no effect"]
            + Self.aligned([["region", "expected", "g", "interval", "BF", ""]] + rows)
    }

    /// Columns padded to the right edge, the last one to the left.
    private static func aligned(_ rows: [[String]]) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { n in rows.compactMap { n < $0.count ? $0[n].count : nil }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { n, cell in
                n == columns - 1 ? cell : String(repeating: " ", count: widths[n] - cell.count) + cell
            }
            var line = "  " + cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
