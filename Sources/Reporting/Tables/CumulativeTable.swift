import Appraisal
import Evidence
import Statistics

/// `cumulative.tsv`: the effect at each finding after one experiment more, in the order of the years.
struct CumulativeTable {
    let findings: [FindingCard]

    /// A row per finding and experiment that speaks there; nil where no finding has a sequence.
    var table: TextTable? {
        let rows = findings.enumerated().flatMap { n, finding -> [[String]] in
            let steps = finding.assessment.posterior?.cumulative?.steps ?? []
            return steps.enumerated().map { step, value in
                [
                    String(n + 1), finding.cluster.map { String($0) } ?? NumberText.missing, String(step + 1), value.id,
                    String(value.year), number(value.mean), number(value.deviation), number(value.interval.lower),
                    number(value.interval.upper), number(value.tau2),
                ]
            }
        }
        return rows.isEmpty ? nil : TextTable(header: Self.header, rows: rows)
    }

    static let header = [
        "finding", "cluster", "step", "experiment", "year", "effect", "sd", "ci_low", "ci_high", "tau2",
    ]

    private func number(_ value: Double) -> String { NumberText.significant(value, 6) }
}
