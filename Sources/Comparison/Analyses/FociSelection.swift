public import Convergence
public import Evidence

/// A model's foci as a map of convergence takes them: one list per map.
public struct FociSelection: Sendable {
    public var direction: MethodResult.Direction
    /// One per experiment, or per sample where experiments are combined; those without a focus too.
    public var sets: [FociSet]

    public var count: Int { sets.reduce(0) { $0 + $1.foci.count } }

    /// Which maps a model's foci make, and what had to be left out.
    ///
    /// A map of convergence has no sign, so increases and decreases get maps of their own unless the settings say otherwise.
    public static func directions(
        _ experiments: [Experiment], settings: Settings
    ) -> (directions: [MethodResult.Direction], notes: [String]) {
        var notes: [String] = []
        let maps = experiments.count { $0.hasMap && $0.foci.isEmpty }
        if maps > 0 {
            notes.append(
                "\(maps) of \(experiments.count) experiments are given as whole-brain maps without foci, which coordinate methods do not "
                    + "see.")
        }
        let heights = experiments.flatMap { $0.foci.map(\.height) }
        let unknown = heights.count { $0 == .unknown }
        let directions: [MethodResult.Direction] =
            switch settings.fociDirection {
            case .all: [.all]
            case .positive: [.positive]
            case .negative: [.negative]
            case .separate where unknown == heights.count: [.all]
            case .separate:
                [.positive, .negative].filter { direction in heights.contains { direction.takes($0) } }
            }
        if unknown > 0, directions != [.all] {
            notes.append("\(unknown) of \(heights.count) foci have no sign and are in none of these maps.")
        }
        return (directions, notes)
    }

    /// Experiments that share a sample become one, as Turkeltaub (2012, doi:10.1002/hbm.21186) advises, where the settings
    /// combine samples and do not ask for GingerALE's habits: to it every block of its file is an experiment.
    public init(_ direction: MethodResult.Direction, of experiments: [Experiment], settings: Settings) {
        self.direction = direction
        let combines = settings.samples == .combine && settings.fociCompatibility != .gingerale
        var sets: [FociSet] = []
        var place: [String: Int] = [:]
        for experiment in experiments {
            if experiment.hasMap, experiment.foci.isEmpty { continue }
            var set = FociSet(experiment)
            set.foci = experiment.foci.filter { direction.takes($0.height) }.map(\.mni)
            guard combines, let known = place[experiment.sample] else {
                place[experiment.sample] = sets.count
                sets.append(set)
                continue
            }
            sets[known].id += " + \(set.id)"
            sets[known].foci += set.foci
            // The people are the same; where the counts differ, the most that took part.
            sets[known].sampleSize = [sets[known].sampleSize, set.sampleSize].compactMap { $0 }.max()
        }
        self.sets = sets
    }
}

extension MethodResult.Direction {
    func takes(_ height: Peak.Height) -> Bool {
        switch (self, height) {
        case (.all, _), (.signed, _): true
        case (.positive, .t(let t)): t > 0
        case (.negative, .t(let t)): t < 0
        case (.positive, .positive), (.negative, .negative): true
        default: false
        }
    }
}
