/// Turning the statistics papers print into t, by matching tail probabilities.
public enum StatisticConversion {
    /// t of the same tail probability as z, for the contrast's degrees of freedom.
    public static func t(fromZ z: Double, degreesOfFreedom df: Int) -> Double {
        StudentT(degreesOfFreedom: df).t(fromZ: z)
    }

    /// t exceeded with one-tailed probability p.
    public static func t(fromOneTailedP p: Double, degreesOfFreedom df: Int) -> Double {
        StudentT(degreesOfFreedom: df).quantile(upperTail: p)
    }

    /// t of a correlation over n participants, n − 2 degrees of freedom; infinite for |r| = 1.
    public static func t(fromR r: Double, participants n: Int) -> Double {
        r * (Double(n - 2) / (1 - r * r)).squareRoot()
    }

    /// |t| of an F with one numerator degree of freedom; the sign comes from the contrast.
    public static func t(fromF f: Double) -> Double { f.squareRoot() }
}
