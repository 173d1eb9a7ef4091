import Imaging
public import SeedBasedMapping
import Statistics

extension ResultMap {
    /// All maps of a model, in the order they are written.
    public static func all(_ result: ModelResult) -> [ResultMap] {
        var maps = all(result.maps, measure: result.measure)
        if let found = result.posterior {
            maps.removeAll { $0.name == "Q" }
            for index in maps.indices {
                switch maps[index].name {
                case "g", "fisherz": maps[index].description = "Posterior mean of the pooled effect"
                case "se": maps[index].description = "Posterior standard deviation of the pooled effect"
                case "z": maps[index].description = "Posterior mean divided by its standard deviation"
                case "tau2": maps[index].description = "Square of the posterior mean of the between-study deviation"
                case "fmi":
                    maps[index].description =
                        "Share of the information about g that whole maps of all experiments would add"
                default: break
                }
            }
            return maps + posterior(found)
        }
        guard let words = RegressionWords(result) else { return maps }
        for index in maps.indices {
            switch maps[index].name {
            case "g", "fisherz": maps[index].description = words.shown
            case "z": maps[index].description = words.statistic
            case "p", "p_tail-positive", "p_tail-negative":
                maps[index].description += words.isJoint ? ", of the joint test's z" : ""
            case "Q": maps[index].description = "Residual heterogeneity QE, pooled over imputations"
            default: break
            }
        }
        return maps + words.maps
    }
}

extension RegressionWords {
    /// Estimates, standard errors and z of coefficients, adjusted means and predictions, and χ² of a joint test.
    fileprivate var maps: [ResultMap] {
        let labels = ModelFindings.folderNames(combinations.map { Self.label($0.combination.name) })
        var maps: [ResultMap] = []
        for (label, item) in zip(labels, combinations) {
            let details = ["Combination": item.combination.name, "Kind": item.kind.rawValue]
            maps.append(
                ResultMap(
                    name: "g_desc-\(label)", description: "\(item.kind.words) \(item.combination.name)",
                    units: "standardised mean difference", intent: .estimate("g"), background: 0,
                    values: item.combination.estimate, details: details))
            maps.append(
                ResultMap(
                    name: "se_desc-\(label)",
                    description: "Standard error of \(item.combination.name), imputation variance included",
                    units: "standardised mean difference", intent: .estimate("se"), background: 0,
                    values: item.combination.se, details: details))
            maps.append(
                ResultMap(
                    name: "z_desc-\(label)", description: "\(item.combination.name) divided by its standard error",
                    units: "z", intent: .zScore, background: 0, values: item.combination.z, details: details))
        }
        if let chiSquare = regression.chiSquare {
            maps.append(
                ResultMap(
                    name: "chi2", description: "Wald chi-squared of the joint test: \(test)", units: "chi-squared",
                    intent: .estimate("chi2"), background: 0, values: chiSquare,
                    details: ["DegreesOfFreedom": String(regression.chiSquareDF)]))
        }
        return maps
    }

    /// `disorder[anxiety]` is a label of letters and digits only: `disorderAnxiety`; labels of entities may hold nothing
    /// else (BIDS).
    private static func label(_ name: String) -> String {
        var label = ""
        var startsWord = false
        for scalar in name.unicodeScalars {
            let isPlain =
                ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
            guard isPlain else {
                startsWord = true
                continue
            }
            let character = String(Character(scalar))
            label += startsWord && !label.isEmpty ? character.uppercased() : character
            startsWord = false
        }
        return label.isEmpty ? "combination" : label
    }
}
