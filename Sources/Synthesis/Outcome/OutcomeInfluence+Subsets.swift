import Statistics

extension OutcomeInfluence {
    /// Subsets drawn at most; more change no picture.
    static let mostSubsets = 2000

    /// GOSH: by DerSimonian and Laird, which needs no iteration, whatever the outcome's own estimator.
    mutating func pickSubsets(_ means: StudyMeans) {
        guard means.effects.count > 3,
            let found = try? SubsetPooling(
                effects: means.effects, variances: means.variances, estimator: .dersimonianLaird,
                most: Self.mostSubsets)
        else { return }
        subsets = found
        var with: [[Double]] = Array(repeating: [], count: means.studies.count)
        var without = with
        for subset in found.subsets {
            let members = Set(subset.studies)
            for study in means.studies.indices {
                if members.contains(study) {
                    with[study].append(subset.effect)
                } else {
                    without[study].append(subset.effect)
                }
            }
        }
        for (n, study) in means.studies.enumerated() where !with[n].isEmpty && !without[n].isEmpty {
            subsetMedians[study] = SubsetMedians(with: Self.median(with[n]), without: Self.median(without[n]))
        }
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return 0.5 * (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2])
    }
}
