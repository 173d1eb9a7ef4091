import Comparison
import Convergence
import Imaging
import Inference

extension ResultMap {
    /// The maps of a method, in the order they are written.
    static func all(_ result: MethodResult) -> [ResultMap] {
        result.maps.map { map in
            let kind = kind(map.name.value)
            var details = ["Method": result.title]
            if map.name.correction != nil { details["Correction"] = result.criterion }
            if !result.groups.isEmpty { details["Groups"] = result.groups.joined(separator: " minus ") }
            return ResultMap(
                name: map.name.nimare, description: "\(kind.words)\(words(map.name)), \(result.title)",
                units: kind.units,
                intent: kind.intent, background: kind.background, values: map.values, details: details)
        }
    }

    /// How many methods' results each voxel survives in.
    static func agreement(_ agreement: MethodAgreement, mask: Mask) -> ResultMap {
        ResultMap(
            name: "agreement", description: "Methods, of \(agreement.methods), in whose results the voxel survives",
            units: "methods", intent: .estimate("methods"), background: 0,
            values: mask.voxels.map { agreement.count[Int($0)] })
    }

    private static func words(_ name: MapName) -> String {
        var words = ""
        if let label = name.label { words += ", \(label)" }
        if let correction = name.correction {
            words += ", \(correction.rawValue) corrected"
            if let level = name.level { words += " (\(level.rawValue) level)" }
        }
        return words
    }

    private static func kind(
        _ value: MapName.Value
    ) -> (words: String, units: String, intent: Intent, background: Float) {
        switch value {
        case .stat: ("Statistic", "statistic", .estimate("stat"), 0)
        case .t: ("t", "t", .estimate("t"), 0)
        case .z: ("z", "z", .zScore, 0)
        case .p: ("p", "probability", .pValue, 1)
        case .logp: ("-log10 p", "-log10 probability", .log10PValue, 0)
        case .chi2: ("Chi-square", "chi-square", .chiSquare(degreesOfFreedom: 1), 0)
        case .prob: ("Probability", "probability", .estimate("prob"), 0)
        case .est: ("Pooled estimate", "standardised mean difference", .estimate("est"), 0)
        case .se: ("Standard error of the estimate", "standardised mean difference", .estimate("se"), 0)
        case .tau2: ("Between-study variance", "squared standardised mean difference", .estimate("tau2"), 0)
        case .sigma2: ("Sampling variance", "squared standardised mean difference", .estimate("sigma2"), 0)
        case .coverage: ("Share of experiments whose foci reach the voxel", "share", .estimate("coverage"), 0)
        case .dof: ("Degrees of freedom", "degrees of freedom", .estimate("dof"), 0)
        case .q: ("Cochran's Q", "chi-squared", .estimate("Q"), 0)
        case .i2: ("I2", "share", .estimate("I2"), 0)
        case .h2: ("H2", "ratio", .estimate("H2"), 0)
        }
    }
}
