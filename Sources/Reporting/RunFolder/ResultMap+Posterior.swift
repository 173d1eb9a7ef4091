import Imaging
import SeedBasedMapping

extension ResultMap {
    /// What a posterior has besides the maps of every model: interval, probability, what it rests on, and the shrunken maps.
    static func posterior(_ found: PosteriorResult) -> [ResultMap] {
        let unit = "standardised mean difference"
        func share(_ name: String, _ description: String, _ values: [Float]) -> ResultMap {
            ResultMap(
                name: name, description: description, units: "probability", intent: .estimate(name), background: 0,
                values: values)
        }
        func effect(_ name: String, _ description: String, _ values: [Float]) -> ResultMap {
            ResultMap(
                name: name, description: description, units: unit, intent: .estimate(name), background: 0,
                values: values)
        }
        func count(_ name: String, _ description: String, _ values: [Float]) -> ResultMap {
            ResultMap(
                name: name, description: description, units: "experiments", intent: .estimate(name), background: 0,
                values: values)
        }
        let maps = found.maps
        let known = maps.g.map { !$0.isNaN }
        func counted(_ values: [Int32]) -> [Float] { zip(values, known).map { $1 ? Float($0) : .nan } }
        let speaking = found.posterior.speaking
        let silent = speaking.indices.map { voxel in
            known[voxel] ? Float(speaking[voxel] - maps.measured[voxel] - maps.reached[voxel]) : Float.nan
        }
        var all = [
            effect("g_desc-lower", "Lower end of the 95 % interval of g", maps.lower),
            effect("g_desc-upper", "Upper end of the 95 % interval of g", maps.upper),
            share(
                "prob_desc-positive", "Posterior probability that the mean effect is above zero", maps.probabilityAbove),
            count(
                "measured", "Experiments that gave a statistic here: a map, or the core of a peak with t",
                counted(maps.measured)),
            count("reached", "Further experiments of which a peak reaches here", counted(maps.reached)),
            count("silent", "Experiments that reported nothing near", silent),
        ]
        if let shrunken = found.shrunken {
            all += [
                effect(
                    "g_desc-shrunk", "How large, at our best guess: g under a prior learnt from the map; not for tests",
                    shrunken.g),
                effect("se_desc-shrunk", "Posterior SD of the shrunken g", shrunken.se),
                effect("g_desc-shrunkLower", "Lower end of the 95 % interval of the shrunken g", shrunken.lower),
                effect("g_desc-shrunkUpper", "Upper end of the 95 % interval of the shrunken g", shrunken.upper),
                share(
                    "prob_desc-direction", "Probability that the effect has the sign of the shrunken g",
                    shrunken.probabilityOfDirection),
            ]
        }
        return all
    }
}
