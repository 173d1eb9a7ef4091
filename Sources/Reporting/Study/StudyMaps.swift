import Formats
import Imaging
import Inference
import PrimaryStudy

/// The maps of a study as they are written.
package struct StudyMaps {
    let result: StudyResult

    package init(result: StudyResult) { self.result = result }

    /// Names follow NiMARE's pattern, as those of `cuneus run`.
    package var all: [ResultMap] {
        let inference = result.inference
        let isJoint = inference.contrast.isJoint
        let df = Double(inference.degreesOfFreedom ?? result.participants.degreesOfFreedom)
        let combinations = Double(inference.contrast.rows.count)
        var maps: [ResultMap] = []
        maps.append(
            ResultMap(
                name: isJoint ? "F" : "t",
                description: "\(isJoint ? "F" : "t") of: \(result.participants.title)", units: isJoint ? "F" : "t",
                intent: isJoint
                    ? .fTest(numerator: combinations, denominator: df) : .tTest(degreesOfFreedom: df),
                background: 0, values: result.fit.statistic))
        if let effects = result.effects {
            let isG = effects.scale == .hedgesG
            maps.append(
                ResultMap(
                    name: isG ? "g" : "fisherz",
                    description: isG
                        ? "Hedges' g\(result.participants.sessions.count > 1 ? " of the changes (g of d_z)" : "")"
                        : "Fisher's z of the correlation",
                    units: isG ? "standardised mean difference" : "Fisher's z (artanh r)",
                    intent: .estimate(isG ? "g" : "Fisher's z"), background: 0, values: effects.effect))
            maps.append(
                ResultMap(
                    name: "se", description: "Standard error of \(isG ? "g" : "Fisher's z")",
                    units: isG ? "standardised mean difference" : "Fisher's z (artanh r)", intent: .estimate("se"),
                    background: 0, values: effects.standardError))
        }
        if !isJoint {
            maps.append(
                ResultMap(
                    name: "beta", description: "The contrast's estimate, in the images' units", units: "as the images",
                    intent: .estimate("beta"), background: 0, values: result.fit.effect))
        }
        maps.append(
            ResultMap(
                name: "n", description: "People (images) with a value", units: "count", intent: .estimate("n"),
                background: 0, values: result.fit.counts.map { Float($0) }))
        let smoothed: Bool = if case .classical = result.choices.statistic { false } else { true }
        if smoothed {
            maps.append(
                ResultMap(
                    name: "statistic", description: "What was permuted: \(result.choices.statisticWords)",
                    units: "statistic",
                    intent: .estimate("statistic"), background: 0, values: inference.statistic))
        }
        if let robust = result.robust, let column = result.participants.tested.first {
            if let joint = robust.joint {
                maps.append(
                    ResultMap(
                        name: "F_desc-robust", description: "F (Wald) of a bisquare fit, not permuted", units: "F",
                        intent: .fTest(numerator: combinations, denominator: df), background: 0, values: joint))
            } else {
                maps += robustMaps(robust, column, df)
            }
        }
        if let q = result.falseDiscoveries {
            maps.append(
                ResultMap(
                    name: "q_level-voxel_corr-FDR_method-montecarlo",
                    description:
                        "False discovery rate (Benjamini-Hochberg) of p counted at each voxel, for \(result.area.words)",
                    units: "probability", intent: .pValue, background: 1, values: q))
        }
        if let conjunction = result.conjunction {
            maps += [
                ResultMap(
                    name: "statistic_desc-conjunction",
                    description:
                        "Least \(conjunction.isTFCE ? "TFCE" : "t") of \(conjunction.contrasts.joined(separator: " and "))",
                    units: conjunction.isTFCE ? "TFCE" : "t", intent: .estimate("minimum statistic"), background: 0,
                    values: conjunction.maps.statistic),
                ResultMap(
                    name: "p_desc-conjunction_level-voxel_corr-FWE_method-montecarlo",
                    description:
                        "Largest family-wise error corrected p of \(conjunction.contrasts.joined(separator: " and ")), both tails",
                    units: "probability", intent: .pValue, background: 1, values: conjunction.maps.correctedP),
            ]
        }
        for correction in StudyChoices.Correction.allCases {
            guard inference.statistics.contains(correction.statistic) else { continue }
            let isCluster = correction == .size || correction == .mass
            let label = correction == .voxel ? "" : "_desc-\(correction.rawValue)"
            maps.append(
                ResultMap(
                    name: "p\(label)_level-\(isCluster ? "cluster" : "voxel")_corr-FWE_method-montecarlo",
                    description:
                        "Family-wise error corrected p by \(correction.words), \(isJoint ? "upper tail" : "both tails"), for \(result.area.words)",
                    units: "probability", intent: .pValue, background: 1,
                    values: inference.correctedP(correction.statistic, result.side)))
        }
        if !result.findings.isEmpty {
            var labels = [Float](repeating: 0, count: result.mask.count)
            for (n, finding) in result.findings.enumerated() {
                for voxel in finding.cluster.voxels { labels[Int(voxel)] = Float(n + 1) }
            }
            maps.append(
                ResultMap(
                    name: "label_corr-FWE", description: "Findings by their number in clusters.tsv", units: "label",
                    intent: .label("findings"), background: 0, values: labels))
        }
        return maps.map { map in
            var map = map
            map.details["Area"] = result.area.words
            map.details["People"] = String(result.participants.people)
            return map
        }
    }

    /// t and the estimate of one column of the bisquare fit.
    private func robustMaps(_ robust: RobustMaps, _ column: Int, _ df: Double) -> [ResultMap] {
        [
            ResultMap(
                name: "t_desc-robust", description: "t of a bisquare fit, not permuted", units: "t",
                intent: .tTest(degreesOfFreedom: df), background: 0, values: robust.t[column]),
            ResultMap(
                name: "beta_desc-robust", description: "The contrast's bisquare estimate, in the images' units",
                units: "as the images", intent: .estimate("beta"), background: 0,
                values: robust.coefficients[column]),
        ]
    }
}
