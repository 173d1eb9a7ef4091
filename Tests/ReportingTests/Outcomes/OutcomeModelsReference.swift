import TestSupport

/// Outcomes together, treatments compared and dose groups by metafor 3.8-1 and clubSandwich 0.5.8
/// (Scripts/reference/outcome_models.R).
struct OutcomeModelsReference: Decodable {
    struct Together: Decodable {
        var estimate: [Double]
        var se: [Double]
        var df: [Double]
        var p: [Double]
        var tau2: [Double]
        var rho: Double
        var f: Double
        var df2: Double
        var pEqual: Double
        var logLik: Double

        enum CodingKeys: String, CodingKey {
            case estimate, se, df, p, tau2, rho, df2, pEqual, logLik
            case f = "F"
        }
    }

    struct Network: Decodable {
        var names: [String]
        var estimate: [Double]
        var se: [Double]
        var tau2: Double
        var pScore: [String: Double]
    }

    struct Dose: Decodable {
        var slope: Double
        var se: Double
        var p: Double
        var tau2: Double
        var aicML: Double
        var contrasts: Int
    }

    struct Table<Answers: Decodable>: Decodable {
        var csv: String
        var answers: Answers
    }

    var berkey1998: Table<Together>
    /// Published contrasts: all of each trial; two of the trial with three arms; these with the sizes of arms. Means and SDs.
    var senn2013: Table<Network>
    var senn2013half: Table<Network>
    var senn2013sizes: Table<Network>
    var senn2013means: Table<Network>
    var senn2013smd: Table<Network>
    var hasselblad1998: Table<Network>
    var obrien2003: Table<Dose>

    static func read() throws -> OutcomeModelsReference { try ReferenceFile.decode("outcome-models.json") }
}
