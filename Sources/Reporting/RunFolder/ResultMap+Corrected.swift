import Evidence
import Foundation
import Imaging
import Inference
public import SeedBasedMapping

extension ResultMap {
    /// The maps of a model's permutation test, in the order they are written; none without a test.
    ///
    /// Corrected p and −log₁₀ p of every statistic and tail, TFCE scores of both tails, and z where the statistic chosen
    /// for the tables has a corrected p at or below the level. Of a test by base rates beside it, p and −log₁₀ p, named
    /// `…_method-baserate`.
    public static func corrected(_ result: ModelResult) -> [ResultMap] {
        guard let test = result.familyWise else { return [] }
        var maps: [ResultMap] = []
        for statistic in NullDistribution.Statistic.allCases {
            for tail in NullDistribution.Tail.allCases { maps += p(test, statistic, tail) }
        }
        for tail in NullDistribution.Tail.allCases {
            maps.append(
                ResultMap(
                    name: "tfce_tail-\(tail.rawValue)", description: "TFCE scores, effects \(tail.words)",
                    units: "TFCE score", intent: .estimate("TFCE"), background: 0,
                    values: test.map(.tfce, tail).observed))
        }
        maps.append(thresholded(result, test))
        if let other = result.baseRate {
            for statistic in NullDistribution.Statistic.allCases {
                for tail in NullDistribution.Tail.allCases { maps += p(other, statistic, tail, method: "baserate") }
            }
        }
        return maps
    }

    /// `p_level-voxel_corr-FWE_tail-positive`, without its value; `method` says how p was corrected, where a model has
    /// several.
    static func entities(
        _ statistic: NullDistribution.Statistic, _ tail: NullDistribution.Tail, method: String? = nil
    ) -> String {
        "\(statistic.entities)_corr-FWE\(method.map { "_method-\($0)" } ?? "")_tail-\(tail.rawValue)"
    }

    private static func p(
        _ test: FamilyWiseResult, _ statistic: NullDistribution.Statistic, _ tail: NullDistribution.Tail,
        method: String? = nil
    ) -> [ResultMap] {
        let name = entities(statistic, tail, method: method)
        let values = test.map(statistic, tail).p
        let words = "\(statistic.words), effects \(tail.words)\(method == nil ? "" : ", by base rates")"
        var details = details(test)
        details["Statistic"] = statistic.words
        return [
            ResultMap(
                name: "p_\(name)", description: "FWE-corrected p, \(words)", units: "probability", intent: .pValue,
                background: 1, values: values, details: details),
            // 0 − x, since −log 1 would be a negative zero.
            ResultMap(
                name: "logp_\(name)", description: "-log10 FWE-corrected p, \(words)", units: "-log10 probability",
                intent: .log10PValue, background: 0, values: values.map { Float(0 - log10(Double($0))) },
                details: details),
        ]
    }

    private static func thresholded(_ result: ModelResult, _ test: FamilyWiseResult) -> ResultMap {
        let statistic = result.correctedStatistic
        let level = Float(result.settings.correctedP)
        let positive = test.map(statistic, .positive).p
        let negative = test.map(statistic, .negative).p
        let values = result.maps.z.indices.map { n -> Float in
            let z = result.maps.z[n]
            return z.isNaN || positive[n] <= level || negative[n] <= level ? z : 0
        }
        var details = details(test)
        details["Statistic"] = statistic.words
        details["Level"] = NumberText.shortest(result.settings.correctedP)
        return ResultMap(
            name: statistic.thresholdedName,
            description: "z where FWE-corrected p <= \(NumberText.shortest(result.settings.correctedP)) "
                + "(\(statistic.words)), else 0",
            units: "z", intent: .zScore, background: 0, values: values, details: details)
    }

    /// What the null distribution is of.
    private static func drawn(_ test: FamilyWiseResult) -> String {
        switch test.kind {
        case .subjects: "permutations of subject images"
        case .studies: "permutations of studies"
        case .relocations where test.isBaseRate:
            "relocations of the peaks to where publications at large print theirs, plain and standardised together"
        case .relocations: "relocations of the peaks to random places"
        }
    }

    private static func details(_ test: FamilyWiseResult) -> [String: String] {
        [
            "Correction": "family-wise error, largest statistic of \(drawn(test))",
            "Permutations": String(test.permutations), "SmallestP": NumberText.significant(test.smallestP),
            "Exhaustive": test.isExhaustive ? "yes" : "no",
            "Tails": test.isTwoTailed ? "both together" : "each on its own",
            "ClusterFormingZ": NumberText.fixed(test.clusterForming, 4),
        ]
    }
}
