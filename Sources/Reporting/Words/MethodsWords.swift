import Comparison
import Figures

/// What the methods of a model come to, in a few sentences.
struct MethodsWords {
    let comparison: ModelComparison
    let places: PlaceNamer

    init(_ comparison: ModelComparison, places: PlaceNamer) {
        self.comparison = comparison
        self.places = places
    }

    var text: String { ([counts] + overlap).joined(separator: " ") }

    private var counts: String {
        let parts = comparison.views.map { view -> String in
            guard let peak = view.findings.max(by: { abs($0.z) < abs($1.z) }) else { return "\(view.name) none" }
            let name = places.line(peak.peak)
            return "\(view.name) \(PrettyNumber.count(view.findings.count)), the strongest at MNI "
                + ReportSummary.place(peak.peak) + (name.isEmpty ? "" : " (\(name))")
        }
        guard !parts.isEmpty else { return "No method could be run." }
        return "Clusters that survive: \(parts.joined(separator: "; "))."
    }

    private var overlap: [String] {
        guard let agreement = comparison.agreement else { return [] }
        let volume = comparison.views.first?.voxelVolume ?? 0
        func text(_ voxels: Int) -> String { "\(PrettyNumber.count(Int((Double(voxels) * volume).rounded()))) mm³" }
        let any = agreement.count.count { $0 > 0 }
        guard any > 0 else { return ["Nothing survives in any of them."] }
        var sentences = [
            agreement.methods == 2
                ? "\(text(any)) survive in at least one, \(text(agreement.unanimous)) in both."
                : "\(text(any)) survive in at least one, \(text(agreement.count.count { $0 > 1 })) in two or more, "
                    + "\(text(agreement.unanimous)) in all \(agreement.methods)."
        ]
        if agreement.contradictions > 0 {
            sentences.append("In \(text(agreement.contradictions)) they contradict each other about the direction.")
        }
        let alone = agreement.exclusives.count
        if alone > 0 {
            sentences.append(
                "\(PrettyNumber.plural(alone, "cluster")) \(alone == 1 ? "is" : "are") found by one method alone.")
        }
        return sentences
    }
}
