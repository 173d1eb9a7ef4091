import Evidence
import Figures
import SeedBasedMapping

/// What a model did with experiments that share a sample, in a cell of a table.
struct SharingWords {
    let text: String

    init(_ result: ModelResult) {
        let shared = result.sharedSamples
        guard !shared.isEmpty else {
            text = "none"
            return
        }
        let samples = PrettyNumber.plural(shared.count, "sample")
        switch result.settings.samples {
        case .combine:
            let apart = shared.filter { $0.groups.count > 1 }
            let combined = shared.filter { $0.groups.contains { $0.count > 1 } }
            var parts: [String] = []
            if !combined.isEmpty {
                parts.append("\(PrettyNumber.plural(combined.count, "sample")): experiments combined")
            }
            if !apart.isEmpty {
                parts.append(
                    "\(PrettyNumber.plural(apart.count, "sample")): apart, since they differ in "
                        + Set(apart.flatMap(\.differences)).sorted().joined(separator: ", "))
            }
            text = parts.isEmpty ? "none" : parts.joined(separator: "; ")
        case .precise: text = "\(samples): the most precise experiment taken"
        case .separate: text = "\(samples): pooled as if independent"
        }
    }
}
