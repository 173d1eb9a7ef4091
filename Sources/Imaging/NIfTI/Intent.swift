/// What the values of an image mean (NIfTI `intent_code`, its three parameters and its name).
///
/// Any code is kept as it was read; the common ones have names here.
public struct Intent: Hashable, Sendable {
    public var code: Int
    /// `intent_p1…3`, e.g. the degrees of freedom of a t map.
    public var parameters: SIMD3<Double>
    /// `intent_name`: at most 15 bytes are written.
    public var name: String

    public init(code: Int, parameters: SIMD3<Double> = .zero, name: String = "") {
        self.code = code
        self.parameters = parameters
        self.name = name
    }

    public static let none = Intent(code: 0)
    public static let correlationCode = 2
    public static let tTestCode = 3
    public static let fTestCode = 4
    public static let zScoreCode = 5
    public static let chiSquareCode = 6
    public static let pValueCode = 22
    public static let logPValueCode = 23
    public static let log10PValueCode = 24
    public static let estimateCode = 1001
    public static let labelCode = 1002

    /// Correlation coefficient with its degrees of freedom.
    public static func correlation(degreesOfFreedom df: Double) -> Intent {
        Intent(code: correlationCode, parameters: [df, 0, 0])
    }

    /// Student's t.
    public static func tTest(degreesOfFreedom df: Double) -> Intent {
        Intent(code: tTestCode, parameters: [df, 0, 0])
    }

    /// Fisher's F.
    public static func fTest(numerator: Double, denominator: Double) -> Intent {
        Intent(code: fTestCode, parameters: [numerator, denominator, 0])
    }

    public static let zScore = Intent(code: zScoreCode)

    public static func chiSquare(degreesOfFreedom df: Double) -> Intent {
        Intent(code: chiSquareCode, parameters: [df, 0, 0])
    }

    public static let pValue = Intent(code: pValueCode)
    /// −ln p.
    public static let logPValue = Intent(code: logPValueCode)
    /// −log₁₀ p.
    public static let log10PValue = Intent(code: log10PValueCode)

    /// An estimate of some parameter, which the name says.
    public static func estimate(_ name: String = "") -> Intent { Intent(code: estimateCode, name: name) }

    /// Indices into a set of labels, which the name says.
    public static func label(_ name: String = "") -> Intent { Intent(code: labelCode, name: name) }

    /// Degrees of freedom of a t map; nil for anything else.
    public var tDegreesOfFreedom: Double? { code == Self.tTestCode ? parameters.x : nil }
}
