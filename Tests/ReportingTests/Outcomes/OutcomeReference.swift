import TestSupport

/// Tables as `write.csv` exports them from metadat, and what metafor 3.8-1 and clubSandwich 0.5.8 say of them
/// (Scripts/reference/outcome_tables.R).
struct OutcomeReference: Decodable {
    struct Fit: Decodable {
        var estimate: Double
        var se: Double
        var low: Double
        var high: Double
        var p: Double
        var tau2: Double?
        var i2: Double?
        var q: Double?

        enum CodingKeys: String, CodingKey {
            case estimate, se, low, high, p, tau2
            case i2 = "I2"
            case q = "Q"
        }
    }

    struct BCG: Decodable {
        struct Slope: Decodable {
            var slope: Double
            var se: Double
            var tau2: Double
            var r2: Double
            var qm: Double

            enum CodingKeys: String, CodingKey {
                case slope, se, tau2
                case r2 = "R2"
                case qm = "QM"
            }
        }
        struct Egger: Decodable {
            var z: Double
            var p: Double
        }
        struct Filled: Decodable {
            var k0: Int
            var estimate: Double
        }
        var z: Fit
        var knha: Fit
        var dersimonianLaird: Fit
        var ablat: Slope
        var alloc: [String: Double]
        var between: Double
        var egger: Egger
        var trimfill: Filled
        var leave1out: [Double]

        enum CodingKeys: String, CodingKey {
            case z, knha, ablat, alloc, between, egger, trimfill, leave1out
            case dersimonianLaird = "DL"
        }
    }

    struct Plain: Decodable {
        var z: Fit
        var knha: Fit
    }

    struct Levels: Decodable {
        struct Robust: Decodable {
            var se: Double
            var df: Double
            var p: Double
        }
        struct Slope: Decodable {
            var slope: Double
            var se: Double
            var df: Double
        }
        var z: Fit
        var sigma2: [Double]
        var cr2: Robust
        var q: Double
        var year: Slope

        enum CodingKeys: String, CodingKey {
            case z, sigma2, cr2, year
            case q = "Q"
        }
    }

    struct Table<Answers: Decodable>: Decodable {
        var csv: String
        var answers: Answers
    }

    var bcg: Table<BCG>
    var normand1999: Table<Plain>
    var konstantopoulos2011: Table<Levels>
    var molloy2014: Table<Plain>

    static func read() throws -> OutcomeReference { try ReferenceFile.decode("outcome-tables.json") }
}
