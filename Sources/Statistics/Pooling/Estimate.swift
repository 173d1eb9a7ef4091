/// A number with its standard error and the distribution it is tested with.
public struct Estimate: Hashable, Sendable {
    public var value: Double
    public var standardError: Double
    /// Of the t distribution; infinite for the normal.
    public var degreesOfFreedom: Double

    public init(value: Double, standardError: Double, degreesOfFreedom: Double = .infinity) {
        self.value = value
        self.standardError = standardError
        self.degreesOfFreedom = degreesOfFreedom
    }

    /// z or t against zero.
    public var statistic: Double { value / standardError }

    /// Two-sided.
    public var pValue: Double { 2 * upperTail(abs(statistic)) }

    /// One-sided: small when the value is above zero.
    public var pValueAbove: Double { upperTail(statistic) }

    /// One-sided: small when the value is below zero.
    public var pValueBelow: Double { upperTail(-statistic) }

    /// The interval that covers with probability `level`.
    public func interval(level: Double = 0.95) -> Interval {
        let half = Self.critical(level: level, degreesOfFreedom: degreesOfFreedom) * standardError
        return Interval(lower: value - half, upper: value + half)
    }

    /// Where the true effect of a new study is expected: value ± t₍df₎·√(se² + τ²) (Higgins, Thompson & Spiegelhalter 2009,
    /// doi:10.1111/j.1467-985X.2008.00552.x).
    ///
    /// - Parameters:
    ///   - tau2: between-study variance, in the square of the value's unit.
    ///   - df: of the t distribution; by that source studies − coefficients − 1. Infinite for the normal.
    /// - Returns: nil where no degree of freedom is left.
    public func predictionInterval(
        tau2: Double, degreesOfFreedom df: Double, level: Double = 0.95
    ) -> Interval? {
        guard df > 0 else { return nil }
        let spread = (standardError * standardError + tau2).squareRoot()
        let half = Self.critical(level: level, degreesOfFreedom: df) * spread
        return Interval(lower: value - half, upper: value + half)
    }

    private func upperTail(_ x: Double) -> Double {
        degreesOfFreedom.isInfinite
            ? Normal.upperTail(x) : StudentT(degreesOfFreedom: degreesOfFreedom).upperTail(x)
    }

    /// The two-sided critical value of the normal (infinite degrees of freedom) or t distribution.
    static func critical(level: Double, degreesOfFreedom: Double) -> Double {
        let tail = (1 - level) / 2
        return degreesOfFreedom.isInfinite
            ? -Normal.quantile(tail) : StudentT(degreesOfFreedom: degreesOfFreedom).quantile(upperTail: tail)
    }
}

/// From lower to upper; either end may be infinite or not a number.
public struct Interval: Hashable, Sendable {
    public var lower: Double
    public var upper: Double

    public init(lower: Double, upper: Double) {
        self.lower = lower
        self.upper = upper
    }

    public func contains(_ x: Double) -> Bool { lower <= x && x <= upper }
}

/// A test of several things at once: χ² where the denominator's degrees of freedom are infinite, else F.
public struct JointTest: Hashable, Sendable {
    /// χ², or F (already divided by its degrees of freedom).
    public var statistic: Double
    /// Degrees of freedom of χ², or of F's numerator: the rank of what was tested.
    public var degreesOfFreedom: Double
    public var denominator: Double

    public init(statistic: Double, degreesOfFreedom: Double, denominator: Double = .infinity) {
        self.statistic = statistic
        self.degreesOfFreedom = degreesOfFreedom
        self.denominator = denominator
    }

    /// From an F; one with an infinite denominator is kept as its χ².
    public init(f: Double, degreesOfFreedom: Double, denominator: Double) {
        self.init(
            statistic: denominator.isInfinite ? f * degreesOfFreedom : f, degreesOfFreedom: degreesOfFreedom,
            denominator: denominator)
    }

    public var pValue: Double {
        guard degreesOfFreedom > 0 else { return 1 }
        return denominator.isInfinite
            ? ChiSquare(degreesOfFreedom: degreesOfFreedom).upperTail(statistic)
            : FDistribution(numerator: degreesOfFreedom, denominator: denominator).upperTail(statistic)
    }
}
