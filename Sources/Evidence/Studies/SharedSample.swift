import Statistics

/// Experiments of one model that share a sample, and what becomes of them (the setting `samples`).
public struct SharedSample: Hashable, Sendable {
    public var sample: String
    /// At least two, in the order of the study table.
    public var experiments: [Experiment]
    public var rule: Settings.SharedSamples
    /// Columns of the model's covariates. Experiments that differ in one cannot stand for one another and are not combined.
    public var covariates: [String]

    public init(
        sample: String, experiments: [Experiment], rule: Settings.SharedSamples, covariates: [String] = []
    ) {
        self.sample = sample
        self.experiments = experiments
        self.rule = rule
        self.covariates = covariates
    }

    /// The experiment with the smallest sampling variance of an effect of 0, of those that have all covariates if there are
    /// any; the first of several.
    public var mostPrecise: Experiment {
        let complete = experiments.filter { $0.has(covariates) }
        return (complete.isEmpty ? experiments : complete)
            .min { $0.scale.constantVariance < $1.scale.constantVariance } ?? experiments[0]
    }

    /// Experiments with the same values of all covariates, which `combine` makes one; without those that lack a value.
    public var groups: [[Experiment]] {
        var groups: [[Experiment]] = []
        for experiment in experiments where experiment.has(covariates) {
            if let index = groups.firstIndex(where: { $0[0].agrees(with: experiment, in: covariates) }) {
                groups[index].append(experiment)
            } else {
                groups.append([experiment])
            }
        }
        return groups
    }

    /// Covariates in which the experiments differ.
    public var differences: [String] {
        let first = groups.map { $0[0] }
        return covariates.filter { column in !first.allSatisfy { $0.agrees(with: first[0], in: [column]) } }
    }

    /// What was done with an experiment, in words for a table; nil for one of another sample.
    public func words(for id: String) -> String? {
        guard experiments.contains(where: { $0.id == id }) else { return nil }
        let others = experiments.map(\.id).filter { $0 != id }.joined(separator: ", ")
        switch rule {
        case .combine: return combinedWords(id)
        case .precise where id == mostPrecise.id: return "in place of \(others)"
        case .precise where experiments.contains { $0.id == id && !$0.has(covariates) }: return nil
        case .precise: return "left out: less precise than \(mostPrecise.id)"
        case .separate: return "shares its sample with \(others)"
        }
    }

    private func combinedWords(_ id: String) -> String? {
        let groups = groups
        guard let own = groups.first(where: { $0.contains { $0.id == id } }) else { return nil }
        let mates = own.map(\.id).filter { $0 != id }
        let apart = groups.flatMap { $0 }.map(\.id).filter { !mates.contains($0) && $0 != id }
        var parts: [String] = []
        if !mates.isEmpty { parts.append("combined with \(mates.joined(separator: ", "))") }
        if !apart.isEmpty {
            parts.append(
                "apart from \(apart.joined(separator: ", ")) of its sample (other \(differences.joined(separator: ", ")))"
            )
        }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    /// The samples that more than one of the experiments has, in the order of the study table.
    /// - Parameter covariates: columns of the model's covariates.
    public static func all(
        in experiments: [Experiment], rule: Settings.SharedSamples, covariates: [String] = []
    ) -> [SharedSample] {
        let bySample = Dictionary(grouping: experiments, by: \.sample)
        var seen: Set<String> = []
        return experiments.compactMap { experiment in
            guard let sharing = bySample[experiment.sample], sharing.count > 1, seen.insert(experiment.sample).inserted
            else { return nil }
            return SharedSample(
                sample: experiment.sample, experiments: sharing, rule: rule, covariates: covariates)
        }
    }

    /// The experiments as they enter an analysis: of each sample the most precise one (`precise`); those that will be one
    /// after the other, at the place of the first (`combine`); as they are (`separate`).
    public static func resolved(
        _ experiments: [Experiment], rule: Settings.SharedSamples, covariates: [String] = []
    ) -> [Experiment] {
        let shared = all(in: experiments, rule: rule, covariates: covariates)
        guard !shared.isEmpty, rule != .separate else { return experiments }
        let bySample = Dictionary(shared.map { ($0.sample, $0) }, uniquingKeysWith: { first, _ in first })
        return experiments.flatMap { experiment -> [Experiment] in
            guard let sharing = bySample[experiment.sample] else { return [experiment] }
            if rule == .precise { return experiment.id == sharing.mostPrecise.id ? [experiment] : [] }
            // An experiment that lacks a covariate stays by itself; the design leaves it out.
            guard let group = sharing.groups.first(where: { $0.contains { $0.id == experiment.id } }) else {
                return [experiment]
            }
            return group[0].id == experiment.id ? group : []
        }
    }

    /// The rows of a pooling or a design: experiments that are combined, else single ones.
    /// - Parameter experiments: as ``resolved(_:rule:covariates:)`` leaves them.
    public static func rows(
        of experiments: [Experiment], rule: Settings.SharedSamples, covariates: [String] = []
    ) -> [Range<Int>] {
        var rows: [Range<Int>] = []
        for (index, experiment) in experiments.enumerated() {
            if rule == .combine, index > 0, experiment.sample == experiments[index - 1].sample,
                experiment.agrees(with: experiments[index - 1], in: covariates)
            {
                rows[rows.count - 1] = rows[rows.count - 1].lowerBound..<index + 1
            } else {
                rows.append(index..<index + 1)
            }
        }
        return rows
    }
}

extension Experiment {
    fileprivate func has(_ columns: [String]) -> Bool { columns.allSatisfy { value(ofColumn: $0) != .missing } }

    fileprivate func agrees(with other: Experiment, in columns: [String]) -> Bool {
        columns.allSatisfy { value(ofColumn: $0) == other.value(ofColumn: $0) }
    }
}
