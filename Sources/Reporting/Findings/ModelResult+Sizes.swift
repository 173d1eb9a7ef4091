import Evidence
import SeedBasedMapping

extension ModelResult {
    /// Whether what is pooled differs in its number of people, a sample of several experiments counted by its largest: then studies
    /// change places within strata only (Docs/covariate-test.md).
    var hasStudiesOfSeveralSizes: Bool {
        guard settings.samples == .combine else { return Set(experiments.map(\.n)).count > 1 }
        let sizes = Dictionary(grouping: experiments, by: \.sample).values.map { $0.map(\.n).max() ?? 0 }
        return Set(sizes).count > 1
    }
}
