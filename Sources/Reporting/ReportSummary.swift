import Evidence
import Imaging
import Inference
import Mapping

/// What a model found, in plain words that claim no more than the data can carry.
struct ReportSummary {
    let findings: ModelFindings
    let places: PlaceNamer

    /// A few sentences about one model.
    var text: String {
        ([material] + (findings.clusters.isEmpty ? [nothing] : [counts] + strongest) + heterogeneity)
            .joined(separator: " ")
    }

    private var result: ModelResult { findings.result }

    private var material: String {
        "\(PrettyNumber.plural(result.experiments.count, "experiment")) with "
            + "\(PrettyNumber.plural(findings.participants, "participant")) in all were pooled."
    }

    private var nothing: String {
        "Nothing survived the exploratory threshold (\(Exploratory.criteria(result.settings))). This does not show "
            + "that there is no effect: with few or differing experiments a real effect can go unseen."
    }

    private var counts: String {
        let positive = findings.clusters.count { $0.sign > 0 }
        let negative = findings.clusters.count - positive
        return "At the exploratory threshold (\(Exploratory.criteria(result.settings))) "
            + "\(PrettyNumber.plural(positive, "cluster")) of effects above zero and "
            + "\(PrettyNumber.count(negative)) below zero \(positive + negative == 1 ? "was" : "were") found."
    }

    private var strongest: [String] {
        [1, -1].compactMap { sign in
            let peaks = findings.clusters.filter { $0.sign == sign }.compactMap(\.peaks.first)
            guard let peak = peaks.max(by: { abs($0.value) < abs($1.value) }) else { return nil }
            let at = VoxelStatistics(result.maps, at: peak.position)
            let name = places.line(peak.coordinate)
            return "The strongest effect \(sign > 0 ? "above" : "below") zero is at MNI "
                + "\(Self.place(peak.coordinate))\(name.isEmpty ? "" : " (\(name))"): g = \(PrettyNumber.fixed(at.g, 2)) "
                + "(95 % CI \(Self.interval(at)))."
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
        [mni.x, mni.y, mni.z].map(PrettyNumber.plain).joined(separator: ", ")
    }

    static func interval(_ at: VoxelStatistics) -> String {
        "\(PrettyNumber.fixed(at.interval.low, 2)) to \(PrettyNumber.fixed(at.interval.high, 2))"
    }
}
