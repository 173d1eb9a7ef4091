import Evidence
import Figures
import Imaging
import Inference
import SeedBasedMapping

/// What a model found, in plain words that claim no more than the data can carry.
struct ReportSummary {
    let findings: ModelFindings
    let places: PlaceNamer
    /// Whether the threshold is spelt out; no where a model before it has the same.
    var spellsOutThreshold = true

    /// A few sentences about one model.
    var text: String {
        ([material] + fewness + (findings.clusters.isEmpty ? [nothing] : [counts] + strongest) + heterogeneity
            + permutations)
            .joined(separator: " ")
    }

    private var result: ModelResult { findings.result }

    private var permutations: [String] {
        [PermutationWords(result)?.sentence, PermutationWords(baseRateOf: result)?.sentence].compactMap { $0 }
    }

    private var material: String {
        "\(PrettyNumber.plural(result.experiments.count, "experiment")) with "
            + "\(findings.people.words) in all were pooled."
    }

    /// What to say when no cluster is left.
    var nothing: String {
        "Nothing survived the exploratory threshold\(threshold)."
    }

    static let notAbsence =
        "That nothing survived does not show that there is no effect: with few or differing experiments a real effect "
        + "can go unseen."

    private var threshold: String {
        spellsOutThreshold ? " (\(Exploratory.criteria(result.settings)))" : ""
    }

    private var counts: String {
        let positive = findings.clusters.count { $0.sign > 0 }
        let negative = findings.clusters.count - positive
        func number(_ count: Int) -> String { count == 0 ? "none" : PrettyNumber.count(count) }
        let all = findings.clusters.count
        return "At the exploratory threshold\(threshold) "
            + "\(PrettyNumber.plural(all, "cluster")) \(all == 1 ? "was" : "were") found: \(number(positive)) with "
            + "effects above zero, \(number(negative)) below."
    }

    /// Fewer than ten experiments, the least that is usually asked of a meta-analysis of the whole brain.
    private var fewness: [String] {
        guard result.experiments.count < 10 else { return [] }
        return ["With so few experiments the result is unstable: one more or one less can change it."]
    }

    private var strongest: [String] {
        [1, -1].compactMap { sign in
            let peaks = findings.clusters.filter { $0.sign == sign }.compactMap(\.peaks.first)
            guard let peak = peaks.max(by: { abs($0.value) < abs($1.value) }) else { return nil }
            let at = VoxelStatistics(result, at: peak.position)
            let name = places.line(peak.coordinate)
            return "The strongest effect \(sign > 0 ? "above" : "below") zero is at MNI "
                + "\(Self.place(peak.coordinate))\(name.isEmpty ? "" : " (\(name))"): "
                + "\(result.measure.symbol) = \(PrettyNumber.fixed(at.effect, 2)) (95 % CI \(Self.interval(at)))."
        }
    }

    private var heterogeneity: [String] {
        guard let median = findings.medianI2InClusters else { return [] }
        let word = median < 25 ? "little" : median < 50 ? "moderate" : median < 75 ? "substantial" : "considerable"
        return [
            "Experiments differ from each other to a \(word == "little" ? "small" : word) degree inside these clusters "
                + "(median I² \(PrettyNumber.fixed(median, 0)) %)."
        ]
    }

    static func place(_ mni: SIMD3<Double>) -> String {
        [mni.x, mni.y, mni.z].map(PrettyNumber.hundredths).joined(separator: ", ")
    }

    static func interval(_ at: VoxelStatistics) -> String {
        "\(PrettyNumber.fixed(at.interval.low, 2)) to \(PrettyNumber.fixed(at.interval.high, 2))"
    }
}
