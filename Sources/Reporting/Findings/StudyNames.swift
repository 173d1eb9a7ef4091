import Evidence
import Foundation

/// What experiments are called in figures: the study's name with its year, where the study table has them, rather than an id.
struct StudyNames {
    private let names: [String: String]

    /// Of studies and years that several experiments have, the id follows in brackets.
    init(_ experiments: [Experiment]) {
        let labels = experiments.map { ($0.id, Self.label($0)) }
        let counts = Dictionary(grouping: labels, by: \.1).mapValues(\.count)
        names = Dictionary(
            labels.map { id, label in
                (id, counts[label, default: 0] > 1 ? "\(label) (\(Self.rest(id, of: label)))" : label)
            },
            uniquingKeysWith: { first, _ in first })
    }

    /// The id itself where nothing better is known; of combined experiments, joined by ` + `, each.
    func callAsFunction(_ id: String) -> String {
        names[id] ?? id.components(separatedBy: " + ").map { names[$0] ?? $0 }.joined(separator: " + ")
    }

    /// For studies of a place.
    func table(_ ids: [String]) -> [String: String] {
        Dictionary(ids.map { ($0, self($0)) }, uniquingKeysWith: { first, _ in first })
    }

    private static func label(_ experiment: Experiment) -> String {
        let author = text(experiment, "author") ?? text(experiment, "authors")
        let study = author ?? (experiment.study.isEmpty ? experiment.id : experiment.study)
        let spaced = spaced(study)
        guard let year = text(experiment, "year"), !spaced.contains(year) else { return spaced }
        return "\(spaced) \(year)"
    }

    /// `Sakai2006` as `Sakai 2006`; other names as they are.
    private static func spaced(_ name: String) -> String {
        guard let match = name.wholeMatch(of: /(\p{L}[\p{L}'-]*\p{L})_?((?:19|20)\d\d[a-z]?)/) else { return name }
        return "\(match.1) \(match.2)"
    }

    private static func text(_ experiment: Experiment, _ column: String) -> String? {
        let value = experiment.covariates.first { $0.key.lowercased() == column }?.value
        switch value {
        case .number(let number): return NumberText.shortest(number)
        case .text(let text): return text.isEmpty ? nil : text
        case .missing, nil: return nil
        }
    }

    /// What an id adds to the label: `prepost` of `Sakai2006_prepost`.
    private static func rest(_ id: String, of label: String) -> String {
        let joined = label.replacingOccurrences(of: " ", with: "")
        guard id.hasPrefix(joined) else { return id }
        let rest = id.dropFirst(joined.count).drop { "_- ".contains($0) }
        return rest.isEmpty ? id : String(rest)
    }
}
