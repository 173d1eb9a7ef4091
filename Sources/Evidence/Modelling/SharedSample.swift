import Statistics

/// Experiments of one model that share a sample, and what becomes of them (the setting `samples`).
public struct SharedSample: Hashable, Sendable {
    public var sample: String
    /// At least two, in the order of the study table.
    public var experiments: [Experiment]
    public var rule: Settings.SharedSamples

    public init(sample: String, experiments: [Experiment], rule: Settings.SharedSamples) {
        self.sample = sample
        self.experiments = experiments
        self.rule = rule
    }

    /// The experiment with the smallest sampling variance of an effect of 0; the first of several.
    public var mostPrecise: Experiment {
        experiments.min { $0.scale.constantVariance < $1.scale.constantVariance } ?? experiments[0]
    }

    /// What was done with an experiment, in words for a table; nil for one of another sample.
    public func words(for id: String) -> String? {
        guard experiments.contains(where: { $0.id == id }) else { return nil }
        let others = experiments.map(\.id).filter { $0 != id }.joined(separator: ", ")
        switch rule {
        case .combine: return "combined with \(others)"
        case .precise where id == mostPrecise.id: return "in place of \(others)"
        case .precise: return "left out: less precise than \(mostPrecise.id)"
        case .separate: return "shares its sample with \(others)"
        }
    }

    /// The samples that more than one of the experiments has, in the order of the study table.
    public static func all(in experiments: [Experiment], rule: Settings.SharedSamples) -> [SharedSample] {
        let bySample = Dictionary(grouping: experiments, by: \.sample)
        var seen: Set<String> = []
        return experiments.compactMap { experiment in
            guard let sharing = bySample[experiment.sample], sharing.count > 1, seen.insert(experiment.sample).inserted
            else { return nil }
            return SharedSample(sample: experiment.sample, experiments: sharing, rule: rule)
        }
    }

    /// The experiments as they enter an analysis: of each sample the most precise one (`precise`); those of a sample one
    /// after the other, at the place of the first (`combine`); as they are (`separate`).
    public static func resolved(_ experiments: [Experiment], rule: Settings.SharedSamples) -> [Experiment] {
        let shared = all(in: experiments, rule: rule)
        guard !shared.isEmpty, rule != .separate else { return experiments }
        let bySample = Dictionary(shared.map { ($0.sample, $0) }, uniquingKeysWith: { first, _ in first })
        var seen: Set<String> = []
        return experiments.flatMap { experiment -> [Experiment] in
            guard let sharing = bySample[experiment.sample] else { return [experiment] }
            if rule == .precise { return experiment.id == sharing.mostPrecise.id ? [experiment] : [] }
            return seen.insert(experiment.sample).inserted ? sharing.experiments : []
        }
    }
}
