import Figures
import Foundation
import Synthesis

/// Columns of a table that say how far a study can be trusted, in the words of RoB 2, ROBINS-I and their like.
struct RiskLights {
    var domains: [String]
    var studies: [(name: String, lights: [TrafficLightPlot.Light])]

    /// Domain names of RoB 2 (D1–D5), ROBINS-I (D1–D7) and the Cochrane tool of 2011, and what people call a total.
    private static let known: Set<String> = [
        "d1", "d2", "d3", "d4", "d5", "d6", "d7", "overall", "rob_overall", "rob", "risk_of_bias", "randomization",
        "randomisation", "deviations", "missing", "missing_data", "measurement", "selection", "selection_of_result",
        "confounding", "classification", "sequence_generation", "allocation_concealment",
        "blinding", "incomplete_data", "selective_reporting",
    ]

    init(_ effects: [SynthesisEffect]) {
        let columns = Set(effects.flatMap(\.cells.keys)).sorted()
        // Only words are read: what a number in such a column means differs from table to table.
        domains = columns.filter { column in
            let isNamed = Self.known.contains(column.lowercased()) || column.lowercased().hasPrefix("rob_")
            let values = effects.compactMap { $0.group(column) }
            return isNamed && !values.isEmpty && values.allSatisfy { Self.light($0) != nil }
        }
        studies = []
        guard !domains.isEmpty else { return }
        var seen: Set<String> = []
        for effect in effects where seen.insert(effect.study).inserted {
            studies.append((effect.study, domains.map { effect.group($0).flatMap(Self.light) ?? .unknown }))
        }
    }

    /// nil for a word of no scale.
    static func light(_ text: String) -> TrafficLightPlot.Light? {
        switch text.lowercased().trimmingCharacters(in: .whitespaces) {
        case "low", "low risk", "+", "good": .low
        case "some", "some concerns", "moderate", "moderate risk", "fair", "unclear risk": .some
        case "high", "high risk", "serious", "critical", "serious risk", "critical risk", "x", "×", "poor": .high
        case "unclear", "no information", "ni", "?", "unknown": .unknown
        default: nil
        }
    }
}
