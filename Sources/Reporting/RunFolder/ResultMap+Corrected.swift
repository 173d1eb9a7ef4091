import Evidence
import Foundation
import Imaging
import Inference
public import SeedBasedMapping

extension ResultMap {
    /// The maps of a model's permutation test, in the order they are written; none without a test.
    ///
    /// Corrected p and −log₁₀ p of every statistic and tail, TFCE scores of both tails, and z where the statistic chosen
    /// for the tables has a corrected p at or below the level.
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
        return maps
    }

    private static func p(
        _ test: FamilyWiseResult, _ statistic: NullDistribution.Statistic, _ tail: NullDistribution.Tail
    ) -> [ResultMap] {
        let name = "\(statistic.entities)_corr-FWE_tail-\(tail.rawValue)"
        let values = test.map(statistic, tail).p
        let words = "\(statistic.words), effects \(tail.words)"
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

    private static func details(_ test: FamilyWiseResult) -> [String: String] {
        [
            "Correction": "family-wise error, largest statistic of permutations of subject images",
            "Permutations": String(test.permutations), "SmallestP": NumberText.significant(test.smallestP),
            "Exhaustive": test.isExhaustive ? "yes" : "no",
            "Tails": test.isTwoTailed ? "both together" : "each on its own",
            "ClusterFormingZ": NumberText.fixed(test.clusterForming, 4),
        ]
    }
}
