/// The F distribution.
public struct FDistribution: Sendable {
    public let numerator: Double
    public let denominator: Double

    public init(numerator: Double, denominator: Double) {
        self.numerator = numerator
        self.denominator = denominator
    }

    /// P(F > x); an infinite denominator is the χ² limit.
    public func upperTail(_ x: Double) -> Double {
        guard x > 0 else { return 1 }
        if denominator > 1e10 { return ChiSquare(degreesOfFreedom: numerator).upperTail(numerator * x) }
        let r = numerator * x / (numerator * x + denominator)
        return SpecialFunctions.incompleteBeta(r, numerator / 2, denominator / 2, complement: true)
    }
}
