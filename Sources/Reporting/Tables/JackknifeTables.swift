import Appraisal
import Evidence
import SeedBasedMapping

/// `jackknife.tsv` and `contributions.tsv` of a model: what each cluster loses without an experiment or sample, and what each
/// experiment brings to it. Clusters are numbered as the findings of `trust.tsv`.
struct JackknifeTables {
    let jackknife: Jackknife

    init(_ jackknife: Jackknife) { self.jackknife = jackknife }

    /// One row per cluster and omission, at the cluster's peak.
    var omissions: TextTable {
        TextTable(
            header: [
                "finding", "left_out", "kind", "g", "z", "p", "significant", "voxels_remaining", "voxels", "highest_z",
            ],
            rows: jackknife.clusters.enumerated().flatMap { number, cluster in
                jackknife.omissions.enumerated().map { index, omission in
                    let outcome = cluster.peak.without[index]
                    return [
                        String(number + 1), omission.name, omission.kind.rawValue, NumberText.fixed(outcome.g, 4),
                        NumberText.fixed(outcome.z, 3), NumberText.significant(outcome.p),
                        outcome.isEstimable ? (outcome.isSignificant ? "yes" : "no") : NumberText.missing,
                        omission.problem == nil ? String(cluster.remaining[index]) : NumberText.missing,
                        String(cluster.voxels),
                        NumberText.fixed(cluster.highest[index], 3),
                    ]
                }
            })
    }

    /// One row per cluster and experiment: its share in the pooled effect and in the weights, and what it said there.
    var contributions: TextTable {
        let sources = StudyEffects.Source.allCases
        return TextTable(
            header: ["finding", "experiment", "share_of_effect", "share_of_weight"]
                + sources.map { "voxels_\($0.rawValue)" },
            rows: jackknife.clusters.enumerated().flatMap { number, cluster in
                cluster.contributions.map { part in
                    [
                        String(number + 1), part.id, NumberText.fixed(part.share ?? .nan, 4),
                        NumberText.fixed(part.weight ?? .nan, 4),
                    ] + sources.map { NumberText.fixed(part.sources[$0] ?? 0, 4) }
                }
            })
    }
}
